// Lists the primes below a limit, or tells those among n numbers, with OpenMP. Arguments: operation, n, threads.
// The list: a segmented sieve of the odd numbers, a byte each. The test: Miller and Rabin's with Sinclair's seven bases.
#include <omp.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "serve.hpp"

namespace {
constexpr int64_t SEGMENT = 1 << 16;

void primesBelow(int64_t limit, std::vector<uint32_t>& out) {
  const int64_t root = static_cast<int64_t>(std::sqrt(limit)) + 1;
  std::vector<char> small(root + 1, 1);
  std::vector<int64_t> primes;
  for (int64_t i = 3; i <= root; i += 2) {
    if (!small[i]) continue;
    primes.push_back(i);
    for (int64_t j = i * i; j <= root; j += 2 * i) small[j] = 0;
  }
  const int64_t segments = (limit + SEGMENT - 1) / SEGMENT;
  std::vector<std::vector<uint32_t>> found(segments);
#pragma omp parallel
  {
    std::vector<char> sieve(SEGMENT / 2);
#pragma omp for schedule(dynamic, 4)
    for (int64_t s = 0; s < segments; s++) {
      const int64_t low = s * SEGMENT, high = std::min(limit, low + SEGMENT);
      std::memset(sieve.data(), 1, sieve.size());
      for (const int64_t p : primes) {
        if (p * p >= high) break;
        int64_t first = std::max(p * p, (low + p - 1) / p * p);
        if (first % 2 == 0) first += p;
        for (int64_t i = (first - low) / 2; i < SEGMENT / 2; i += p) sieve[i] = 0;
      }
      for (int64_t i = 0; 2 * i + 1 < high - low; i++) {
        if (sieve[i] && low + i > 0) found[s].push_back(static_cast<uint32_t>(low + 2 * i + 1));
      }
    }
  }
  out.assign(1, 2);
  for (const auto& part : found) out.insert(out.end(), part.begin(), part.end());
}

uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus) {
  uint64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = static_cast<unsigned __int128>(result) * base % modulus;
    base = static_cast<unsigned __int128>(base) * base % modulus;
  }
  return result;
}

bool isPrime(uint64_t n) {
  if (n < 2) return false;
  for (const uint64_t p : {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37}) {
    if (n % p == 0) return n == p;
  }
  const int twos = __builtin_ctzll(n - 1);
  for (const uint64_t base : {2ull, 325ull, 9375ull, 28178ull, 450775ull, 9780504ull, 1795265022ull}) {
    uint64_t x = power(base % n, (n - 1) >> twos, n);
    if (x <= 1 || x == n - 1) continue;
    int i = 1;
    for (; i < twos && x != n - 1; i++) x = static_cast<unsigned __int128>(x) * x % n;
    if (x != n - 1) return false;
  }
  return true;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string operation = argv[1];
  const int64_t n = std::atoll(argv[2]);
  omp_set_num_threads(std::atoi(argv[3]));
  if (operation == "primes") {
    std::vector<uint32_t> out;
    return serve([] {}, [&] { primesBelow(n, out); }, [&] { return weigh(out, out.size()); });
  }
  const auto from = elements(n);
  std::vector<double> numbers(n);
  for (int64_t i = 0; i < n; i++) numbers[i] = 2 * std::floor(from[i] * 0x1p51) + 1;
  std::vector<uint8_t> out(n);
  const auto test = [&] {
#pragma omp parallel for schedule(dynamic, 256)
    for (int64_t i = 0; i < n; i++) out[i] = isPrime(static_cast<uint64_t>(numbers[i]));
  };
  return serve([] {}, test, [&] { return weigh(out, n); });
}

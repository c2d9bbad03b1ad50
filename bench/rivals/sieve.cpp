// Counts the primes below a limit: the plain segmented sieve of Eratosthenes, one byte per odd number, in
// segments that fit the first cache, handed out to the threads. Arguments: limit, threads.
#include <omp.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "serve.hpp"

namespace {
constexpr int64_t SEGMENT_BYTES = 32 * 1024;
constexpr int64_t SEGMENT_NUMBERS = 2 * SEGMENT_BYTES;

std::vector<int64_t> oddPrimesUpTo(int64_t limit) {
  std::vector<char> composite(limit + 1);
  std::vector<int64_t> primes;
  for (int64_t i = 3; i <= limit; i += 2) {
    if (composite[i]) continue;
    primes.push_back(i);
    for (int64_t j = i * i; j <= limit; j += 2 * i) composite[j] = 1;
  }
  return primes;
}

/** Odd primes in [low, high); low is even. */
int64_t countSegment(int64_t low, int64_t high, const std::vector<int64_t>& primes, char* sieve) {
  const int64_t odds = (high - low) / 2;
  std::memset(sieve, 1, odds);
  for (const int64_t p : primes) {
    if (p * p >= high) break;
    int64_t first = std::max(p * p, (low + p - 1) / p * p);
    if (first % 2 == 0) first += p;
    for (int64_t i = (first - low) / 2; i < odds; i += p) sieve[i] = 0;
  }
  int64_t count = 0;
  for (int64_t i = 0; i < odds; i++) count += sieve[i];
  return low == 0 ? count - 1 : count;  // 1 is not prime
}

int64_t countPrimes(int64_t limit) {
  const auto primes = oddPrimesUpTo(static_cast<int64_t>(std::sqrt(limit)) + 1);
  const int64_t segments = (limit + SEGMENT_NUMBERS - 1) / SEGMENT_NUMBERS;
  int64_t total = limit > 2 ? 1 : 0;
#pragma omp parallel reduction(+ : total)
  {
    std::vector<char> sieve(SEGMENT_BYTES);
#pragma omp for schedule(dynamic, 16)
    for (int64_t s = 0; s < segments; s++) {
      const int64_t low = s * SEGMENT_NUMBERS;
      total += countSegment(low, std::min(low + SEGMENT_NUMBERS, limit), primes, sieve.data());
    }
  }
  return total;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int64_t limit = std::atoll(argv[1]);
  omp_set_num_threads(std::atoi(argv[2]));
  int64_t found = 0;
  return serve([] {}, [&] { found = countPrimes(limit); }, [&] { return found; });
}

// Work on the bytes of a file with OpenMP. Arguments: operation, file, threads.
// Without the processor's own instructions for SHA-256 and carry-less products, which WebAssembly lacks too.
#include <omp.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <vector>
#include "serve.hpp"

namespace {
std::vector<uint8_t> text;
const char* begin_;
int64_t size_;

/** Calls `part(thread, from, to)` with parts that end behind a line end or at the text's. */
template <class Part>
void byLines(Part part) {
#pragma omp parallel
  {
    const int threads = omp_get_num_threads(), me = omp_get_thread_num();
    const auto cut = [&](int64_t at) {
      if (at == 0 || at >= size_) return std::min(at, size_);
      const void* end = std::memchr(begin_ + at - 1, '\n', size_ - at + 1);
      return end ? static_cast<const char*>(end) - begin_ + 1 : size_;
    };
    part(me, begin_ + cut(size_ * me / threads), begin_ + cut(size_ * (me + 1) / threads));
  }
}

int64_t countLines() {
  int64_t lines = 0;
#pragma omp parallel for simd reduction(+ : lines) schedule(static)
  for (int64_t i = 0; i < size_; i++) lines += begin_[i] == '\n';
  return lines + (size_ > 0 && begin_[size_ - 1] != '\n');
}

void splitLines(std::vector<std::vector<uint32_t>>& starts, std::vector<std::vector<uint32_t>>& ends) {
  byLines([&](int me, const char* at, const char* last) {
    starts[me].clear();
    ends[me].clear();
    while (at < last) {
      const char* end = static_cast<const char*>(std::memchr(at, '\n', last - at));
      const char* stop = end ? end : last;
      starts[me].push_back(at - begin_);
      ends[me].push_back(stop - begin_ - (end && stop > at && stop[-1] == '\r'));
      at = stop + 1;
    }
  });
}

int64_t countWords(int threads) {
  using Counts = std::unordered_map<std::string_view, uint32_t>;
  std::vector<Counts> parts(threads);
  byLines([&](int me, const char* at, const char* last) {
    const auto isSpace = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    Counts& counts = parts[me];
    while (at < last) {
      while (at < last && isSpace(*at)) at++;
      const char* word = at;
      while (at < last && !isSpace(*at)) at++;
      if (at > word) counts[{word, static_cast<size_t>(at - word)}]++;
    }
  });
  for (int i = 1; i < threads; i++) {
    for (const auto& [word, count] : parts[i]) parts[0][word] += count;
  }
  std::vector<std::pair<std::string_view, uint32_t>> order(parts[0].begin(), parts[0].end());
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return order.size() * 1000 + order[0].second;
}

double parse(int threads, std::vector<std::vector<double>>& parts) {
  byLines([&](int me, const char* at, const char* last) {
    auto& out = parts[me];
    out.clear();
    while (at < last) {
      double value = 0;
      at = std::from_chars(at, last, value).ptr + 1;
      out.push_back(value);
    }
  });
  double total = 0;
  for (int i = 0; i < threads; i++) {
    for (const double x : parts[i]) total += x;
  }
  return total;
}

uint32_t tables[16][256];

void makeTables() {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0xEDB88320u : c >> 1;
    tables[0][i] = c;
  }
  for (int t = 1; t < 16; t++) {
    for (int i = 0; i < 256; i++) tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 255];
  }
}

/** Sixteen bytes a step. */
uint32_t crc32(const uint8_t* p, int64_t n) {
  uint32_t crc = ~0u;
  for (; n >= 16; n -= 16, p += 16) {
    uint32_t w[4];
    std::memcpy(w, p, 16);
    w[0] ^= crc;
    crc = 0;
    for (int i = 0; i < 4; i++) {
      for (int b = 0; b < 4; b++) crc ^= tables[15 - 4 * i - b][w[i] >> (8 * b) & 255];
    }
  }
  for (; n > 0; n--) crc = (crc >> 8) ^ tables[0][(crc ^ *p++) & 255];
  return ~crc;
}

/** What the remainder becomes behind n zero bytes (as zlib's crc32_combine). */
uint32_t shift(uint32_t crc, int64_t n) {
  const auto multiply = [](uint32_t a, uint32_t b) {
    uint32_t p = 0;
    for (uint32_t m = 1u << 31; m; m >>= 1) {
      if (a & m) p ^= b;
      b = b & 1 ? (b >> 1) ^ 0xEDB88320u : b >> 1;
    }
    return p;
  };
  uint32_t power = 1u << 23, x = 1u << 31;
  for (; n; n >>= 1, power = multiply(power, power)) {
    if (n & 1) x = multiply(x, power);
  }
  return multiply(x, crc);
}

uint32_t k256[64];

void makeConstants() {
  int found = 0;
  for (int n = 2; found < 64; n++) {
    bool prime = true;
    for (int d = 2; d * d <= n; d++) prime &= n % d != 0;
    if (prime) {
      const long double root = std::cbrt(static_cast<long double>(n));
      k256[found++] = static_cast<uint32_t>((root - std::floor(root)) * 0x1p32L);
    }
  }
}

typedef uint32_t Lanes __attribute__((vector_size(16)));

/** SHA-256 of four messages of one length side by side (GCC's vectors); only the first word of each digest is kept. */
Lanes sha256(const uint8_t* const p[4], int64_t n) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  Lanes state[8];
  for (int i = 0; i < 8; i++) state[i] = Lanes{} + start[i];
  const int64_t blocks = (n + 72) / 64;
  for (int64_t block = 0; block < blocks; block++) {
    Lanes w[64];
    uint8_t tail[4][64];
    for (int lane = 0; lane < 4; lane++) {
      const uint8_t* from = p[lane] + 64 * block;
      if (64 * block + 64 > n) {
        std::memset(tail[lane], 0, 64);
        const int64_t left = std::max<int64_t>(0, n - 64 * block);
        if (left > 0) std::memcpy(tail[lane], from, left);
        if (n >= 64 * block) tail[lane][left] = 0x80;
        if (block == blocks - 1) {
          for (int i = 0; i < 8; i++) tail[lane][63 - i] = static_cast<uint8_t>(8 * n >> (8 * i));
        }
        from = tail[lane];
      }
      for (int i = 0; i < 16; i++) {
        uint32_t word;
        std::memcpy(&word, from + 4 * i, 4);
        w[i][lane] = __builtin_bswap32(word);
      }
    }
    const auto turn = [](Lanes x, int k) { return (x >> k) | (x << (32 - k)); };
    for (int i = 16; i < 64; i++) {
      const Lanes a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >> 10));
    }
    Lanes a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
      const Lanes t = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k256[i] + w[i];
      const Lanes u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g; g = f; f = e; e = d + t; d = c; c = b; b = a; a = t + u;
    }
    const Lanes next[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++) state[i] += next[i];
  }
  return state[0];
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string operation = argv[1];
  text = bytesOf(argv[2]);
  begin_ = reinterpret_cast<const char*>(text.data());
  size_ = text.size();
  const int threads = std::atoi(argv[3]);
  omp_set_num_threads(threads);
  const auto none = [] {};
  double result = 0;
  const auto theResult = [&] { return result; };

  if (operation == "countLines") return serve(none, [&] { result = countLines(); }, theResult);
  if (operation == "splitLines") {
    std::vector<std::vector<uint32_t>> starts(threads), ends(threads);
    return serve(none, [&] { splitLines(starts, ends); }, [&] {
      double total = 0;
      for (int i = 0; i < threads; i++) {
        for (size_t k = 0; k < starts[i].size(); k++) total += ends[i][k] - starts[i][k];
      }
      return total;
    });
  }
  if (operation == "wordCount") return serve(none, [&] { result = countWords(threads); }, theResult);
  if (operation == "parseCsvNumbers") {
    std::vector<std::vector<double>> parts(threads);
    return serve(none, [&] { result = parse(threads, parts); }, theResult);
  }
  if (operation == "find") {
    const std::string pattern = "needle";
    const auto find = [&] {
      int64_t found = 0;
      byLines([&](int, const char* at, const char* last) {
        int64_t mine = 0;
        while (const void* hit = memmem(at, last - at, pattern.data(), pattern.size())) {
          mine++;
          at = static_cast<const char*>(hit) + 1;
        }
#pragma omp atomic
        found += mine;
      });
      result = found;
    };
    return serve(none, find, theResult);
  }
  if (operation == "crc32") {
    makeTables();
    const auto checksum = [&] {
      std::vector<uint32_t> parts(threads);
#pragma omp parallel for schedule(static)
      for (int i = 0; i < threads; i++) {
        parts[i] = crc32(&text[size_ * i / threads], size_ * (i + 1) / threads - size_ * i / threads);
      }
      uint32_t crc = 0;
      for (int i = 0; i < threads; i++) crc = shift(crc, size_ * (i + 1) / threads - size_ * i / threads) ^ parts[i];
      result = crc;
    };
    return serve(none, checksum, theResult);
  }
  if (operation == "sha256") {
    makeConstants();
    const int64_t length = 4096, count = size_ / length;
    const auto hash = [&] {
      int64_t total = 0;
#pragma omp parallel for schedule(static) reduction(+ : total)
      for (int64_t i = 0; i < count / 4; i++) {
        const uint8_t* p[4];
        for (int lane = 0; lane < 4; lane++) p[lane] = &text[(4 * i + lane) * length];
        const Lanes digests = sha256(p, length);
        for (int lane = 0; lane < 4; lane++) total += digests[lane] >> 24;
      }
      result = total;
    };
    return serve(none, hash, theResult);
  }
  return 2;
}

// The product of two n x n matrices of doubles with OpenMP, by packed panels and tiles of 4 x 4 in eight registers of
// 128 bits, as BLIS has them; n is a multiple of 4. Arguments: n, threads.
#include <emmintrin.h>
#include <omp.h>
#include <algorithm>
#include <cstdlib>
#include <vector>
#include "serve.hpp"

constexpr int64_t DEPTH = 256;
constexpr int64_t ROWS = 64;

/** Adds `depth` terms of a panel of a and one of b to the tile of c. */
static void tile(const double* a, const double* b, int64_t depth, double* c, int64_t n, bool first) {
  __m128d sums[4][2];
  for (auto& row : sums) row[0] = row[1] = _mm_setzero_pd();
  for (int64_t p = 0; p < depth; p++, a += 4, b += 4) {
    const __m128d low = _mm_loadu_pd(b), high = _mm_loadu_pd(b + 2);
    for (int r = 0; r < 4; r++) {
      const __m128d x = _mm_set1_pd(a[r]);
      sums[r][0] = _mm_add_pd(sums[r][0], _mm_mul_pd(x, low));
      sums[r][1] = _mm_add_pd(sums[r][1], _mm_mul_pd(x, high));
    }
  }
  for (int r = 0; r < 4; r++, c += n) {
    if (!first) {
      sums[r][0] = _mm_add_pd(sums[r][0], _mm_loadu_pd(c));
      sums[r][1] = _mm_add_pd(sums[r][1], _mm_loadu_pd(c + 2));
    }
    _mm_storeu_pd(c, sums[r][0]);
    _mm_storeu_pd(c + 2, sums[r][1]);
  }
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int64_t n = std::atoll(argv[1]);
  if (n % 4 != 0) return 2;
  omp_set_num_threads(std::atoi(argv[2]));
  const auto a = elements(n * n);
  const auto c = elements(n * n);
  std::vector<double> rows(n * n), cols(n * n);
  const auto multiply = [&] {
#pragma omp parallel
    {
#pragma omp for schedule(static)
      for (int64_t i = 0; i < n; i += 4) {
        for (int64_t from = 0; from < n; from += DEPTH) {
          const int64_t depth = std::min(DEPTH, n - from);
          double* x = &rows[from * n + i * depth];
          double* y = &cols[from * n + i * depth];
          for (int64_t p = from; p < from + depth; p++) {
            for (int64_t r = 0; r < 4; r++) *x++ = a[(i + r) * n + p];
            for (int64_t r = 0; r < 4; r++) *y++ = a[p * n + i + r];
          }
        }
      }
#pragma omp for schedule(dynamic)
      for (int64_t top = 0; top < n; top += ROWS) {
        for (int64_t from = 0; from < n; from += DEPTH) {
          const int64_t depth = std::min(DEPTH, n - from);
          for (int64_t j = 0; j < n; j += 4) {
            for (int64_t i = top; i < std::min(n, top + ROWS); i += 4) {
              tile(&rows[from * n + i * depth], &cols[from * n + j * depth], depth, &c[i * n + j], n, from == 0);
            }
          }
        }
      }
    }
  };
  return serve([] {}, multiply, [&] { return checksum(c.get(), n * n); });
}

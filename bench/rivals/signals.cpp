// Products, transposition, Fourier transform and convolution of doubles with OpenMP. Arguments: operation, n, threads.
// The transform is Stockham's of radix 4, parallel over its butterflies; n is a power of 4.
#include <omp.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>
#include "serve.hpp"

namespace {
std::vector<double> roots;

/** The roots e^(-2πik/n), as cosines and then sines. */
void makeRoots(int64_t n) {
  roots.resize(2 * n);
  for (int64_t k = 0; k < n; k++) {
    roots[k] = std::cos(2 * M_PI * k / n);
    roots[n + k] = -std::sin(2 * M_PI * k / n);
  }
}

/** One pass: from (r, i) to (tr, ti); `step` sequences lie side by side. */
void pass(const double* r, const double* i, double* tr, double* ti, int64_t n, int64_t step) {
  const int64_t length = n / step, quarter = length / 4;
#pragma omp parallel for schedule(static) collapse(1)
  for (int64_t p = 0; p < quarter; p++) {
    const double c1 = roots[p * step], s1 = roots[n + p * step];
    const double c2 = roots[2 * p * step], s2 = roots[n + 2 * p * step];
    const double c3 = roots[3 * p * step], s3 = roots[n + 3 * p * step];
    const int64_t q = step * quarter;
    const double* const xr = r + step * p;
    const double* const xi = i + step * p;
    double* const yr = tr + step * 4 * p;
    double* const yi = ti + step * 4 * p;
#pragma omp simd
    for (int64_t k = 0; k < step; k++) {
      const double ar = xr[k] + xr[k + 2 * q], ai = xi[k] + xi[k + 2 * q];
      const double br = xr[k] - xr[k + 2 * q], bi = xi[k] - xi[k + 2 * q];
      const double cr = xr[k + q] + xr[k + 3 * q], ci = xi[k + q] + xi[k + 3 * q];
      const double dr = xi[k + q] - xi[k + 3 * q], di = xr[k + 3 * q] - xr[k + q];
      yr[k] = ar + cr;
      yi[k] = ai + ci;
      const double er = br + dr, ei = bi + di, fr = ar - cr, fi = ai - ci, gr = br - dr, gi = bi - di;
      yr[k + step] = er * c1 - ei * s1;
      yi[k + step] = er * s1 + ei * c1;
      yr[k + 2 * step] = fr * c2 - fi * s2;
      yi[k + 2 * step] = fr * s2 + fi * c2;
      yr[k + 3 * step] = gr * c3 - gi * s3;
      yi[k + 3 * step] = gr * s3 + gi * c3;
    }
  }
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string operation = argv[1];
  const int64_t n = std::atoll(argv[2]);
  omp_set_num_threads(std::atoi(argv[3]));
  const auto none = [] {};

  if (operation == "fft") {
    const auto parts = elements(2 * n);
    std::vector<double> r(n), i(n), sr(n), si(n);
    makeRoots(n);
    const auto transform = [&] {
      double *fr = sr.data(), *fi = si.data(), *tr = r.data(), *ti = i.data();
      pass(parts.get(), parts.get() + n, fr, fi, n, 1);
      for (int64_t step = 4; step < n; step *= 4) {
        pass(fr, fi, tr, ti, n, step);
        std::swap(fr, tr);
        std::swap(fi, ti);
      }
      if (fr != r.data()) {
        r.swap(sr);
        i.swap(si);
      }
    };
    return serve(none, transform, [&] { return checksum(r.data(), n); });
  }
  if (operation == "convolve") {
    const auto a = elements(n);
    const int64_t m = 255;
    const auto v = elements(m);
    std::vector<double> padded(n + 2 * (m - 1)), out(n + m - 1);
    std::copy_n(a.get(), n, padded.begin() + m - 1);
    const auto convolve = [&] {
#pragma omp parallel for schedule(static)
      for (int64_t from = 0; from < n + m - 1; from += 512) {
        const int64_t to = std::min(n + m - 1, from + 512);
        std::fill(&out[from], &out[to - 1] + 1, 0.0);
        for (int64_t k = 0; k < m; k++) {
          const double x = v[k];
          const double* const row = &padded[m - 1 - k];
#pragma omp simd
          for (int64_t i = from; i < to; i++) out[i] += x * row[i];
        }
      }
    };
    return serve(none, convolve, [&] { return checksum(out.data(), n + m - 1); });
  }
  const auto a = elements(n * n);
  if (operation == "matvec") {
    std::vector<double> out(n);
    const auto multiply = [&] {
#pragma omp parallel for schedule(static)
      for (int64_t i = 0; i < n; i++) {
        double t = 0;
#pragma omp simd reduction(+ : t)
        for (int64_t j = 0; j < n; j++) t += a[i * n + j] * a[j];
        out[i] = t;
      }
    };
    return serve(none, multiply, [&] { return checksum(out.data(), n); });
  }
  if (operation == "transpose") {
    const auto out = elements(n * n);
    const auto transpose = [&] {
      constexpr int64_t SIDE = 16;
#pragma omp parallel for schedule(static)
      for (int64_t y = 0; y < n; y += SIDE) {
        for (int64_t x = 0; x < n; x += SIDE) {
          for (int64_t i = y; i < std::min(n, y + SIDE); i++) {
            for (int64_t j = x; j < std::min(n, x + SIDE); j++) out[i * n + j] = a[j * n + i];
          }
        }
      }
    };
    return serve(none, transpose, [&] { return checksum(out.get(), n * n); });
  }
  return 2;
}

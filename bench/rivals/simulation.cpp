// Random numbers, Monte Carlo, bodies, Mandelbrot and k-means with OpenMP. Arguments: operation, n, threads.
#include <omp.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>
#include "serve.hpp"

namespace {
struct Words {
  uint32_t x[4];
};

/** Philox 4x32-10 (Salmon et al. 2011), seed 42, stream 0. */
inline Words philox(uint64_t block) {
  uint32_t x0 = static_cast<uint32_t>(block), x1 = static_cast<uint32_t>(block >> 32), x2 = 0, x3 = 0;
  uint32_t low = 42, high = 0;
  for (int round = 0; round < 10; round++) {
    const uint64_t a = 0xD2511F53ull * x0, b = 0xCD9E8D57ull * x2;
    x0 = static_cast<uint32_t>(b >> 32) ^ x1 ^ low;
    x1 = static_cast<uint32_t>(b);
    x2 = static_cast<uint32_t>(a >> 32) ^ x3 ^ high;
    x3 = static_cast<uint32_t>(a);
    low += 0x9E3779B9u;
    high += 0xBB67AE85u;
  }
  return {{x0, x1, x2, x3}};
}

inline double unit(uint32_t low, uint32_t high) { return (high * 2097152.0 + (low >> 11)) * 0x1p-53; }
}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string operation = argv[1];
  const int64_t n = std::atoll(argv[2]);
  omp_set_num_threads(std::atoi(argv[3]));
  const auto none = [] {};

  if (operation == "uniform" || operation == "normal") {
    const auto out = elements(n);
    const bool isNormal = operation == "normal";
    const auto draw = [&] {
#pragma omp parallel for schedule(static)
      for (int64_t block = 0; block < n / 2; block++) {
        const Words w = philox(block);
        double u = unit(w.x[0], w.x[1]), v = unit(w.x[2], w.x[3]);
        if (isNormal) {
          const double radius = std::sqrt(-2 * std::log(1 - u)), turn = 2 * M_PI * v;
          u = radius * std::cos(turn);
          v = radius * std::sin(turn);
        }
        out[2 * block] = u;
        out[2 * block + 1] = v;
      }
    };
    return serve(none, draw, [&] { return checksum(out.get(), n); });
  }
  if (operation == "pi") {
    int64_t inside = 0;
    const auto count = [&] {
      int64_t found = 0;
#pragma omp parallel for schedule(static) reduction(+ : found)
      for (int64_t block = 0; block < n / 2; block++) {
        const Words w = philox(block);
        for (int k = 0; k < 4; k += 2) {
          const double x = w.x[k] * 0x1p-32, y = w.x[k + 1] * 0x1p-32;
          found += x * x + y * y <= 1;
        }
      }
      inside = found;
    };
    return serve(none, count, [&] { return 4.0 * inside / n; });
  }
  if (operation == "nbody") {
    const auto from = elements(7 * n);
    std::vector<double> s(from.get(), from.get() + 7 * n), acceleration(3 * n);
    const auto restore = [&] { std::copy_n(from.get(), 7 * n, s.begin()); };
    const auto step = [&] {
      const double *x = &s[0], *y = &s[n], *z = &s[2 * n], *mass = &s[6 * n];
#pragma omp parallel for schedule(static)
      for (int64_t i = 0; i < n; i++) {
        double ax = 0, ay = 0, az = 0;
#pragma omp simd reduction(+ : ax, ay, az)
        for (int64_t j = 0; j < n; j++) {
          const double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
          const double d2 = dx * dx + dy * dy + dz * dz + 0.01;
          const double pull = mass[j] / (d2 * std::sqrt(d2));
          ax += pull * dx;
          ay += pull * dy;
          az += pull * dz;
        }
        acceleration[i] = ax;
        acceleration[n + i] = ay;
        acceleration[2 * n + i] = az;
      }
      for (int64_t k = 0; k < 3 * n; k++) s[3 * n + k] += acceleration[k] * 0.01;
      for (int64_t k = 0; k < 3 * n; k++) s[k] += s[3 * n + k] * 0.01;
    };
    return serve(restore, step, [&] { return weigh(s, 3 * n); });
  }
  if (operation == "mandelbrot") {
    const int64_t width = n, height = n * 2 / 3;
    std::vector<uint16_t> out(width * height);
    const auto draw = [&] {
#pragma omp parallel for schedule(dynamic, 4)
      for (int64_t py = 0; py < height; py++) {
        const double ci = -1 + 2.0 * py / height;
        // Two pixels at once: the loop over them becomes vectors.
        for (int64_t px = 0; px < width; px += 2) {
          double cr[2], zr[2] = {0, 0}, zi[2] = {0, 0};
          int64_t steps[2] = {0, 0};
          for (int k = 0; k < 2; k++) cr[k] = -2 + 3.0 * (px + k) / width;
          for (int round = 0; round < 500; round++) {
            bool live = false;
            for (int k = 0; k < 2; k++) {
              const double r2 = zr[k] * zr[k], i2 = zi[k] * zi[k];
              const bool inside = r2 + i2 <= 4;
              live |= inside;
              steps[k] += inside;
              zi[k] = 2 * zr[k] * zi[k] + ci;
              zr[k] = r2 - i2 + cr[k];
            }
            if (!live) break;
          }
          for (int k = 0; k < 2; k++) out[py * width + px + k] = static_cast<uint16_t>(steps[k]);
        }
      }
    };
    return serve(none, draw, [&] { return weigh(out, width * height); });
  }
  if (operation == "kmeans") {
    constexpr int64_t DIMENSIONS = 8, K = 16, ROUNDS = 10;
    const auto points = elements(n * DIMENSIONS);
    std::vector<double> centres(K * DIMENSIONS);
    std::vector<int> labels(n);
    double inertia = 0;
    const auto assign = [&] {
      double total = 0;
#pragma omp parallel for schedule(static) reduction(+ : total)
      for (int64_t i = 0; i < n; i++) {
        double best = std::numeric_limits<double>::infinity();
        int label = 0;
        for (int k = 0; k < K; k++) {
          double d2 = 0;
          for (int d = 0; d < DIMENSIONS; d++) {
            const double gap = points[i * DIMENSIONS + d] - centres[k * DIMENSIONS + d];
            d2 += gap * gap;
          }
          if (d2 < best) {
            best = d2;
            label = k;
          }
        }
        labels[i] = label;
        total += best;
      }
      inertia = total;
    };
    const auto cluster = [&] {
      std::copy_n(points.get(), K * DIMENSIONS, centres.begin());
      assign();
      for (int round = 0; round < ROUNDS; round++) {
        std::vector<double> sums(K * (DIMENSIONS + 1));
        double* const all = sums.data();
#pragma omp parallel for schedule(static) reduction(+ : all[:K * (DIMENSIONS + 1)])
        for (int64_t i = 0; i < n; i++) {
          double* const sum = all + labels[i] * (DIMENSIONS + 1);
          for (int d = 0; d < DIMENSIONS; d++) sum[d] += points[i * DIMENSIONS + d];
          sum[DIMENSIONS] += 1;
        }
        for (int k = 0; k < K; k++) {
          for (int d = 0; d < DIMENSIONS; d++) {
            centres[k * DIMENSIONS + d] = sums[k * (DIMENSIONS + 1) + d] / sums[k * (DIMENSIONS + 1) + DIMENSIONS];
          }
        }
        assign();
      }
    };
    return serve(none, cluster, [&] { return inertia; });
  }
  return 2;
}

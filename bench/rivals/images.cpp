// Picture operations on opaque RGBA bytes with OpenMP. Arguments: operation, file of bytes, width, height, threads.
#include <omp.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "serve.hpp"

namespace {
using Bytes = std::vector<uint8_t>;

inline uint8_t byteOf(float value) {
  return static_cast<uint8_t>(std::min(255.0f, std::max(0.0f, value + 0.5f)));
}

struct Weights {
  int taps;
  std::vector<int> first;
  std::vector<float> weight;
};

/** Lanczos3, widened by the scale. */
Weights weigh(int from, int to) {
  const double scale = static_cast<double>(from) / to, reach = 3 * std::max(1.0, scale);
  Weights w{static_cast<int>(std::ceil(reach)) * 2 + 1, {}, {}};
  const auto sinc = [](double x) { return x == 0 ? 1 : std::sin(M_PI * x) / (M_PI * x); };
  for (int i = 0; i < to; i++) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, std::min(from - w.taps, static_cast<int>(centre - reach + 0.5)));
    w.first.push_back(first);
    std::vector<double> row;
    double total = 0;
    for (int k = 0; k < w.taps; k++) {
      const double x = (first + k + 0.5 - centre) / std::max(1.0, scale);
      row.push_back(std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0);
      total += row.back();
    }
    for (const double x : row) w.weight.push_back(static_cast<float>(x / total));
  }
  return w;
}

void resize(const Bytes& from, int width, int height, Bytes& to, int toWidth, int toHeight) {
  const Weights h = weigh(width, toWidth), v = weigh(height, toHeight);
  static Bytes middle;
  middle.resize(4ll * toWidth * height);
#pragma omp parallel for schedule(static)
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < toWidth; x++) {
      float sum[4] = {0, 0, 0, 0};
      const uint8_t* p = &from[4ll * (y * width + h.first[x])];
      const float* w = &h.weight[x * h.taps];
      for (int k = 0; k < h.taps; k++, p += 4) {
        for (int c = 0; c < 4; c++) sum[c] += w[k] * p[c];
      }
      for (int c = 0; c < 4; c++) middle[4ll * (y * toWidth + x) + c] = byteOf(sum[c]);
    }
  }
#pragma omp parallel
  {
    std::vector<float> sums(4 * toWidth);
#pragma omp for schedule(static)
    for (int y = 0; y < toHeight; y++) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (int k = 0; k < v.taps; k++) {
        const float w = v.weight[y * v.taps + k];
        const uint8_t* p = &middle[4ll * toWidth * (v.first[y] + k)];
        for (int x = 0; x < 4 * toWidth; x++) sums[x] += w * p[x];
      }
      for (int x = 0; x < 4 * toWidth; x++) to[4ll * toWidth * y + x] = byteOf(sums[x]);
    }
  }
}

/** Three box filters along rows, then along columns: running sums. */
void blur(const Bytes& from, Bytes& to, int width, int height, int radius) {
  static Bytes spare;
  spare.resize(from.size());
  const float part = 1.0f / (2 * radius + 1);
  const uint8_t* source = from.data();
  for (int round = 0; round < 3; round++) {
    uint8_t* target = round == 1 ? spare.data() : to.data();
#pragma omp parallel for schedule(static)
    for (int y = 0; y < height; y++) {
      const uint8_t* row = source + 4ll * width * y;
      int sum[4];
      for (int c = 0; c < 4; c++) sum[c] = row[c] * (radius + 1);
      for (int x = 1; x <= radius; x++) {
        for (int c = 0; c < 4; c++) sum[c] += row[4 * std::min(width - 1, x) + c];
      }
      for (int x = 0; x < width; x++) {
        uint8_t* out = target + 4ll * (width * y + x);
        const uint8_t* in = row + 4 * std::min(width - 1, x + radius + 1);
        const uint8_t* gone = row + 4 * std::max(0, x - radius);
        for (int c = 0; c < 4; c++) {
          out[c] = static_cast<uint8_t>(sum[c] * part + 0.5f);
          sum[c] += in[c] - gone[c];
        }
      }
    }
    source = target;
  }
  for (int round = 0; round < 3; round++) {
    uint8_t* target = round == 1 ? to.data() : spare.data();
#pragma omp parallel
    {
      const int threads = omp_get_num_threads(), me = omp_get_thread_num();
      const int low = 4 * static_cast<int>(static_cast<int64_t>(width) * me / threads);
      const int high = 4 * static_cast<int>(static_cast<int64_t>(width) * (me + 1) / threads);
      std::vector<int> sums(high - low);
      const auto row = [&](int y) { return source + 4ll * width * std::min(height - 1, std::max(0, y)) + low; };
      for (int y = -radius; y <= radius; y++) {
        for (int i = 0; i < high - low; i++) sums[i] += row(y)[i];
      }
      for (int y = 0; y < height; y++) {
        uint8_t* out = target + 4ll * width * y + low;
        const uint8_t *in = row(y + radius + 1), *gone = row(y - radius);
        for (int i = 0; i < high - low; i++) {
          out[i] = static_cast<uint8_t>(sums[i] * part + 0.5f);
          sums[i] += in[i] - gone[i];
        }
      }
    }
    source = target;
  }
  to.swap(spare);
}

void rotate(const Bytes& from, Bytes& to, int width, int height, double degrees, int toWidth, int toHeight) {
  const float cos = std::cos(degrees * M_PI / 180), sin = std::sin(degrees * M_PI / 180);
#pragma omp parallel for schedule(static)
  for (int y = 0; y < toHeight; y++) {
    for (int x = 0; x < toWidth; x++) {
      const float dx = x + 0.5f - toWidth * 0.5f, dy = y + 0.5f - toHeight * 0.5f;
      const float u = width * 0.5f + dx * cos + dy * sin, v = height * 0.5f - dx * sin + dy * cos;
      uint8_t* out = &to[4ll * (y * toWidth + x)];
      if (u < 0 || v < 0 || u >= width || v >= height) {
        std::memset(out, 0, 4);
        continue;
      }
      const float left = std::floor(u - 0.5f), top = std::floor(v - 0.5f);
      const float du = u - 0.5f - left, dv = v - 0.5f - top;
      const int x0 = std::max(0, static_cast<int>(left)), x1 = std::min(width - 1, static_cast<int>(left) + 1);
      const int y0 = std::max(0, static_cast<int>(top)), y1 = std::min(height - 1, static_cast<int>(top) + 1);
      const uint8_t *a = &from[4ll * (y0 * width + x0)], *b = &from[4ll * (y0 * width + x1)];
      const uint8_t *c = &from[4ll * (y1 * width + x0)], *d = &from[4ll * (y1 * width + x1)];
      for (int k = 0; k < 4; k++) {
        out[k] = byteOf((a[k] * (1 - du) + b[k] * du) * (1 - dv) + (c[k] * (1 - du) + d[k] * du) * dv);
      }
    }
  }
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const std::string operation = argv[1];
  const Bytes from = bytesOf(argv[2]);
  const int width = std::atoi(argv[3]), height = std::atoi(argv[4]);
  omp_set_num_threads(std::atoi(argv[5]));
  Bytes to(from.size());
  const auto none = [] {};
  const auto mean = [&] {
    double total = 0;
    for (const uint8_t byte : to) total += byte;
    return std::floor(total / to.size() / 4);
  };

  if (operation == "resize") {
    to.resize(from.size() / 4);
    return serve(none, [&] { resize(from, width, height, to, width / 2, height / 2); }, mean);
  }
  if (operation == "blur") return serve(none, [&] { blur(from, to, width, height, 5); }, mean);
  if (operation == "rotate") {
    const double angle = 30 * M_PI / 180, cos = std::cos(angle), sin = std::sin(angle);
    const int toWidth = std::ceil(width * cos + height * sin - 1e-9);
    const int toHeight = std::ceil(width * sin + height * cos - 1e-9);
    to.resize(4ll * toWidth * toHeight);
    return serve(none, [&] { rotate(from, to, width, height, 30, toWidth, toHeight); }, mean);
  }
  if (operation == "grayscale") {
    const auto grey = [&] {
#pragma omp parallel for schedule(static)
      for (int64_t i = 0; i < static_cast<int64_t>(from.size()); i += 4) {
        const uint8_t luma = (19595 * from[i] + 38470 * from[i + 1] + 7471 * from[i + 2] + 32768) >> 16;
        to[i] = to[i + 1] = to[i + 2] = luma;
        to[i + 3] = from[i + 3];
      }
    };
    return serve(none, grey, mean);
  }
  if (operation == "crop") {
    to.resize(from.size() / 4);
    const auto crop = [&] {
#pragma omp parallel for schedule(static)
      for (int y = 0; y < height / 2; y++) {
        std::memcpy(&to[2ll * width * y], &from[4ll * (width * (y + height / 4) + width / 4)], 2ll * width);
      }
    };
    return serve(none, crop, mean);
  }
  if (operation == "convolve2d") {
    const auto convolve = [&] {
      static const float kernel[3][3] = {{1, 2, 1}, {2, 4, 2}, {1, 2, 1}};
#pragma omp parallel
      {
        std::vector<float> sums(4 * width);
#pragma omp for schedule(static)
        for (int y = 0; y < height; y++) {
          std::fill(sums.begin(), sums.end(), 0.0f);
          for (int j = -1; j <= 1; j++) {
            const uint8_t* row = &from[4ll * width * std::min(height - 1, std::max(0, y + j))];
            for (int i = -1; i <= 1; i++) {
              const float w = kernel[j + 1][i + 1] / 16;
              for (int x = 4; x < 4 * (width - 1); x++) sums[x] += w * row[x + 4 * i];
              for (int c = 0; c < 4; c++) {
                sums[c] += w * row[std::max(0, i) * 4 + c];
                sums[4 * (width - 1) + c] += w * row[4 * (width - 1 + std::min(0, i)) + c];
              }
            }
          }
          for (int x = 0; x < 4 * width; x++) to[4ll * width * y + x] = byteOf(sums[x]);
          for (int x = 3; x < 4 * width; x += 4) to[4ll * width * y + x] = from[4ll * width * y + x];
        }
      }
    };
    return serve(none, convolve, mean);
  }
  if (operation == "composite") {
    Bytes over(from.rbegin(), from.rend());
    for (size_t i = 3; i < over.size(); i += 4) over[i] = static_cast<uint8_t>(i / 4);
    const auto composite = [&] {
#pragma omp parallel for schedule(static)
      for (int64_t i = 0; i < static_cast<int64_t>(from.size()); i += 4) {
        const float alpha = over[i + 3] * (0.75f / 255), under = from[i + 3] * (1.0f / 255) * (1 - alpha);
        const float sum = alpha + under, part = sum > 0 ? 1 / sum : 0;
        for (int c = 0; c < 3; c++) to[i + c] = byteOf((over[i + c] * alpha + from[i + c] * under) * part);
        to[i + 3] = byteOf(sum * 255);
      }
    };
    return serve(none, composite, mean);
  }
  if (operation == "imageHistogram") {
    std::vector<uint32_t> counts(1024);
    const auto count = [&] {
      std::fill(counts.begin(), counts.end(), 0);
#pragma omp parallel
      {
        std::vector<uint32_t> mine(1024);
#pragma omp for schedule(static)
        for (int64_t i = 0; i < static_cast<int64_t>(from.size()); i += 4) {
          for (int c = 0; c < 4; c++) mine[256 * c + from[i + c]]++;
        }
#pragma omp critical
        for (int i = 0; i < 1024; i++) counts[i] += mine[i];
      }
    };
    return serve(none, count, [&] { return ::weigh(counts, 1024); });
  }
  return 2;
}

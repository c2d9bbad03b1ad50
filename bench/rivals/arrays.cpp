// scale and sum of n doubles with OpenMP. Arguments: operation, n, threads.
#include <omp.h>
#include <cstdlib>
#include "serve.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string operation = argv[1];
  const int64_t n = std::atoll(argv[2]);
  omp_set_num_threads(std::atoi(argv[3]));
  const auto a = elements(n);
  const auto out = elements(n);
  const double* const from = a.get();
  double* const to = out.get();

  if (operation == "scale") {
    const auto scale = [&] {
#pragma omp parallel for simd schedule(static)
      for (int64_t i = 0; i < n; i++) to[i] = from[i] * 1.5;
    };
    return serve([] {}, scale, [&] { return checksum(to, n); });
  }
  double total = 0;
  const auto sum = [&] {
    double t = 0;
#pragma omp parallel for simd reduction(+ : t) schedule(static)
    for (int64_t i = 0; i < n; i++) t += from[i];
    total = t;
  };
  return serve([] {}, sum, [&] { return total; });
}

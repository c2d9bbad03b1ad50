// Sorts n doubles with libstdc++'s parallel mode or with std::sort. Arguments: parallel or single, n, threads.
#include <omp.h>
#include <algorithm>
#include <cstdlib>
#include <parallel/algorithm>
#include "serve.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const bool parallel = std::string(argv[1]) == "parallel";
  const int64_t n = std::atoll(argv[2]);
  omp_set_num_threads(std::atoi(argv[3]));
  const auto source = elements(n);
  const auto work = elements(n);
  double* const begin = work.get();

  const auto copy = [&] { std::copy_n(source.get(), n, begin); };
  const auto check = [&] { return checksum(begin, n); };
  if (parallel) return serve(copy, [&] { __gnu_parallel::sort(begin, begin + n); }, check);
  return serve(copy, [&] { std::sort(begin, begin + n); }, check);
}

// What numpy's functions on n doubles do, as plain loops with OpenMP. Arguments: operation, n, threads.
#include <omp.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <numeric>
#include <parallel/algorithm>
#include <parallel/numeric>
#include <vector>
#include "serve.hpp"

namespace {
int64_t n;
std::unique_ptr<double[]> a, b, out;
std::vector<uint32_t> counts;
double total;

template <class Term>
double reduce(Term term) {
  double t = 0;
#pragma omp parallel for simd reduction(+ : t) schedule(static)
  for (int64_t i = 0; i < n; i++) t += term(i);
  return t;
}

double least() {
  double m = INFINITY;
#pragma omp parallel for simd reduction(min : m) schedule(static)
  for (int64_t i = 0; i < n; i++) m = a[i] < m ? a[i] : m;
  return m;
}

double greatest() {
  double m = -INFINITY;
#pragma omp parallel for simd reduction(max : m) schedule(static)
  for (int64_t i = 0; i < n; i++) m = a[i] > m ? a[i] : m;
  return m;
}

/** The first place of the extreme: the extreme, then a search. */
double placeOf(double value) {
  int64_t place = n;
#pragma omp parallel for reduction(min : place) schedule(static)
  for (int64_t i = 0; i < n; i++) {
    if (a[i] == value) place = std::min(place, i);
  }
  return static_cast<double>(place);
}

/** Two passes: sums of the threads' parts, then their prefix sums from there on. */
void prefixSum() {
  std::vector<double> parts(omp_get_max_threads() + 1);
#pragma omp parallel
  {
    const int threads = omp_get_num_threads(), me = omp_get_thread_num();
    const int64_t from = n * me / threads, to = n * (me + 1) / threads;
    double t = 0;
#pragma omp simd reduction(+ : t)
    for (int64_t i = from; i < to; i++) t += a[i];
    parts[me + 1] = t;
#pragma omp barrier
    t = 0;
    for (int k = 0; k <= me; k++) t += parts[k];
    for (int64_t i = from; i < to; i++) out[i] = t += a[i];
  }
}

int64_t filter() {
  std::vector<int64_t> places(omp_get_max_threads() + 1);
#pragma omp parallel
  {
    const int threads = omp_get_num_threads(), me = omp_get_thread_num();
    const int64_t from = n * me / threads, to = n * (me + 1) / threads;
    int64_t found = 0;
    for (int64_t i = from; i < to; i++) found += a[i] < 0.5;
    places[me + 1] = found;
#pragma omp barrier
    int64_t at = 0;
    for (int k = 0; k <= me; k++) at += places[k];
    for (int64_t i = from; i < to; i++) {
      if (a[i] < 0.5) out[at++] = a[i];
    }
  }
  return std::accumulate(places.begin(), places.end(), int64_t{0});
}

/** Counts in a table for each thread. */
template <class Bin>
void count(int bins, Bin bin) {
  std::fill(counts.begin(), counts.end(), 0);
  counts.resize(bins);
#pragma omp parallel
  {
    std::vector<uint32_t> mine(bins);
#pragma omp for schedule(static)
    for (int64_t i = 0; i < n; i++) mine[bin(i)]++;
#pragma omp critical
    for (int k = 0; k < bins; k++) counts[k] += mine[k];
  }
}

template <class Element>
void each(Element element) {
#pragma omp parallel for simd schedule(static)
  for (int64_t i = 0; i < n; i++) out[i] = element(i);
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string operation = argv[1];
  n = std::atoll(argv[2]);
  omp_set_num_threads(std::atoi(argv[3]));
  a = elements(n);
  b = elements(n);
  out = elements(n);
  std::vector<uint32_t> order(n);
  std::vector<uint16_t> bins;
  std::vector<double> sorted(a.get(), a.get() + n);
  int64_t found = 0;
  const auto none = [] {};
  const auto sumOfOut = [&] { return checksum(out.get(), n); };
  const auto theTotal = [&] { return total; };
  const auto tally = [&] { return weigh(counts, counts.size()); };
  const double* const x = a.get();
  const double* const y = b.get();
  double* const to = out.get();

  if (operation == "fill") return serve(none, [&] { each([](int64_t) { return 1.5; }); }, sumOfOut);
  if (operation == "scale") return serve(none, [&] { each([=](int64_t i) { return x[i] * 1.5; }); }, sumOfOut);
  if (operation == "add") return serve(none, [&] { each([=](int64_t i) { return x[i] + y[i]; }); }, sumOfOut);
  if (operation == "mul") return serve(none, [&] { each([=](int64_t i) { return x[i] * y[i]; }); }, sumOfOut);
  if (operation == "axpy") return serve(none, [&] { each([=](int64_t i) { return 1.5 * x[i] + y[i]; }); }, sumOfOut);
  if (operation == "map") return serve(none, [&] { each([=](int64_t i) { return std::exp(x[i]); }); }, sumOfOut);
  if (operation == "sum") return serve(none, [&] { total = reduce([=](int64_t i) { return x[i]; }); }, theTotal);
  if (operation == "mean") return serve(none, [&] { total = reduce([=](int64_t i) { return x[i]; }) / n; }, theTotal);
  if (operation == "dot") return serve(none, [&] { total = reduce([=](int64_t i) { return x[i] * y[i]; }); }, theTotal);
  if (operation == "norm") {
    return serve(none, [&] { total = std::sqrt(reduce([=](int64_t i) { return x[i] * x[i]; })); }, theTotal);
  }
  if (operation == "variance") {
    const auto variance = [&] {
      const double mean = reduce([=](int64_t i) { return x[i]; }) / n;
      total = reduce([=](int64_t i) { return (x[i] - mean) * (x[i] - mean); }) / n;
    };
    return serve(none, variance, theTotal);
  }
  if (operation == "min") return serve(none, [&] { total = least(); }, theTotal);
  if (operation == "max") return serve(none, [&] { total = greatest(); }, theTotal);
  if (operation == "argmin") return serve(none, [&] { total = placeOf(least()); }, theTotal);
  if (operation == "argmax") return serve(none, [&] { total = placeOf(greatest()); }, theTotal);
  if (operation == "prefixSum") return serve(none, prefixSum, sumOfOut);
  if (operation == "filter") {
    return serve(none, [&] { found = filter(); }, [&] { return checksum(to, found); });
  }
  if (operation == "histogram") {
    return serve(none, [&] { count(100, [=](int64_t i) { return static_cast<int>(x[i] * 100); }); }, tally);
  }
  if (operation == "bincount") {
    for (int64_t i = 0; i < n; i++) bins.push_back(static_cast<uint16_t>(x[i] * 1000));
    return serve(none, [&] { count(1000, [&](int64_t i) { return bins[i]; }); }, tally);
  }
  if (operation == "argsort") {
    const auto sort = [&] {
      std::iota(order.begin(), order.end(), 0);
      __gnu_parallel::stable_sort(order.begin(), order.end(), [=](uint32_t i, uint32_t j) { return x[i] < x[j]; });
    };
    return serve(none, sort, [&] { return weigh(order, n); });
  }
  if (operation == "unique") {
    for (auto& value : sorted) value = std::floor(value * 1e5);
    const auto unique = [&] {
      std::copy(sorted.begin(), sorted.end(), to);
      __gnu_parallel::sort(to, to + n);
      found = std::unique(to, to + n) - to;
    };
    return serve(none, unique, [&] { return weigh(to, found); });
  }
  if (operation == "searchSorted") {
    __gnu_parallel::sort(sorted.begin(), sorted.end());
    const auto search = [&] {
#pragma omp parallel for schedule(static)
      for (int64_t i = 0; i < n; i++) order[i] = std::lower_bound(sorted.begin(), sorted.end(), x[i]) - sorted.begin();
    };
    return serve(none, search, [&] { return weigh(order, n); });
  }
  return 2;
}

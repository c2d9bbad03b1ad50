// What the C++ rivals share: the line protocol of LineProcess.ts, and the data that data.ts makes too.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

/** For every line read: `prepare` untimed, `job` timed, then one line with the time and `check()`. */
template <class Prepare, class Job, class Check>
int serve(Prepare prepare, Job job, Check check) {
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    prepare();
    const auto begin = std::chrono::steady_clock::now();
    job();
    const auto end = std::chrono::steady_clock::now();
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(end - begin).count();
    std::printf("{\"ns\":%lld,\"check\":%.17g}\n", static_cast<long long>(ns), static_cast<double>(check()));
    std::fflush(stdout);
  }
  return 0;
}

/** Numbers in [0, 1): element i is the same as in data.ts. */
inline double element(uint32_t i) {
  uint32_t x = i * 0x9E3779B1u;
  x ^= x >> 16;
  x *= 0x85EBCA6Bu;
  x ^= x >> 13;
  x *= 0xC2B2AE35u;
  x ^= x >> 16;
  const uint32_t high = x;
  x = (x + 0x6D2B79F5u) * 0x2C1B3C6Du;
  x ^= x >> 15;
  return (high * 2097152.0 + (x >> 11)) * 0x1p-53;
}

/** Pages are touched first by the threads that work on them, as OpenMP programs do it. */
inline std::unique_ptr<double[]> elements(int64_t n) {
  std::unique_ptr<double[]> a(new double[n]);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < n; i++) a[i] = element(static_cast<uint32_t>(i));
  return a;
}

/** A weighted sum of a thousand of the elements, as in data.ts. */
inline double checksum(const double* a, int64_t n) {
  double total = 0;
  for (int64_t k = 0; k < 1000; k++) total += a[k * (n / 1000)] * (k % 7 + 1);
  return total;
}

/** The whole file. */
inline std::vector<uint8_t> bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/** Σ a[i]·(i mod 7 + 1), as in data.ts: for bytes and counts. */
template <class Values>
double weigh(const Values& a, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i++) total += static_cast<double>(a[i]) * static_cast<double>(i % 7 + 1);
  return total;
}

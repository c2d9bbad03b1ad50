// Takes a std::mutex that nobody else wants and lets go, n times. Argument: n.
#include <cstdlib>
#include <mutex>
#include <thread>
#include "serve.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int64_t n = std::atoll(argv[1]);
  // A program with one thread might be spared the atomic instructions.
  std::thread([] {}).join();
  std::mutex mutex;
  const auto job = [&] {
    for (int64_t i = 0; i < n; i++) {
      mutex.lock();
      mutex.unlock();
    }
  };
  return serve([] {}, job, [&] { return n; });
}

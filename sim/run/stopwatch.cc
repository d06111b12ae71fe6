// The steady clock and getrusage.
#include "sim/run/stopwatch.h"

#include <chrono>

#include <sys/resource.h>

namespace drydock::sim {
namespace {

int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Stopwatch::Stopwatch() : start_nanos_(SteadyNanos()) {}

double Stopwatch::Seconds() const {
  return static_cast<double>(SteadyNanos() - start_nanos_) / 1e9;
}

int64_t PeakMemoryBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace drydock::sim

// The steady clock, the process' clock and getrusage.
#include "sim/run/stopwatch.h"

#include <chrono>
#include <ctime>

#include <sys/resource.h>

namespace drydock::sim {
namespace {

int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int64_t CpuNanos() {
  timespec used = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

}  // namespace

Stopwatch::Stopwatch() : start_nanos_(SteadyNanos()), start_cpu_nanos_(CpuNanos()) {}

double Stopwatch::Seconds() const {
  return static_cast<double>(SteadyNanos() - start_nanos_) / 1e9;
}

double Stopwatch::CpuSeconds() const {
  return static_cast<double>(CpuNanos() - start_cpu_nanos_) / 1e9;
}

int64_t PeakMemoryBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace drydock::sim

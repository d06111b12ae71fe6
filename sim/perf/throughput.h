// How many pods were scheduled in a second of real time, as scheduler_perf states it:
// the average, and percentiles over samples.
//
// Real time: a Stopwatch's, taken between turns of the simulation and never seen by it.
#ifndef DRYDOCK_SIM_PERF_THROUGHPUT_H_
#define DRYDOCK_SIM_PERF_THROUGHPUT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace drydock::sim {

// Which time rates are by: what passed on the wall, or what the process had of a processor,
// which other programs on the machine have no part in.
enum class PerfClock : uint8_t { kWall, kCpu };

struct Throughput {
  uint64_t pods = 0;
  double wall_seconds = 0;
  double cpu_seconds = 0;
  // Pods in a second of the meter's clock.
  double average = 0;
  double perc50 = 0;
  double perc90 = 0;
  double perc95 = 0;
  double perc99 = 0;

  // "Average", "Perc50", ... REQUIRES: one of these.
  double Bucket(const std::string& name) const;
};

class ThroughputMeter {
 public:
  // How far samples are apart at least, in seconds of the clock. scheduler_perf takes one
  // in a second; what it takes many seconds for may be over in less here.
  static constexpr double kInterval = 0.05;

  explicit ThroughputMeter(PerfClock clock) : clock_(clock) {}

  // `pods` have been scheduled when `wall_seconds` and `cpu_seconds` have passed since the
  // beginning. None of the three ever falls.
  void Observe(uint64_t pods, double wall_seconds, double cpu_seconds);
  // A stretch that was too short for a sample has the average as its percentiles.
  Throughput Finish() const;

 private:
  double Seconds() const {
    return clock_ == PerfClock::kWall ? seen_.wall_seconds : seen_.cpu_seconds;
  }

  PerfClock clock_;
  Throughput seen_;
  uint64_t sampled_pods_ = 0;
  double sampled_at_ = 0;
  std::vector<double> samples_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_THROUGHPUT_H_

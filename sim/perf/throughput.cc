// Samples and their percentiles, by scheduler_perf's rules.
#include "sim/perf/throughput.h"

#include <algorithm>
#include <cmath>

#include "src/rt/check.h"

namespace drydock::sim {

double Throughput::Bucket(const std::string& name) const {
  if (name == "Average") return average;
  if (name == "Perc50") return perc50;
  if (name == "Perc90") return perc90;
  if (name == "Perc95") return perc95;
  DRYDOCK_CHECK(name == "Perc99", name);
  return perc99;
}

void ThroughputMeter::Observe(uint64_t pods, double wall_seconds, double cpu_seconds) {
  seen_.pods = pods;
  seen_.wall_seconds = wall_seconds;
  seen_.cpu_seconds = cpu_seconds;
  const double passed = Seconds() - sampled_at_;
  // Intervals without a pod are made part of the next sample, which then counts as often.
  if (passed < kInterval || pods == sampled_pods_) return;
  const double rate = static_cast<double>(pods - sampled_pods_) / passed;
  const auto intervals = static_cast<size_t>(passed / kInterval);
  samples_.insert(samples_.end(), intervals, rate);
  sampled_pods_ = pods;
  sampled_at_ = Seconds();
}

Throughput ThroughputMeter::Finish() const {
  Throughput result = seen_;
  if (Seconds() > 0) result.average = static_cast<double>(seen_.pods) / Seconds();
  std::vector<double> sorted = samples_;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](int percent) {
    if (sorted.empty()) return result.average;
    const double rank = std::ceil(static_cast<double>(sorted.size()) * percent / 100);
    return sorted[static_cast<size_t>(rank) - 1];
  };
  result.perc50 = percentile(50);
  result.perc90 = percentile(90);
  result.perc95 = percentile(95);
  result.perc99 = percentile(99);
  return result;
}

}  // namespace drydock::sim

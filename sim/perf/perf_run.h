// One workload of a benchmark from the first event to the last, in a world of its own: an
// API server, a scheduler, and nodes that are objects and nothing else.
#ifndef DRYDOCK_SIM_PERF_PERF_RUN_H_
#define DRYDOCK_SIM_PERF_PERF_RUN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sim/perf/perf_file.h"
#include "sim/perf/throughput.h"

namespace drydock::sim {

struct PerfResult {
  struct Measured {
    std::string name;  // The namespace of the pods, or what startCollectingMetrics calls it.
    Throughput throughput;
  };
  std::string workload;  // "SchedulingBasic/5000Nodes_10000Pods"
  PerfClock clock = PerfClock::kWall;
  std::optional<Threshold> threshold;
  // Why the workload did not get to its end, as when pods cannot be scheduled.
  absl::Status status;
  std::vector<Measured> measured;
  uint64_t nodes = 0;
  uint64_t pods = 0;
  absl::Duration virtual_time;
  uint64_t digest = 0;  // Of all events: the same for the same file, seed and version.

  // It got to its end, and no measured value is on the wrong side of the threshold.
  bool Held() const;
  bool Met(const Throughput& throughput) const;
};

// Fails when the workload's scheduler configuration is wrong.
absl::StatusOr<PerfResult> RunPerfWorkload(const PerfWorkload& workload, uint64_t seed,
                                           PerfClock clock);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_PERF_RUN_H_

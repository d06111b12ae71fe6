// What a run measures of its cluster: told of every change of every object, in
// order, and asked for a sample now and then. It sees the truth (the store), not
// what some cache believes, and changes nothing.
#ifndef DRYDOCK_SIM_MEASURE_RECORDER_H_
#define DRYDOCK_SIM_MEASURE_RECORDER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "sim/measure/histogram.h"
#include "sim/scenario/expression.h"
#include "src/api/object.h"

namespace drydock::sim {

struct PodTotals {
  uint64_t created = 0;
  uint64_t scheduled = 0;
  uint64_t started = 0;
  uint64_t succeeded = 0;
  uint64_t failed = 0;
  uint64_t deleted = 0;
  Histogram pending;  // From creation to binding.
  Histogram start;    // From creation to the Running phase.
};

// Samples at equal distances; all arrays are of equal length.
struct TimeSeries {
  std::vector<double> seconds;
  std::vector<double> pods_running;
  std::vector<double> pods_pending;
  std::vector<double> cpu;  // Requested of allocatable, 0 to 1.
  std::vector<double> memory;
  std::vector<double> pods;
  std::vector<double> nodes_ready;
  std::vector<double> cpu_fragmentation;
};

class Recorder final : public Observations {
 public:
  Recorder() = default;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // `after` is null for a deletion, `before` for a creation. `now` is virtual time.
  void Observe(const api::ObjectRef& before, const api::ObjectRef& after, absl::Duration now);
  void Sample(absl::Duration now);

  // The functions of checks: see docs/scenarios.md.
  absl::StatusOr<double> Value(const std::string& name, const std::string& argument) const override;

  const PodTotals& pods() const { return pods_; }
  const TimeSeries& series() const { return series_; }
  uint64_t running() const { return phases_[kRunning]; }
  uint64_t pending() const { return phases_[kPending]; }
  uint64_t nodes() const { return nodes_.size(); }

 private:
  enum Phase : uint8_t { kPending, kRunning, kSucceeded, kFailed, kPhaseCount };
  struct Pod {
    absl::Duration created;
    Phase phase = kPending;
    bool bound = false;
    bool deleting = false;
    bool holds_node = false;  // Counted in its node's requested.
    int64_t cpu_millis = 0;
    int64_t memory_bytes = 0;
    uint32_t node = 0;
  };
  struct Node {
    std::string name;
    bool present = false;
    bool ready = false;
    int64_t cpu_allocatable = 0;
    int64_t memory_allocatable = 0;
    int64_t pods_allocatable = 0;
    int64_t cpu_requested = 0;
    int64_t memory_requested = 0;
    int64_t pods = 0;
  };

  void ObservePod(const api::ObjectRef& before, const api::ObjectRef& after, absl::Duration now);
  void ObserveNode(const api::ObjectRef& before, const api::ObjectRef& after);
  void Hold(Pod& pod, int sign);
  Node& NodeNamed(const std::string& name, uint32_t* index);
  absl::StatusOr<double> StatusValue(const std::string& field, const std::string& argument) const;
  bool Converged() const;
  double CpuFragmentation() const;

  PodTotals pods_;
  TimeSeries series_;
  absl::flat_hash_map<std::string, Pod> live_pods_;  // By uid; looked up only.
  uint64_t phases_[kPhaseCount] = {};
  uint64_t deleting_ = 0;
  std::vector<Node> nodes_;
  absl::flat_hash_map<std::string, uint32_t> node_index_;  // Looked up only.
  std::map<std::string, uint64_t> counts_;                 // By resource.
  // Deployments, ReplicaSets, DaemonSets and Jobs by "resource/namespace/name".
  absl::btree_map<std::string, api::ObjectRef> workloads_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_MEASURE_RECORDER_H_

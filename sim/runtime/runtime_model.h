// What a simulated container runtime is made of: latencies, rates, sizes; the faults
// that can be switched on; and what it tells to those who check invariants.
#ifndef DRYDOCK_SIM_RUNTIME_RUNTIME_MODEL_H_
#define DRYDOCK_SIM_RUNTIME_RUNTIME_MODEL_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "sim/runtime/duration_model.h"
#include "sim/runtime/images.h"
#include "sim/runtime/workload_model.h"

namespace drydock::sim {

// Shared by all nodes of a pool; immutable while the simulation runs.
struct RuntimeModel {
  DurationModel sandbox_latency = DurationModel::LogNormal(absl::Milliseconds(300), 0.3);
  DurationModel registry_latency = DurationModel::LogNormal(absl::Milliseconds(200), 0.4);
  double link_bytes_per_second = 125e6;           // 1 Gbit/s, for pulls.
  int64_t image_disk_bytes = int64_t{100} << 30;  // Room for images.
  size_t event_buffer = 1000;                     // Events that wait for NextEvents.
  WorkloadDefaults workload;
  ImageCatalogue images;
};

// The registry's side of all pulls of a cluster: with a limit, each pull gets no more
// than an even share of it.
struct ImageRegistry {
  double bytes_per_second = 0;  // 0: no limit.
  int64_t active_pulls = 0;
};

// Faults of one node's runtime. All off at first; a fault injector sets them.
struct RuntimeFaults {
  bool down = false;           // Every call fails with kUnavailable; containers run on.
  double sandbox_failure = 0;  // Probability that RunPodSandbox fails.
  double pull_failure = 0;     // That PullImage fails after the registry's latency.
  double pull_slowdown = 1;    // Divides the rate of the link.
  double start_failure = 0;    // That StartContainer fails with RunContainerError.
  double stop_ignored = 0;     // That a container ignores SIGTERM until SIGKILL.
  double reply_lost = 0;       // That a call takes effect and its caller hears kUnavailable.
  absl::Duration event_lag = absl::ZeroDuration();  // Until an event reaches NextEvents.
};

// One container that runs, for invariants and measurement.
struct RunningContainer {
  std::string pod_uid;
  std::string pod_namespace;
  std::string pod_name;
  std::string name;
  std::string id;
  uint32_t attempt = 0;
  int64_t cpu_request_millis = 0;
  int64_t memory_request_bytes = 0;
  int64_t usage_cpu_millis = 0;
  int64_t usage_memory_bytes = 0;
};

// Why a container ended, as the node's kernel knows it.
struct ContainerEnd {
  int32_t exit_code = 0;
  bool out_of_memory = false;
  bool killed = false;                               // By SIGKILL at the end of a grace period.
  absl::Duration after_term = absl::ZeroDuration();  // Of SIGKILL since the first SIGTERM.
  absl::Duration grace = absl::ZeroDuration();       // The longest that a caller has granted.
  bool power_off = false;
};

// Hears what happens to containers, at the moment when it happens.
class RuntimeObserver {
 public:
  virtual ~RuntimeObserver() = default;
  virtual void ContainerStarted(const std::string& machine, const RunningContainer& container) = 0;
  virtual void ContainerEnded(const std::string& machine, const RunningContainer& container,
                              const ContainerEnd& end) = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_RUNTIME_MODEL_H_

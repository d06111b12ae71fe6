// A scenario as data: what a file of `kind: Scenario` says, checked and typed.
//
// docs/scenarios.md is its reference. Parsing is in parse.h; what becomes of it in
// sim/cluster (the machines), sim/workload (what users do) and sim/faults.
#ifndef DRYDOCK_SIM_SCENARIO_SCENARIO_H_
#define DRYDOCK_SIM_SCENARIO_SCENARIO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "sim/scenario/distribution.h"
#include "sim/traces/task_trace.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

struct NodePool {
  std::string name;
  int count = 0;
  std::vector<std::pair<std::string, std::string>> capacity;  // Resource to quantity.
  std::vector<std::pair<std::string, std::string>> labels;
  api::Value taints;  // A list of core/v1 Taints, or null.
};

// What things cost in virtual time.
struct Latencies {
  absl::Duration same_zone = absl::Microseconds(250);  // One way, at the least.
  absl::Duration cross_zone = absl::Microseconds(700);
  absl::Duration api_read = absl::Microseconds(500);  // In the API server.
  absl::Duration api_write = absl::Milliseconds(2);
  absl::Duration schedule_pod = absl::Microseconds(500);
};

struct Images {
  int64_t default_size_bytes = 150 * 1024 * 1024;
  std::vector<std::pair<std::string, int64_t>> sizes;  // By image reference.
  int64_t node_bandwidth = 125'000'000;                // Bytes a second.
  bool preloaded = false;                              // On every node from the start.
};

struct ClusterSpec {
  int zones = 1;
  std::vector<NodePool> node_pools;
  Images images;
  Latencies latency;
  std::string container_start;  // A DurationModel as text; empty: the runtime's default.
  api::Value scheduler;         // A KubeSchedulerConfiguration, or null.
  double controller_qps = 0;    // Of the controller manager's client; 0: no limit.
  int controller_burst = 0;
  bool controllers = true;  // Whether there is a controller manager. Not in files.
};

// What a user does. Exactly one of the forms.
struct ApplyAction {
  std::vector<api::Value> objects;
  std::string source;  // The file, for messages.
};
// One field of generated objects that is drawn anew for each.
struct VaryRule {
  enum class Kind : uint8_t { kNumber, kDuration, kChoice };
  std::string path;
  Kind kind = Kind::kNumber;
  std::optional<Distribution> distribution;  // Of numbers and durations.
  std::vector<api::Value> choices;           // Of kChoice, each equally likely.
};
struct GenerateAction {
  int count = 1;
  absl::Duration over;   // Arrivals spread evenly over it.
  bool poisson = false;  // Or at random, with the same mean rate.
  api::Value object;     // "{{i}}" in strings is the number of the copy.
  std::vector<VaryRule> vary;
  std::optional<Distribution> lifetime;  // Deleted after it.
};
struct ScaleAction {
  std::string target;  // "deployment/web" or "ns/deployment/web".
  int replicas = 0;
};
struct PatchAction {
  std::string target;
  std::string type;  // "strategic", "merge", "json".
  api::Value patch;
};
struct DeleteAction {
  std::string target;  // "deployment/web", or "deployment" with a selector.
  std::string selector;
};
struct ChurnAction {
  absl::Duration every;
  absl::Duration until;  // From the start of the run.
  std::string target;    // A kind: "deployment".
  std::string selector;
  int scale_weight = 1;    // To a new number of replicas,
  int restart_weight = 1;  // a new template (a rolling update),
  int kill_weight = 1;     // or the deletion of one pod.
  Distribution replicas = Distribution::Constant(absl::ZeroDuration());
};
// The tasks of a recorded workload as pods, at the times at which they came.
struct ReplayAction {
  TaskTraceSpec trace;
  api::Value object;    // A Pod: each task is a copy, with its name, requests and run time.
  absl::Duration from;  // Of the trace; what came before is left out, and time counts from here.
  double speed = 1;     // Arrivals come so many times faster. Run times stay.
  int64_t limit = 0;    // Tasks; 0: all.
};

struct WorkloadItem {
  absl::Duration at;
  std::variant<ApplyAction, GenerateAction, ScaleAction, PatchAction, DeleteAction, ChurnAction,
               ReplayAction>
      action;
};

struct PowerOffFault {
  std::vector<std::string> machines;
  int random_nodes = 0;
  std::string zone;
};
struct CrashFault {
  std::string process;  // "scheduler", "controller-manager", "kubelet".
  std::string machine;
  int random_nodes = 0;
};
struct PartitionFault {
  std::string from;  // "masters", a zone, or a machine.
  std::string to;
  bool one_way = false;
};
struct NetworkDegradation {
  double loss = 0;
  absl::Duration extra_latency;
};
struct FaultItem {
  absl::Duration at;
  std::optional<absl::Duration> lasts;  // Healed after it; never when absent.
  std::variant<PowerOffFault, CrashFault, PartitionFault, NetworkDegradation> fault;
};

struct CheckItem {
  absl::Duration at;
  bool always = false;  // At every sample from `at` on, not at it alone.
  std::string expect;   // An expression: see expression.h.
};

struct TraceSpec {
  std::string format;  // "openb".
  std::string dir;
  std::string list = "default";
  double load = 1.3;
};

struct Scenario {
  std::string name;
  std::string description;
  std::string path;
  uint64_t seed = 1;
  absl::Duration duration;
  absl::Time start;
  absl::Duration sample_every = absl::Seconds(10);
  std::string policy;  // A placement policy by name; empty: the scheduler's configuration.
  ClusterSpec cluster;
  std::vector<WorkloadItem> workload;
  std::vector<FaultItem> faults;
  std::vector<CheckItem> checks;
  std::optional<TraceSpec> trace;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_SCENARIO_SCENARIO_H_

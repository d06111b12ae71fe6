// Manifests of a scenario: from YAML trees to API objects, with copies numbered and
// varied.
#ifndef DRYDOCK_SIM_WORKLOAD_MANIFEST_H_
#define DRYDOCK_SIM_WORKLOAD_MANIFEST_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "sim/scenario/scenario.h"
#include "sim/traces/task_trace.h"
#include "src/api/scheme.h"
#include "src/rt/random.h"

namespace drydock::sim {

// Replaces "{{i}}" in every string of `tree`, keys included.
void Number(int i, api::Value* tree);

// Draws the fields of `rules` anew.
absl::Status Vary(const std::vector<VaryRule>& rules, rt::Random& random, api::Value* tree);

// The object that a manifest describes; in the namespace "default" when it says none
// and its kind has one. `source` is its file, for errors.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> DecodeManifest(const api::Value& tree,
                                                                          absl::string_view source);

// The pod of a task's copy number `copy`, as a manifest.
absl::StatusOr<api::Value> PodOfTask(const ReplayAction& action, const TraceTask& task, int copy);
// Its name.
std::string PodNameOf(const TraceTask& task, int copy);

// "deployment/web", "kube-system/daemonset/agent"; only "deployment" for all of a kind.
struct Target {
  const api::KindInfo* kind = nullptr;
  std::string ns;    // "default" unless given; empty for cluster-scoped kinds.
  std::string name;  // Empty: all of the kind.
};
absl::StatusOr<Target> ParseTarget(const std::string& text);

// What in a scenario's manifests and targets the API would not take, before the run
// has begun.
absl::Status CheckWorkload(const Scenario& scenario);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_WORKLOAD_MANIFEST_H_

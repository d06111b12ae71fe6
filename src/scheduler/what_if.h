// What the scheduler would decide about the pending pods of a given state, and why,
// without a cluster: the engines of the real component, asked once for each pod in
// the order of the queue.
//
//   WhatIf what_if(options);
//   what_if.Add(object) for every object there is
//   StatusOr<vector<PodDecision>> decisions = what_if.Run();
//
// A pure function of the objects, the options and the seed. The order of the objects
// matters only for pending pods of the same priority and creation time.
#ifndef DRYDOCK_SRC_SCHEDULER_WHAT_IF_H_
#define DRYDOCK_SRC_SCHEDULER_WHAT_IF_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/cluster_objects.h"
#include "src/scheduler/config.h"
#include "src/scheduler/engines.h"
#include "src/scheduler/nominations.h"
#include "src/scheduler/queued_pod.h"

namespace drydock::scheduler {

struct WhatIfOptions {
  SchedulerConfig config;
  PluginRegistry registry = PluginRegistry::Builtin();
  // Whether each decision is applied before the next pod: a placed pod is on its node;
  // victims of preemption are gone and the pod is nominated to the node.
  bool commit = false;
  uint64_t seed = 1;  // Of the draws among nodes of the same score.
};

struct PodDecision {
  enum class Result : uint8_t {
    kScheduled,
    kPreempting,     // On `remedy.nominated_node`, once the victims are gone.
    kUnschedulable,  // `message` says why.
    kGated,          // A PreEnqueue plugin keeps it out of the queue.
    kSkipped,        // It is being deleted, or no profile has its scheduler's name.
  };

  PodRef pod;
  int position = 0;  // In the queue, from 1; 0 for pods that are not in it.
  Result result = Result::kSkipped;
  std::string node;                          // Of kScheduled.
  std::string message;                       // The event's, of all that are not scheduled.
  Explanation explanation;                   // Empty for pods that are not in the queue.
  PostFilterResult remedy;                   // Of kPreempting.
  std::vector<std::string> candidate_nodes;  // Names, by remedy.candidates.
};

class WhatIf {
 public:
  explicit WhatIf(WhatIfOptions options);
  WhatIf(const WhatIf&) = delete;
  WhatIf& operator=(const WhatIf&) = delete;

  // Takes any object of the scheme; kinds that do not matter to scheduling are left
  // alone. Defaults are applied, and pods, nodes, priority classes and disruption
  // budgets validated as the API server would. A pod with spec.nodeName is there
  // already, any other is pending; pods that have ended count for nothing.
  absl::Status Add(std::unique_ptr<google::protobuf::Message> object);

  // Once, after all objects. Pods that are not in the queue come last.
  absl::StatusOr<std::vector<PodDecision>> Run();

  const Cluster& cluster() const { return cluster_; }

 private:
  absl::Status ResolvePriority(api::Pod* pod) const;
  // Everything but pending pods into cluster_; those are returned, in the order given.
  absl::StatusOr<std::vector<PodRef>> Load();
  void Decide(PodDecision* decision);
  void Preempt(Engine& engine, PodDecision* decision);

  const WhatIfOptions options_;
  Cluster cluster_;
  ClusterObjects objects_{cluster_};
  Nominations nominations_;
  Engines engines_;

  // By kind, namespace and name, with pods in the order given besides.
  absl::btree_map<std::string, api::ObjectRef> all_;
  std::vector<std::unique_ptr<google::protobuf::Message>> pods_;
  absl::btree_map<std::string, api::ObjectRef> priority_classes_;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_WHAT_IF_H_

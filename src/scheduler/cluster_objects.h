// The API objects other than nodes and pods that decisions depend on: namespaces,
// disruption budgets, and what says which pods belong together.
#ifndef DRYDOCK_SRC_SCHEDULER_CLUSTER_OBJECTS_H_
#define DRYDOCK_SRC_SCHEDULER_CLUSTER_OBJECTS_H_

#include "src/api/object.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/spread_selectors.h"

namespace drydock::scheduler {

class ClusterObjects {
 public:
  // `cluster` outlives this, and asks it for its spreading defaults.
  explicit ClusterObjects(Cluster& cluster) : cluster_(cluster) {
    cluster_.spread_defaults = &selectors_;
  }
  ClusterObjects(const ClusterObjects&) = delete;
  ClusterObjects& operator=(const ClusterObjects&) = delete;

  // Takes in a Namespace, PodDisruptionBudget, Service, ReplicaSet, StatefulSet or
  // ReplicationController, or that it is gone. False when it is of another kind.
  bool Set(const api::ObjectRef& object, bool gone);

 private:
  void SetNamespace(const api::ObjectRef& object, bool gone);
  void SetBudget(const api::ObjectRef& object, bool gone);
  template <typename T>
  void SetController(const api::ObjectRef& object, bool gone);

  Cluster& cluster_;
  SpreadSelectors selectors_;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_CLUSTER_OBJECTS_H_

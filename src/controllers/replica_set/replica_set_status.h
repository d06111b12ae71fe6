// The status of a ReplicaSet, worked out from its pods.
#ifndef DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_STATUS_H_
#define DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_STATUS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/apps_v1.h"

namespace drydock::controllers {

// How many of a set's own pods there are. All but `terminating` count active ones only.
struct PodCounts {
  int active = 0;
  int fully_labeled = 0;
  int ready = 0;
  int available = 0;
  int terminating = 0;
};

// `scaled` is how bringing the number of pods to what is wanted went, and becomes the
// ReplicaFailure condition.
api::ReplicaSetStatus CalculateStatus(const api::ReplicaSet& set, const PodCounts& counts,
                                      const absl::Status& scaled, absl::Time now);

// Whether writing `after` over `before` would change anything.
bool SameStatus(const api::ReplicaSetStatus& before, const api::ReplicaSetStatus& after);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_STATUS_H_

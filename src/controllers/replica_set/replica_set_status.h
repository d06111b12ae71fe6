// The status of a ReplicaSet, worked out from its pods.
#ifndef DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_STATUS_H_
#define DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_STATUS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"

namespace drydock::controllers {

// `active` and `terminating` are the set's own pods; `scaled` is how bringing their
// number to what is wanted went, and becomes the ReplicaFailure condition.
api::ReplicaSetStatus CalculateStatus(const api::ReplicaSet& set,
                                      const std::vector<api::Ref<api::Pod>>& active,
                                      int terminating, const absl::Status& scaled, absl::Time now);

// Whether writing `after` over `before` would change anything.
bool SameStatus(const api::ReplicaSetStatus& before, const api::ReplicaSetStatus& after);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_STATUS_H_

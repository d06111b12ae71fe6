// Which pods of a set go first when there are too many: those whose loss costs
// least. Kubernetes' order (ActivePodsWithRanks, KEP-2185 for the logarithm of ages,
// KEP-2255 for the deletion cost).
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_POD_RANKING_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_POD_RANKING_H_

#include <vector>

#include "absl/time/time.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"

namespace drydock::controllers {

inline constexpr char kPodDeletionCost[] = "controller.kubernetes.io/pod-deletion-cost";

// The `count` of `pods` to delete first, in that order. `related` are the active pods
// that do the same work (those of all ReplicaSets of a Deployment, `pods` among them):
// a pod on a node with many of them goes earlier.
// REQUIRES: all of `pods` are active.
std::vector<api::Ref<api::Pod>> ChooseForDeletion(std::vector<api::Ref<api::Pod>> pods,
                                                  const std::vector<api::Ref<api::Pod>>& related,
                                                  size_t count, absl::Time now);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_POD_RANKING_H_

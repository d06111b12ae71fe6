// The arithmetic of a Deployment: how many pods may exist, how many must be
// available, and who gets which share. Pure. Rounding as in Kubernetes: surge up,
// unavailable down, never both zero.
#ifndef DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_MATH_H_
#define DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_MATH_H_

#include <cstdint>
#include <vector>

#include "src/api/apps_v1.h"
#include "src/api/object.h"

namespace drydock::controllers {

using ReplicaSetRef = api::Ref<api::ReplicaSet>;
using ReplicaSets = std::vector<ReplicaSetRef>;

inline constexpr char kDesiredReplicas[] = "deployment.kubernetes.io/desired-replicas";
inline constexpr char kMaxReplicas[] = "deployment.kubernetes.io/max-replicas";

bool IsRollingUpdate(const api::Deployment& deployment);

// How many pods beyond, and below, spec.replicas a rolling update may have.
int32_t MaxSurge(const api::Deployment& deployment);
int32_t MaxUnavailable(const api::Deployment& deployment);

int32_t SpecReplicas(const ReplicaSets& sets);
int32_t ActualReplicas(const ReplicaSets& sets);
int32_t ReadyReplicas(const ReplicaSets& sets);
int32_t AvailableReplicas(const ReplicaSets& sets);

// Those that want pods.
ReplicaSets WithReplicas(const ReplicaSets& sets);

// What the new set may grow to beside the others. `all` contains it, unless it does
// not exist yet (`current` is then 0).
int32_t NewSetReplicas(const api::Deployment& deployment, const ReplicaSets& all, int32_t current);

// The new set is as large as wanted, knows so, and is available.
bool IsSaturated(const api::Deployment& deployment, const ReplicaSetRef& new_set);

// The Deployment was scaled, and its sets do not know yet.
bool IsScalingEvent(const api::Deployment& deployment, const ReplicaSets& all);

// What each of `active` grows or shrinks to when the Deployment is scaled in the
// middle of a rollout: in proportion to its size, what is left over to the largest.
// Sorts `active`, and gives one size for each.
std::vector<int32_t> ProportionalSizes(const api::Deployment& deployment, ReplicaSets* active);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_MATH_H_

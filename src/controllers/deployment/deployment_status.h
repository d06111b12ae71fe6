// The status of a Deployment and its conditions, with Kubernetes' reasons and texts.
// Pure.
#ifndef DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_STATUS_H_
#define DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_STATUS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/apps_v1.h"
#include "src/controllers/deployment/deployment_math.h"

namespace drydock::controllers {

inline constexpr char kProgressing[] = "Progressing";
inline constexpr char kAvailable[] = "Available";
inline constexpr char kReplicaFailure[] = "ReplicaFailure";

inline constexpr char kNewReplicaSetAvailable[] = "NewReplicaSetAvailable";
inline constexpr char kProgressDeadlineExceeded[] = "ProgressDeadlineExceeded";
inline constexpr char kDeploymentPaused[] = "DeploymentPaused";

const api::DeploymentCondition* FindCondition(const api::DeploymentStatus& status,
                                              absl::string_view type);
api::DeploymentCondition NewCondition(absl::string_view type, absl::string_view condition_status,
                                      absl::string_view reason, absl::string_view message,
                                      absl::Time now);
// Replaces the condition of the type, unless status and reason are what they were.
// The time of transition stays while the status does.
void SetCondition(const api::DeploymentCondition& condition, api::DeploymentStatus* status);
void RemoveCondition(absl::string_view type, api::DeploymentStatus* status);

bool HasProgressDeadline(const api::Deployment& deployment);

// All replicas are of the new template and available, and no old ones exist.
bool IsComplete(const api::Deployment& deployment, const api::DeploymentStatus& status);

// Counts, and the Available condition. `base` is where other conditions come from.
api::DeploymentStatus CalculateStatus(const api::Deployment& deployment,
                                      const api::DeploymentStatus& base, const ReplicaSets& all,
                                      const ReplicaSetRef& new_set, absl::Time now);

// CalculateStatus, and what a rollout's progress says: Progressing, ReplicaFailure.
api::DeploymentStatus CalculateRolloutStatus(const api::Deployment& deployment,
                                             const api::DeploymentStatus& base,
                                             const ReplicaSets& all, const ReplicaSetRef& new_set,
                                             absl::Time now);

// How long until a rollout that makes no progress counts as stuck.
std::optional<absl::Duration> UntilStuck(const api::Deployment& deployment,
                                         const api::DeploymentStatus& status, absl::Time now);

bool SameStatus(const api::DeploymentStatus& before, const api::DeploymentStatus& after);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_STATUS_H_

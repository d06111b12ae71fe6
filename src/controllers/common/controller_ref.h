// Who controls an object: its one owner reference with `controller: true`.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_CONTROLLER_REF_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_CONTROLLER_REF_H_

#include "absl/strings/string_view.h"
#include "src/api/meta_v1.h"

namespace drydock::controllers {

// The kind of a controlling owner, as owner references spell it.
struct OwnerKind {
  absl::string_view api_version;  // "apps/v1"
  absl::string_view kind;         // "ReplicaSet"
  // Put on what the owner adopts, so that it sees it before it goes; empty: none.
  absl::string_view finalizer = "";
};

// Keeps a finished pod until its Job has counted it.
inline constexpr char kJobTrackingFinalizer[] = "batch.kubernetes.io/job-tracking";

inline constexpr OwnerKind kReplicaSetKind = {"apps/v1", "ReplicaSet"};
inline constexpr OwnerKind kDeploymentKind = {"apps/v1", "Deployment"};
inline constexpr OwnerKind kDaemonSetKind = {"apps/v1", "DaemonSet"};
inline constexpr OwnerKind kJobKind = {"batch/v1", "Job", kJobTrackingFinalizer};
inline constexpr OwnerKind kCronJobKind = {"batch/v1", "CronJob"};

// Null when nobody controls the object. Lives as long as `object`.
const api::OwnerReference* ControllerRefOf(const api::ObjectMeta& object);

// The same, or null as well when the controller is of another kind (of any version
// of the kind's group).
const api::OwnerReference* ControllerRefOf(const api::ObjectMeta& object, const OwnerKind& kind);

bool IsControlledBy(const api::ObjectMeta& object, const api::ObjectMeta& owner);

api::OwnerReference NewControllerRef(const api::ObjectMeta& owner, const OwnerKind& kind);

inline bool IsDeleting(const api::ObjectMeta& object) { return object.has_deletion_timestamp(); }

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_CONTROLLER_REF_H_

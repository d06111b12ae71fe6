// Tells a pod's owner that the pod is going to be disrupted, and why: the
// DisruptionTarget condition.
#ifndef DRYDOCK_SRC_CONTROLLERS_TAINTS_DISRUPTION_TARGET_H_
#define DRYDOCK_SRC_CONTROLLERS_TAINTS_DISRUPTION_TARGET_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/rt/task.h"

namespace drydock::controllers {

// Sets a condition, and its transition time when the status is another than before.
// Whether that changed anything.
bool SetPodCondition(absl::string_view type, absl::string_view status, absl::string_view reason,
                     absl::string_view message, absl::Time now, api::PodStatus* pod);

// Writes the condition with status True. Conflicts are tried again on the newest state.
rt::Task<absl::Status> MarkDisrupted(client::Client& client, api::Ref<api::Pod> pod,
                                     std::string reason, std::string message);

// A copy of `pod` with another status, which shares its spec.
api::ObjectRef WithStatus(const api::Ref<api::Pod>& pod, api::PodStatus status);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_TAINTS_DISRUPTION_TARGET_H_

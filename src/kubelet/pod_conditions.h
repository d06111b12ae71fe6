// The conditions of a pod that the kubelet owns: PodReadyToStartContainers, Initialized,
// Ready, ContainersReady, PodScheduled.
#ifndef DRYDOCK_SRC_KUBELET_POD_CONDITIONS_H_
#define DRYDOCK_SRC_KUBELET_POD_CONDITIONS_H_

#include "absl/time/time.h"
#include "src/api/core/v1/pod.h"
#include "src/kubelet/pod_record.h"

namespace drydock::kubelet {

// Adds the conditions to `status`, whose phase and container statuses are set: the
// kubelet's own, then those of others in the pod's stored status. A condition whose
// status has not changed keeps its transition time.
void FillConditions(const PodRecord& pod, absl::Time now, api::PodStatus* status);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_POD_CONDITIONS_H_

// Whether a pod that was bound to this node may run on it: what the kubelet itself
// checks, because the scheduler's view may have been old (GeneralPredicates).
#ifndef DRYDOCK_SRC_KUBELET_ADMISSION_H_
#define DRYDOCK_SRC_KUBELET_ADMISSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/kubelet/pod_record.h"
#include "src/kubelet/resources.h"

namespace drydock::kubelet {

// What `allocatable` lacks for `pod` besides `others`; nothing when it fits. `others` are
// all pods that may still run here, those that are being stopped included.
std::optional<PodFailure> CheckResources(const Resources& allocatable,
                                         const std::vector<const PodRecord*>& others,
                                         const PodRecord& pod);

// Node affinity and selector, and NoExecute taints that the pod does not tolerate.
std::optional<PodFailure> CheckNode(const api::Node& node, const api::Pod& pod);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_ADMISSION_H_

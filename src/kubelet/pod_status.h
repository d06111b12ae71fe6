// A pod's status as the kubelet reports it: phase, conditions, container statuses, with
// Kubernetes' reasons and messages. Pure.
#ifndef DRYDOCK_SRC_KUBELET_POD_STATUS_H_
#define DRYDOCK_SRC_KUBELET_POD_STATUS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/core/v1/pod.h"
#include "src/kubelet/pod_record.h"

namespace drydock::kubelet {

// The status of `pod` now. What it does not own (conditions of others, nominatedNodeName,
// resource claims) comes from the pod's stored status; a final phase stays.
api::PodStatus ComputePodStatus(const PodRecord& pod, absl::string_view host_ip, absl::Time now);

// Guaranteed, Burstable or BestEffort.
std::string QosClassOf(const api::PodSpec& spec);

// "web_default(uid)": how messages name a pod.
std::string FormatPod(const api::Pod& pod);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_POD_STATUS_H_

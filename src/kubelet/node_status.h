// A Node object as its kubelet reports it. Pure.
#ifndef DRYDOCK_SRC_KUBELET_NODE_STATUS_H_
#define DRYDOCK_SRC_KUBELET_NODE_STATUS_H_

#include <vector>

#include "absl/time/time.h"
#include "src/api/core/v1/node.h"
#include "src/kubelet/config.h"
#include "src/kubelet/resources.h"
#include "src/rt/container_runtime.h"

namespace drydock::kubelet {

// What of a node changes while it runs.
struct NodeFacts {
  bool runtime_healthy = false;
  std::vector<rt::ImageState> images;
};

// Name, labels, annotations and taints with which the node registers itself.
api::Node InitialNode(const KubeletConfig& config);

// Sets the labels that the kubelet owns; whether any was different.
bool ReconcileLabels(const KubeletConfig& config, api::Node* node);

// The status now. Conditions of others (NetworkUnavailable), attached volumes and the like
// come from `stored`; a condition whose status has not changed keeps its transition time.
api::NodeStatus ComputeNodeStatus(const KubeletConfig& config, const NodeFacts& facts,
                                  const api::NodeStatus& stored, absl::Time now);

// Capacity without what is reserved, pods included.
Resources AllocatableOf(const KubeletConfig& config);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_NODE_STATUS_H_

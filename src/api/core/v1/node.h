// Nodes. Short names for what node.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_NODE_H_
#define DRYDOCK_SRC_API_CORE_V1_NODE_H_

#include "src/api/core/v1/node.pb.h"    // IWYU pragma: export
#include "src/api/core/v1/selection.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::AttachedVolume;
using corev1::ConfigMapNodeConfigSource;
using corev1::ContainerImage;
using corev1::DaemonEndpoint;
using corev1::Node;
using corev1::NodeAddress;
using corev1::NodeCondition;
using corev1::NodeConfigSource;
using corev1::NodeConfigStatus;
using corev1::NodeDaemonEndpoints;
using corev1::NodeFeatures;
using corev1::NodeList;
using corev1::NodeRuntimeHandler;
using corev1::NodeRuntimeHandlerFeatures;
using corev1::NodeSpec;
using corev1::NodeStatus;
using corev1::NodeSwapStatus;
using corev1::NodeSystemInfo;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_NODE_H_

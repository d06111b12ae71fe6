// Namespaces, and what belongs to no other file: Binding, List, connect options, ComponentStatus.
// Short names for what namespace.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_NAMESPACE_H_
#define DRYDOCK_SRC_API_CORE_V1_NAMESPACE_H_

#include "src/api/core/v1/namespace.pb.h"  // IWYU pragma: export
#include "src/api/core/v1/selection.h"     // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::AvoidPods;
using corev1::Binding;
using corev1::ComponentCondition;
using corev1::ComponentStatus;
using corev1::ComponentStatusList;
using corev1::Namespace;
using corev1::NamespaceCondition;
using corev1::NamespaceList;
using corev1::NamespaceSpec;
using corev1::NamespaceStatus;
using corev1::NodeProxyOptions;
using corev1::PodAttachOptions;
using corev1::PodExecOptions;
using corev1::PodLogOptions;
using corev1::PodPortForwardOptions;
using corev1::PodProxyOptions;
using corev1::PodSignature;
using corev1::PreferAvoidPodsEntry;
using corev1::RangeAllocation;
using corev1::SerializedReference;
using corev1::ServiceProxyOptions;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_NAMESPACE_H_

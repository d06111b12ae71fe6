// References to other objects, node selection, taints and tolerations: what several others use.
// Short names for what selection.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_SELECTION_H_
#define DRYDOCK_SRC_API_CORE_V1_SELECTION_H_

#include "src/api/core/v1/selection.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::LocalObjectReference;
using corev1::NodeSelector;
using corev1::NodeSelectorRequirement;
using corev1::NodeSelectorTerm;
using corev1::ObjectReference;
using corev1::PreferredSchedulingTerm;
using corev1::SecretReference;
using corev1::Taint;
using corev1::Toleration;
using corev1::TopologySelectorLabelRequirement;
using corev1::TopologySelectorTerm;
using corev1::TypedLocalObjectReference;
using corev1::TypedObjectReference;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_SELECTION_H_

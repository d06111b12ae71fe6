// ReplicationControllers, which ReplicaSets have replaced. Short names for what
// replication_controller.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_REPLICATION_CONTROLLER_H_
#define DRYDOCK_SRC_API_CORE_V1_REPLICATION_CONTROLLER_H_

#include "src/api/core/v1/pod.h"                        // IWYU pragma: export
#include "src/api/core/v1/replication_controller.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::ReplicationController;
using corev1::ReplicationControllerCondition;
using corev1::ReplicationControllerList;
using corev1::ReplicationControllerSpec;
using corev1::ReplicationControllerStatus;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_REPLICATION_CONTROLLER_H_

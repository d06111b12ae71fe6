// Services and Endpoints. Short names for what service.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_SERVICE_H_
#define DRYDOCK_SRC_API_CORE_V1_SERVICE_H_

#include "src/api/core/v1/selection.h"   // IWYU pragma: export
#include "src/api/core/v1/service.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::ClientIPConfig;
using corev1::EndpointAddress;
using corev1::Endpoints;
using corev1::EndpointsList;
using corev1::EndpointSubset;
using corev1::LoadBalancerIngress;
using corev1::LoadBalancerStatus;
using corev1::PortStatus;
using corev1::Service;
using corev1::ServiceList;
using corev1::ServicePort;
using corev1::ServiceSpec;
using corev1::ServiceStatus;
using corev1::SessionAffinityConfig;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_SERVICE_H_

// Ingresses, network policies, service address ranges. Short names for what is unique among the
// groups; networkingv1:: for the rest.
#ifndef DRYDOCK_SRC_API_NETWORKING_V1_H_
#define DRYDOCK_SRC_API_NETWORKING_V1_H_

#include "src/api/networking/v1/networking.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace networkingv1 = ::k8s::io::api::networking::v1;

using networkingv1::HTTPIngressPath;
using networkingv1::HTTPIngressRuleValue;
using networkingv1::Ingress;
using networkingv1::IngressBackend;
using networkingv1::IngressClass;
using networkingv1::IngressClassList;
using networkingv1::IngressClassParametersReference;
using networkingv1::IngressClassSpec;
using networkingv1::IngressList;
using networkingv1::IngressLoadBalancerIngress;
using networkingv1::IngressLoadBalancerStatus;
using networkingv1::IngressPortStatus;
using networkingv1::IngressRule;
using networkingv1::IngressRuleValue;
using networkingv1::IngressServiceBackend;
using networkingv1::IngressSpec;
using networkingv1::IngressStatus;
using networkingv1::IngressTLS;
using networkingv1::IPAddress;
using networkingv1::IPAddressList;
using networkingv1::IPAddressSpec;
using networkingv1::IPBlock;
using networkingv1::NetworkPolicy;
using networkingv1::NetworkPolicyEgressRule;
using networkingv1::NetworkPolicyIngressRule;
using networkingv1::NetworkPolicyList;
using networkingv1::NetworkPolicyPeer;
using networkingv1::NetworkPolicyPort;
using networkingv1::NetworkPolicySpec;
using networkingv1::ParentReference;
using networkingv1::ServiceBackendPort;
using networkingv1::ServiceCIDR;
using networkingv1::ServiceCIDRList;
using networkingv1::ServiceCIDRSpec;
using networkingv1::ServiceCIDRStatus;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_NETWORKING_V1_H_

// Pods, their containers and templates. Short names for what pod.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_POD_H_
#define DRYDOCK_SRC_API_CORE_V1_POD_H_

#include "src/api/core/v1/pod.pb.h"     // IWYU pragma: export
#include "src/api/core/v1/selection.h"  // IWYU pragma: export
#include "src/api/core/v1/volume.h"     // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::Affinity;
using corev1::AppArmorProfile;
using corev1::Capabilities;
using corev1::ConfigMapEnvSource;
using corev1::ConfigMapKeySelector;
using corev1::Container;
using corev1::ContainerExtendedResourceRequest;
using corev1::ContainerPort;
using corev1::ContainerResizePolicy;
using corev1::ContainerRestartRule;
using corev1::ContainerRestartRuleOnExitCodes;
using corev1::ContainerState;
using corev1::ContainerStateRunning;
using corev1::ContainerStateTerminated;
using corev1::ContainerStateWaiting;
using corev1::ContainerStatus;
using corev1::ContainerUser;
using corev1::EnvFromSource;
using corev1::EnvVar;
using corev1::EnvVarSource;
using corev1::EphemeralContainer;
using corev1::EphemeralContainerCommon;
using corev1::ExecAction;
using corev1::FileKeySelector;
using corev1::GRPCAction;
using corev1::HostAlias;
using corev1::HostIP;
using corev1::HTTPGetAction;
using corev1::HTTPHeader;
using corev1::Lifecycle;
using corev1::LifecycleHandler;
using corev1::LinuxContainerUser;
using corev1::NodeAffinity;
using corev1::Pod;
using corev1::PodAffinity;
using corev1::PodAffinityTerm;
using corev1::PodAntiAffinity;
using corev1::PodCondition;
using corev1::PodDNSConfig;
using corev1::PodDNSConfigOption;
using corev1::PodExtendedResourceClaimStatus;
using corev1::PodIP;
using corev1::PodList;
using corev1::PodOS;
using corev1::PodReadinessGate;
using corev1::PodResourceClaim;
using corev1::PodResourceClaimStatus;
using corev1::PodSchedulingGate;
using corev1::PodSecurityContext;
using corev1::PodSpec;
using corev1::PodStatus;
using corev1::PodStatusResult;
using corev1::PodTemplate;
using corev1::PodTemplateList;
using corev1::PodTemplateSpec;
using corev1::Probe;
using corev1::ProbeHandler;
using corev1::ResourceHealth;
using corev1::ResourceStatus;
using corev1::SeccompProfile;
using corev1::SecretEnvSource;
using corev1::SecretKeySelector;
using corev1::SecurityContext;
using corev1::SELinuxOptions;
using corev1::SleepAction;
using corev1::Sysctl;
using corev1::TCPSocketAction;
using corev1::TopologySpreadConstraint;
using corev1::VolumeMountStatus;
using corev1::WeightedPodAffinityTerm;
using corev1::WindowsSecurityContextOptions;
using corev1::WorkloadReference;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_POD_H_

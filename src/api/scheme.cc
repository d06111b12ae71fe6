// The table of kinds and the look-ups in it. The table is made at the first look-up and never
// changes: addresses of its entries identify kinds everywhere.
#include "src/api/scheme.h"

#include <concepts>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/admission_v1.h"
#include "src/api/admissionregistration_v1.h"
#include "src/api/apidiscovery_v2.h"
#include "src/api/apps_v1.h"
#include "src/api/authentication_v1.h"
#include "src/api/authorization_v1.h"
#include "src/api/autoscaling_v1.h"
#include "src/api/autoscaling_v2.h"
#include "src/api/batch_v1.h"
#include "src/api/certificates_v1.h"
#include "src/api/coordination_v1.h"
#include "src/api/core_v1.h"
#include "src/api/discovery_v1.h"
#include "src/api/events_v1.h"
#include "src/api/flowcontrol_v1.h"
#include "src/api/meta_v1.h"
#include "src/api/networking_v1.h"
#include "src/api/node_v1.h"
#include "src/api/policy_v1.h"
#include "src/api/rbac_v1.h"
#include "src/api/resource_v1.h"
#include "src/api/scheduling_v1.h"
#include "src/api/storage_v1.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::Message;

enum class Scope { kCluster, kNamespaced };
constexpr Scope kCluster = Scope::kCluster;
constexpr Scope kNamespaced = Scope::kNamespaced;

// What is known of a kind by its type alone.
struct TypeFacts {
  const Message* prototype;
  decltype(KindInfo::object_metadata_of) object_metadata_of = nullptr;
  decltype(KindInfo::mutable_object_metadata_of) mutable_object_metadata_of = nullptr;
  decltype(KindInfo::spec_of) spec_of = nullptr;
  decltype(KindInfo::status_of) status_of = nullptr;
};
using Prototype = TypeFacts (*)();

template <typename T>
TypeFacts PrototypeOf() {
  TypeFacts facts{.prototype = &T::default_instance()};
  if constexpr (requires(T& message) {
                  { message.mutable_metadata() } -> std::same_as<metav1::ObjectMeta*>;
                }) {
    facts.object_metadata_of = [](const Message& message) -> const metav1::ObjectMeta& {
      return static_cast<const T&>(message).metadata();
    };
    facts.mutable_object_metadata_of = [](Message* message) {
      return static_cast<T*>(message)->mutable_metadata();
    };
  }
  // Status.status is a string.
  if constexpr (requires(T& message) {
                  { *message.mutable_spec() } -> std::convertible_to<Message&>;
                }) {
    facts.spec_of = [](const Message& message) -> const Message& {
      return static_cast<const T&>(message).spec();
    };
  }
  if constexpr (requires(T& message) {
                  { *message.mutable_status() } -> std::convertible_to<Message&>;
                }) {
    facts.status_of = [](const Message& message) -> const Message& {
      return static_cast<const T&>(message).status();
    };
  }
  return facts;
}

// A stored resource. Names are separated by commas.
struct Resource {
  const char* group;
  const char* version;
  const char* kind;
  const char* resource;
  const char* short_names;
  const char* categories;
  Scope scope;
  const char* subresources;
  Prototype prototype;
  Prototype list;
};

template <typename T, typename List>
constexpr Resource Stored(const char* group, const char* version, const char* kind,
                          const char* resource, const char* short_names, const char* categories,
                          Scope scope, const char* subresources) {
  return {group,      version, kind,         resource,       short_names,
          categories, scope,   subresources, PrototypeOf<T>, PrototypeOf<List>};
}

constexpr char kPodSubresources[] =
    "attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize,status";
constexpr char kAdmission[] = "admissionregistration.k8s.io";
constexpr char kFlowControl[] = "flowcontrol.apiserver.k8s.io";

// clang-format off
constexpr Resource kStored[] = {
    Stored<Pod, PodList>("", "v1", "Pod", "pods", "po", "all", kNamespaced, kPodSubresources),
    Stored<Service, ServiceList>("", "v1", "Service", "services", "svc", "all", kNamespaced, "proxy,status"),
    Stored<ReplicationController, ReplicationControllerList>("", "v1", "ReplicationController", "replicationcontrollers", "rc", "all", kNamespaced, "scale,status"),
    Stored<Node, NodeList>("", "v1", "Node", "nodes", "no", "", kCluster, "proxy,status"),
    Stored<Namespace, NamespaceList>("", "v1", "Namespace", "namespaces", "ns", "", kCluster, "finalize,status"),
    Stored<ConfigMap, ConfigMapList>("", "v1", "ConfigMap", "configmaps", "cm", "", kNamespaced, ""),
    Stored<Secret, SecretList>("", "v1", "Secret", "secrets", "", "", kNamespaced, ""),
    Stored<ServiceAccount, ServiceAccountList>("", "v1", "ServiceAccount", "serviceaccounts", "sa", "", kNamespaced, "token"),
    Stored<Endpoints, EndpointsList>("", "v1", "Endpoints", "endpoints", "ep", "", kNamespaced, ""),
    Stored<corev1::Event, corev1::EventList>("", "v1", "Event", "events", "ev", "", kNamespaced, ""),
    Stored<PersistentVolume, PersistentVolumeList>("", "v1", "PersistentVolume", "persistentvolumes", "pv", "", kCluster, "status"),
    Stored<PersistentVolumeClaim, PersistentVolumeClaimList>("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", "", kNamespaced, "status"),
    Stored<PodTemplate, PodTemplateList>("", "v1", "PodTemplate", "podtemplates", "", "", kNamespaced, ""),
    Stored<LimitRange, LimitRangeList>("", "v1", "LimitRange", "limitranges", "limits", "", kNamespaced, ""),
    Stored<ResourceQuota, ResourceQuotaList>("", "v1", "ResourceQuota", "resourcequotas", "quota", "", kNamespaced, "status"),
    Stored<ComponentStatus, ComponentStatusList>("", "v1", "ComponentStatus", "componentstatuses", "cs", "", kCluster, ""),
    Stored<Deployment, DeploymentList>("apps", "v1", "Deployment", "deployments", "deploy", "all", kNamespaced, "scale,status"),
    Stored<ReplicaSet, ReplicaSetList>("apps", "v1", "ReplicaSet", "replicasets", "rs", "all", kNamespaced, "scale,status"),
    Stored<StatefulSet, StatefulSetList>("apps", "v1", "StatefulSet", "statefulsets", "sts", "all", kNamespaced, "scale,status"),
    Stored<DaemonSet, DaemonSetList>("apps", "v1", "DaemonSet", "daemonsets", "ds", "all", kNamespaced, "status"),
    Stored<ControllerRevision, ControllerRevisionList>("apps", "v1", "ControllerRevision", "controllerrevisions", "", "", kNamespaced, ""),
    Stored<eventsv1::Event, eventsv1::EventList>("events.k8s.io", "v1", "Event", "events", "ev", "", kNamespaced, ""),
    Stored<autoscalingv2::HorizontalPodAutoscaler, autoscalingv2::HorizontalPodAutoscalerList>("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa", "all", kNamespaced, "status"),
    Stored<autoscalingv1::HorizontalPodAutoscaler, autoscalingv1::HorizontalPodAutoscalerList>("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa", "all", kNamespaced, "status"),
    Stored<Job, JobList>("batch", "v1", "Job", "jobs", "", "all", kNamespaced, "status"),
    Stored<CronJob, CronJobList>("batch", "v1", "CronJob", "cronjobs", "cj", "all", kNamespaced, "status"),
    Stored<CertificateSigningRequest, CertificateSigningRequestList>("certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests", "csr", "", kCluster, "approval,status"),
    Stored<NetworkPolicy, NetworkPolicyList>("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", "netpol", "", kNamespaced, ""),
    Stored<Ingress, IngressList>("networking.k8s.io", "v1", "Ingress", "ingresses", "ing", "", kNamespaced, "status"),
    Stored<IngressClass, IngressClassList>("networking.k8s.io", "v1", "IngressClass", "ingressclasses", "", "", kCluster, ""),
    Stored<IPAddress, IPAddressList>("networking.k8s.io", "v1", "IPAddress", "ipaddresses", "ip", "", kCluster, ""),
    Stored<ServiceCIDR, ServiceCIDRList>("networking.k8s.io", "v1", "ServiceCIDR", "servicecidrs", "", "", kCluster, "status"),
    Stored<PodDisruptionBudget, PodDisruptionBudgetList>("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "pdb", "", kNamespaced, "status"),
    Stored<ClusterRole, ClusterRoleList>("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", "", "", kCluster, ""),
    Stored<ClusterRoleBinding, ClusterRoleBindingList>("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", "", "", kCluster, ""),
    Stored<Role, RoleList>("rbac.authorization.k8s.io", "v1", "Role", "roles", "", "", kNamespaced, ""),
    Stored<RoleBinding, RoleBindingList>("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", "", "", kNamespaced, ""),
    Stored<StorageClass, StorageClassList>("storage.k8s.io", "v1", "StorageClass", "storageclasses", "sc", "", kCluster, ""),
    Stored<CSIDriver, CSIDriverList>("storage.k8s.io", "v1", "CSIDriver", "csidrivers", "", "", kCluster, ""),
    Stored<CSINode, CSINodeList>("storage.k8s.io", "v1", "CSINode", "csinodes", "", "", kCluster, ""),
    Stored<CSIStorageCapacity, CSIStorageCapacityList>("storage.k8s.io", "v1", "CSIStorageCapacity", "csistoragecapacities", "", "", kNamespaced, ""),
    Stored<VolumeAttachment, VolumeAttachmentList>("storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments", "", "", kCluster, "status"),
    Stored<VolumeAttributesClass, VolumeAttributesClassList>("storage.k8s.io", "v1", "VolumeAttributesClass", "volumeattributesclasses", "vac", "", kCluster, ""),
    Stored<MutatingWebhookConfiguration, MutatingWebhookConfigurationList>(kAdmission, "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", "", "api-extensions", kCluster, ""),
    Stored<ValidatingWebhookConfiguration, ValidatingWebhookConfigurationList>(kAdmission, "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", "", "api-extensions", kCluster, ""),
    Stored<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyList>(kAdmission, "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", "", "api-extensions", kCluster, "status"),
    Stored<ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingList>(kAdmission, "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", "", "api-extensions", kCluster, ""),
    Stored<PriorityClass, PriorityClassList>("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", "pc", "", kCluster, ""),
    Stored<Lease, LeaseList>("coordination.k8s.io", "v1", "Lease", "leases", "", "", kNamespaced, ""),
    Stored<RuntimeClass, RuntimeClassList>("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", "", "", kCluster, ""),
    Stored<EndpointSlice, EndpointSliceList>("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "", "", kNamespaced, ""),
    Stored<FlowSchema, FlowSchemaList>(kFlowControl, "v1", "FlowSchema", "flowschemas", "", "", kCluster, "status"),
    Stored<PriorityLevelConfiguration, PriorityLevelConfigurationList>(kFlowControl, "v1", "PriorityLevelConfiguration", "prioritylevelconfigurations", "", "", kCluster, "status"),
    Stored<DeviceClass, DeviceClassList>("resource.k8s.io", "v1", "DeviceClass", "deviceclasses", "", "", kCluster, ""),
    Stored<resourcev1::ResourceClaim, ResourceClaimList>("resource.k8s.io", "v1", "ResourceClaim", "resourceclaims", "", "", kNamespaced, "status"),
    Stored<ResourceClaimTemplate, ResourceClaimTemplateList>("resource.k8s.io", "v1", "ResourceClaimTemplate", "resourceclaimtemplates", "", "", kNamespaced, ""),
    Stored<ResourceSlice, ResourceSliceList>("resource.k8s.io", "v1", "ResourceSlice", "resourceslices", "", "", kCluster, ""),
};

// Kinds that are not stored: those that are posted and answered have a resource, the others none.
struct Other {
  const char* group;
  const char* version;
  const char* kind;
  const char* resource;
  Scope scope;
  Prototype prototype;
};

constexpr Other kOthers[] = {
    {"", "v1", "Binding", "bindings", kNamespaced, PrototypeOf<Binding>},
    {"authentication.k8s.io", "v1", "TokenReview", "tokenreviews", kCluster, PrototypeOf<TokenReview>},
    {"authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", kCluster, PrototypeOf<SelfSubjectReview>},
    {"authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", kCluster, PrototypeOf<SubjectAccessReview>},
    {"authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", kNamespaced, PrototypeOf<LocalSubjectAccessReview>},
    {"authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", kCluster, PrototypeOf<SelfSubjectAccessReview>},
    {"authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", kCluster, PrototypeOf<SelfSubjectRulesReview>},
    {"authentication.k8s.io", "v1", "TokenRequest", "", kNamespaced, PrototypeOf<authenticationv1::TokenRequest>},
    {"autoscaling", "v1", "Scale", "", kNamespaced, PrototypeOf<Scale>},
    {"policy", "v1", "Eviction", "", kNamespaced, PrototypeOf<Eviction>},
    {"admission.k8s.io", "v1", "AdmissionReview", "", kCluster, PrototypeOf<AdmissionReview>},
    {"apidiscovery.k8s.io", "v2", "APIGroupDiscovery", "", kCluster, PrototypeOf<APIGroupDiscovery>},
    {"apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList", "", kCluster, PrototypeOf<APIGroupDiscoveryList>},
    {"", "v1", "PodStatusResult", "", kNamespaced, PrototypeOf<PodStatusResult>},
    {"", "v1", "RangeAllocation", "", kCluster, PrototypeOf<RangeAllocation>},
    {"", "v1", "SerializedReference", "", kCluster, PrototypeOf<SerializedReference>},
    {"", "v1", "PodLogOptions", "", kCluster, PrototypeOf<PodLogOptions>},
    {"", "v1", "PodExecOptions", "", kCluster, PrototypeOf<PodExecOptions>},
    {"", "v1", "PodAttachOptions", "", kCluster, PrototypeOf<PodAttachOptions>},
    {"", "v1", "PodPortForwardOptions", "", kCluster, PrototypeOf<PodPortForwardOptions>},
    {"", "v1", "PodProxyOptions", "", kCluster, PrototypeOf<PodProxyOptions>},
    {"", "v1", "NodeProxyOptions", "", kCluster, PrototypeOf<NodeProxyOptions>},
    {"", "v1", "ServiceProxyOptions", "", kCluster, PrototypeOf<ServiceProxyOptions>},
    {"", "v1", "List", "", kCluster, PrototypeOf<metav1::List>},
    {"", "v1", "Status", "", kCluster, PrototypeOf<metav1::Status>},
    {"", "v1", "WatchEvent", "", kCluster, PrototypeOf<metav1::WatchEvent>},
    {"", "v1", "DeleteOptions", "", kCluster, PrototypeOf<metav1::DeleteOptions>},
    {"", "v1", "CreateOptions", "", kCluster, PrototypeOf<metav1::CreateOptions>},
    {"", "v1", "UpdateOptions", "", kCluster, PrototypeOf<metav1::UpdateOptions>},
    {"", "v1", "PatchOptions", "", kCluster, PrototypeOf<metav1::PatchOptions>},
    {"", "v1", "GetOptions", "", kCluster, PrototypeOf<metav1::GetOptions>},
    {"", "v1", "ListOptions", "", kCluster, PrototypeOf<metav1::ListOptions>},
    {"", "v1", "APIVersions", "", kCluster, PrototypeOf<metav1::APIVersions>},
    {"", "v1", "APIGroup", "", kCluster, PrototypeOf<metav1::APIGroup>},
    {"", "v1", "APIGroupList", "", kCluster, PrototypeOf<metav1::APIGroupList>},
    {"", "v1", "APIResourceList", "", kCluster, PrototypeOf<metav1::APIResourceList>},
    {"meta.k8s.io", "v1", "Table", "", kCluster, PrototypeOf<metav1::Table>},
    {"meta.k8s.io", "v1", "PartialObjectMetadata", "", kCluster, PrototypeOf<metav1::PartialObjectMetadata>},
    {"meta.k8s.io", "v1", "PartialObjectMetadataList", "", kCluster, PrototypeOf<metav1::PartialObjectMetadataList>},
};
// clang-format on

std::vector<absl::string_view> Names(const char* list) {
  return absl::StrSplit(list, ',', absl::SkipEmpty());
}

struct Scheme {
  Scheme();

  // Room for all is made first: entries point to one another.
  std::vector<KindInfo> kinds;
  absl::flat_hash_map<std::string, const KindInfo*> by_kind;      // "apps/v1/Deployment"
  absl::flat_hash_map<std::string, const KindInfo*> by_resource;  // "apps/v1/deployments"
  absl::flat_hash_map<const Descriptor*, const KindInfo*> by_type;

 private:
  KindInfo& Add(const char* group, const char* version, absl::string_view kind,
                Prototype prototype);

  // Names of list kinds ("PodList") that `kinds` views.
  std::vector<std::string> list_names_;
};

std::string Path(absl::string_view group, absl::string_view version, absl::string_view name) {
  return absl::StrCat(group, "/", version, "/", name);
}

KindInfo& Scheme::Add(const char* group, const char* version, absl::string_view kind,
                      Prototype prototype) {
  DRYDOCK_CHECK(kinds.size() < kinds.capacity());
  KindInfo& info = kinds.emplace_back();
  info.group = group;
  info.version = version;
  info.kind = kind;
  info.singular = absl::AsciiStrToLower(kind);
  const TypeFacts facts = prototype();
  info.prototype = facts.prototype;
  info.object_metadata_of = facts.object_metadata_of;
  info.mutable_object_metadata_of = facts.mutable_object_metadata_of;
  info.spec_of = facts.spec_of;
  info.status_of = facts.status_of;
  info.descriptor = info.prototype->GetDescriptor();
  info.reflection = info.prototype->GetReflection();
  info.metadata = info.descriptor->FindFieldByName("metadata");
  info.has_object_metadata = info.object_metadata_of != nullptr;
  if (info.spec_of != nullptr) info.spec = info.descriptor->FindFieldByName("spec");
  if (info.status_of != nullptr) info.status = info.descriptor->FindFieldByName("status");
  DRYDOCK_CHECK(by_kind.emplace(Path(group, version, kind), &info).second, kind);
  DRYDOCK_CHECK(by_type.emplace(info.descriptor, &info).second, kind);
  return info;
}

Scheme::Scheme() {
  kinds.reserve(2 * std::size(kStored) + std::size(kOthers));
  list_names_.reserve(std::size(kStored));
  for (const Resource& row : kStored) {
    KindInfo& info = Add(row.group, row.version, row.kind, row.prototype);
    info.resource = row.resource;
    info.short_names = Names(row.short_names);
    info.categories = Names(row.categories);
    info.subresources = Names(row.subresources);
    info.namespaced = row.scope == kNamespaced;
    info.stored = true;
  }
  for (const Other& row : kOthers) {
    KindInfo& info = Add(row.group, row.version, row.kind, row.prototype);
    info.resource = row.resource;
    info.namespaced = row.scope == kNamespaced;
  }
  for (size_t i = 0; i < std::size(kStored); ++i) {
    const Resource& row = kStored[i];
    list_names_.push_back(absl::StrCat(row.kind, "List"));
    KindInfo& list = Add(row.group, row.version, list_names_.back(), row.list);
    list.item = &kinds[i];
    kinds[i].list = &list;
  }
  for (const KindInfo& info : kinds) {
    if (info.resource.empty()) continue;
    DRYDOCK_CHECK(by_resource.emplace(Path(info.group, info.version, info.resource), &info).second,
                  info.resource);
  }
}

const Scheme& TheScheme() {
  static const Scheme* const scheme = new Scheme;
  return *scheme;
}

template <typename Map, typename Key>
const KindInfo* Lookup(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

std::string KindInfo::ApiVersion() const {
  return group.empty() ? std::string(version) : absl::StrCat(group, "/", version);
}

bool KindInfo::HasSubresource(absl::string_view name) const {
  return std::find(subresources.begin(), subresources.end(), name) != subresources.end();
}

absl::Span<const KindInfo> AllKinds() { return TheScheme().kinds; }

const KindInfo* FindKind(absl::string_view group, absl::string_view version,
                         absl::string_view kind) {
  return Lookup(TheScheme().by_kind, Path(group, version, kind));
}

const KindInfo* FindKind(absl::string_view api_version, absl::string_view kind) {
  const size_t slash = api_version.find('/');
  if (slash == absl::string_view::npos) return FindKind("", api_version, kind);
  return FindKind(api_version.substr(0, slash), api_version.substr(slash + 1), kind);
}

const KindInfo* FindKind(const Descriptor& type) { return Lookup(TheScheme().by_type, &type); }

const KindInfo* FindResource(absl::string_view group, absl::string_view version,
                             absl::string_view resource) {
  return Lookup(TheScheme().by_resource, Path(group, version, resource));
}

const KindInfo* FindResourceByAnyName(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(lower, absl::MaxSplits('.', 1));
  for (const KindInfo& info : AllKinds()) {
    if (info.resource.empty()) continue;
    if (!parts.second.empty() && info.group != parts.second) continue;
    if (info.resource == parts.first || info.singular == parts.first) return &info;
    for (const absl::string_view short_name : info.short_names) {
      if (short_name == parts.first) return &info;
    }
  }
  return nullptr;
}

namespace scheme_internal {

const KindInfo& KindOfType(const Descriptor& type) {
  const KindInfo* const kind = FindKind(type);
  DRYDOCK_CHECK(kind != nullptr, type.full_name(), " is not in the scheme");
  return *kind;
}

}  // namespace scheme_internal
}  // namespace drydock::api

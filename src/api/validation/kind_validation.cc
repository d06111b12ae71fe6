// Rules of the validation packages of Kubernetes' API groups.
#include "src/api/validation/kind_validation.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/autoscaling_v2.h"
#include "src/api/coordination_v1.h"
#include "src/api/core_v1.h"
#include "src/api/discovery_v1.h"
#include "src/api/int_or_string.h"
#include "src/api/policy_v1.h"
#include "src/api/quantity.h"
#include "src/api/rbac_v1.h"
#include "src/api/scheduling_v1.h"
#include "src/api/scheme.h"
#include "src/api/storage_v1.h"
#include "src/api/validation/metadata_validation.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Message;

constexpr size_t kMostDataBytes = 1024 * 1024;
constexpr int32_t kHighestUserPriority = 1'000'000'000;

void ValidateAmounts(const ResourceMap& amounts, const std::string& path, FieldErrors* errors) {
  for (const QuantityEntry& entry : amounts) {
    const std::string at = absl::StrCat(path, "[", entry.key(), "]");
    errors->AddComplaints(at, entry.key(), CheckQualifiedName(entry.key()));
    const Quantity amount = QuantityOrZero(entry.value().string());
    if (amount.Sign() < 0) errors->Invalid(at, Quoted(amount.ToString()), kNotNegative);
  }
}

void Check(const Node& node, const Node* old, FieldErrors* errors) {
  std::set<std::pair<std::string, std::string>> pairs;
  for (int i = 0; i < node.spec().taints_size(); ++i) {
    const Taint& taint = node.spec().taints(i);
    const std::string at = absl::StrCat("spec.taints[", i, "]");
    if (taint.key().empty()) {
      errors->Required(at + ".key");
    } else {
      ValidateLabelKey(taint.key(), at + ".key", errors);
    }
    errors->AddComplaints(at + ".value", taint.value(), CheckLabelValue(taint.value()));
    if (taint.effect().empty()) {
      errors->Required(at + ".effect");
    } else {
      errors->CheckSupported(at + ".effect", taint.effect(),
                             {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    }
    if (!pairs.insert({taint.key(), taint.effect()}).second) {
      errors->Duplicate(at, JsonOf(taint));
    }
  }
  ValidateAmounts(node.status().capacity(), "status.capacity", errors);
  ValidateAmounts(node.status().allocatable(), "status.allocatable", errors);
  if (old == nullptr) return;
  const std::string& before = old->spec().provider_id();
  if (!before.empty() && before != node.spec().provider_id()) {
    errors->Forbidden("spec.providerID",
                      "node updates may not change providerID except from \"\" to valid");
  }
  if (!old->spec().pod_cidr().empty() && old->spec().pod_cidr() != node.spec().pod_cidr()) {
    errors->Forbidden("spec.podCIDRs",
                      "node updates may not change podCIDR except from \"\" to valid");
  }
}

void CheckServicePorts(const ServiceSpec& spec, FieldErrors* errors) {
  std::set<std::string> names;
  std::set<std::string> ports;
  const bool headless = spec.cluster_ip() == "None";
  if (spec.ports().empty() && !headless && spec.type() != "ExternalName") {
    errors->Required("spec.ports");
  }
  for (int i = 0; i < spec.ports_size(); ++i) {
    const ServicePort& port = spec.ports(i);
    const std::string at = absl::StrCat("spec.ports[", i, "]");
    if (port.name().empty()) {
      if (spec.ports_size() > 1) errors->Required(at + ".name");
    } else {
      errors->AddComplaints(at + ".name", port.name(), CheckDns1123Label(port.name()));
      if (!names.insert(port.name()).second) {
        errors->Duplicate(at + ".name", Quoted(port.name()));
      }
    }
    for (const std::string& complaint : CheckPortNumber(port.port())) {
      errors->Invalid(at + ".port", port.port(), complaint);
    }
    if (port.protocol().empty()) {
      errors->Required(at + ".protocol");
    } else {
      errors->CheckSupported(at + ".protocol", port.protocol(), {"TCP", "UDP", "SCTP"});
    }
    const IntOrString& target = port.target_port();
    if (IsString(target)) {
      errors->AddComplaints(at + ".targetPort", target.str_val(), CheckPortName(target.str_val()));
    } else {
      for (const std::string& complaint : CheckPortNumber(target.int_val())) {
        errors->Invalid(at + ".targetPort", target.int_val(), complaint);
      }
    }
    if (!ports.insert(absl::StrCat(port.protocol(), "/", port.port())).second) {
      errors->Duplicate(at, JsonOf(port));
    }
    const bool may_have_node_port = spec.type() == "NodePort" || spec.type() == "LoadBalancer";
    if (port.node_port() != 0 && !may_have_node_port) {
      errors->Forbidden(at + ".nodePort", "may not be used when `type` is 'ClusterIP'");
    }
  }
}

void Check(const Service& service, const Service* old, FieldErrors* errors) {
  const ServiceSpec& spec = service.spec();
  errors->CheckSupported("spec.type", spec.type(),
                         {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  errors->CheckSupported("spec.sessionAffinity", spec.session_affinity(), {"ClientIP", "None"});
  CheckServicePorts(spec, errors);
  ValidateLabels(spec.selector(), "spec.selector", errors);
  if (!spec.cluster_ip().empty() && spec.cluster_ip() != "None") {
    errors->AddComplaints("spec.clusterIPs[0]", spec.cluster_ip(), CheckIp(spec.cluster_ip()));
  }
  if (spec.type() == "ExternalName") {
    if (spec.external_name().empty()) {
      errors->Required("spec.externalName");
    } else {
      errors->AddComplaints("spec.externalName", spec.external_name(),
                            CheckDns1123Subdomain(spec.external_name()));
    }
  }
  if (old == nullptr) return;
  const bool had_ip = old->spec().type() != "ExternalName" && !old->spec().cluster_ip().empty();
  if (had_ip && spec.type() != "ExternalName" && spec.cluster_ip() != old->spec().cluster_ip()) {
    errors->Invalid("spec.clusterIPs[0]", Quoted(spec.cluster_ip()), "may not change once set");
  }
}

template <typename Map>
void CheckDataKeys(const Map& data, const std::string& path, size_t* total, FieldErrors* errors) {
  for (const auto& entry : data) {
    errors->AddComplaints(absl::StrCat(path, "[", entry.key(), "]"), entry.key(),
                          CheckConfigMapKey(entry.key()));
    *total += entry.value().size();
  }
}

void Check(const ConfigMap& config, const ConfigMap* old, FieldErrors* errors) {
  size_t total = 0;
  CheckDataKeys(config.data(), "data", &total, errors);
  CheckDataKeys(config.binary_data(), "binaryData", &total, errors);
  for (const StringEntry& entry : config.data()) {
    if (Contains(config.binary_data(), entry.key())) {
      errors->Invalid(absl::StrCat("data[", entry.key(), "]"), Quoted(entry.key()),
                      "duplicate of key present in binaryData");
    }
  }
  if (total > kMostDataBytes) errors->TooLong("", kMostDataBytes);
  if (old == nullptr || !old->immutable()) return;
  if (!config.immutable()) {
    errors->Forbidden("immutable", "field is immutable when `immutable` is set");
  }
  ConfigMap same = config;
  *same.mutable_data() = old->data();
  if (!SameMessage(same, config)) {
    errors->Forbidden("data", "field is immutable when `immutable` is set");
  }
  same = config;
  *same.mutable_binary_data() = old->binary_data();
  if (!SameMessage(same, config)) {
    errors->Forbidden("binaryData", "field is immutable when `immutable` is set");
  }
}

void Check(const Secret& secret, const Secret* old, FieldErrors* errors) {
  size_t total = 0;
  CheckDataKeys(secret.data(), "data", &total, errors);
  if (total > kMostDataBytes) errors->TooLong("data", kMostDataBytes);
  if (old == nullptr) return;
  ValidateImmutable(secret.type(), old->type(), "type", errors);
  if (!old->immutable()) return;
  if (!secret.immutable()) {
    errors->Forbidden("immutable", "field is immutable when `immutable` is set");
  }
  Secret same = secret;
  *same.mutable_data() = old->data();
  if (!SameMessage(same, secret)) {
    errors->Forbidden("data", "field is immutable when `immutable` is set");
  }
}

void Check(const PersistentVolumeClaim& claim, const PersistentVolumeClaim* old,
           FieldErrors* errors) {
  const PersistentVolumeClaimSpec& spec = claim.spec();
  if (spec.access_modes().empty()) {
    errors->Required("spec.accessModes", "at least 1 access mode is required");
  }
  for (const std::string& mode : spec.access_modes()) {
    errors->CheckSupported("spec.accessModes", mode,
                           {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"});
  }
  const std::string* const storage = Find(spec.resources().requests(), "storage");
  if (storage == nullptr) {
    errors->Required("spec.resources[storage]");
  } else if (QuantityOrZero(*storage).Sign() <= 0) {
    errors->Invalid("spec.resources[storage]", Quoted(*storage), "must be greater than zero");
  }
  if (old == nullptr) return;
  // Binding fills in the volume; the request may grow.
  PersistentVolumeClaimSpec same = spec;
  if (old->spec().volume_name().empty()) same.clear_volume_name();
  *same.mutable_resources() = old->spec().resources();
  if (!SameMessage(same, old->spec())) {
    errors->Forbidden("spec",
                      "spec is immutable after creation except resources.requests and "
                      "volumeAttributesClassName for bound claims");
  }
}

void Check(const PriorityClass& priority, const PriorityClass* old, FieldErrors* errors) {
  const bool system = absl::StartsWith(priority.metadata().name(), "system-");
  if (!system && priority.value() > kHighestUserPriority) {
    errors->Forbidden("value", absl::StrCat("maximum allowed value of a user defined priority is ",
                                            kHighestUserPriority));
  }
  if (priority.has_preemption_policy()) {
    errors->CheckSupported("preemptionPolicy", priority.preemption_policy(),
                           {"Never", "PreemptLowerPriority"});
  }
  if (old == nullptr) return;
  if (priority.value() != old->value()) {
    errors->Forbidden("value", "may not be changed in an update.");
  }
  if (priority.preemption_policy() != old->preemption_policy()) {
    errors->Invalid("preemptionPolicy", Quoted(priority.preemption_policy()), kImmutable);
  }
}

void CheckAmount(const IntOrString& value, const std::string& path, FieldErrors* errors) {
  if (!IsString(value)) {
    errors->CheckNonNegative(path, value.int_val());
    return;
  }
  const absl::StatusOr<int32_t> percent = ScaledValue(value, 100, Rounding::kDown);
  if (!percent.ok()) {
    errors->Invalid(path, Quoted(value.str_val()),
                    "a valid percent string must be a numeric string followed by an ending '%' "
                    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
  } else if (*percent > 100) {
    errors->Invalid(path, Quoted(value.str_val()), "must not be greater than 100%");
  }
}

void Check(const PodDisruptionBudget& budget, const PodDisruptionBudget* old, FieldErrors* errors) {
  const PodDisruptionBudgetSpec& spec = budget.spec();
  if (spec.has_min_available() && spec.has_max_unavailable()) {
    errors->Invalid("spec", JsonOf(spec), "minAvailable and maxUnavailable cannot be both set");
  }
  if (spec.has_min_available()) CheckAmount(spec.min_available(), "spec.minAvailable", errors);
  if (spec.has_max_unavailable()) {
    CheckAmount(spec.max_unavailable(), "spec.maxUnavailable", errors);
  }
  if (spec.has_selector()) ValidateLabelSelector(spec.selector(), "spec.selector", errors);
  if (spec.has_unhealthy_pod_eviction_policy()) {
    errors->CheckSupported("spec.unhealthyPodEvictionPolicy", spec.unhealthy_pod_eviction_policy(),
                           {"AlwaysAllow", "IfHealthyBudget"});
  }
}

void Check(const EndpointSlice& slice, const EndpointSlice* old, FieldErrors* errors) {
  if (slice.address_type().empty()) {
    errors->Required("addressType");
  } else {
    errors->CheckSupported("addressType", slice.address_type(), {"FQDN", "IPv4", "IPv6"});
  }
  constexpr int kMostEndpoints = 1000, kMostAddresses = 100, kMostPorts = 20000;
  if (slice.endpoints_size() > kMostEndpoints) {
    errors->TooMany("endpoints", slice.endpoints_size(), kMostEndpoints);
  }
  if (slice.ports_size() > kMostPorts) errors->TooMany("ports", slice.ports_size(), kMostPorts);
  for (int i = 0; i < slice.endpoints_size(); ++i) {
    const Endpoint& endpoint = slice.endpoints(i);
    const std::string at = absl::StrCat("endpoints[", i, "].addresses");
    if (endpoint.addresses().empty()) {
      errors->Required(at, "must contain at least 1 address");
    } else if (endpoint.addresses_size() > kMostAddresses) {
      errors->TooMany(at, endpoint.addresses_size(), kMostAddresses);
    }
    if (slice.address_type() == "FQDN") continue;
    for (int a = 0; a < endpoint.addresses_size(); ++a) {
      errors->AddComplaints(absl::StrCat(at, "[", a, "]"), endpoint.addresses(a),
                            CheckIp(endpoint.addresses(a)));
    }
  }
  std::set<std::string> names;
  for (int i = 0; i < slice.ports_size(); ++i) {
    const std::string& name = slice.ports(i).name();
    if (!names.insert(name).second) {
      errors->Duplicate(absl::StrCat("ports[", i, "].name"), Quoted(name));
    }
  }
  if (old != nullptr) {
    ValidateImmutable(slice.address_type(), old->address_type(), "addressType", errors);
  }
}

void Check(const Lease& lease, const Lease* old, FieldErrors* errors) {
  const LeaseSpec& spec = lease.spec();
  if (spec.has_lease_duration_seconds() && spec.lease_duration_seconds() <= 0) {
    errors->Invalid("spec.leaseDurationSeconds", spec.lease_duration_seconds(),
                    "must be greater than 0");
  }
  if (spec.has_lease_transitions()) {
    errors->CheckNonNegative("spec.leaseTransitions", spec.lease_transitions());
  }
}

void Check(const StorageClass& storage, const StorageClass* old, FieldErrors* errors) {
  if (storage.provisioner().empty()) errors->Required("provisioner");
  if (storage.has_reclaim_policy()) {
    errors->CheckSupported("reclaimPolicy", storage.reclaim_policy(), {"Delete", "Retain"});
  }
  errors->CheckSupported("volumeBindingMode", storage.volume_binding_mode(),
                         {"Immediate", "WaitForFirstConsumer"});
  if (old == nullptr) return;
  StorageClass same = storage;
  *same.mutable_parameters() = old->parameters();
  if (!SameMessage(same, storage)) {
    errors->Forbidden("parameters", "updates to parameters are forbidden.");
  }
  if (storage.provisioner() != old->provisioner()) {
    errors->Forbidden("provisioner", "updates to provisioner are forbidden.");
  }
  if (storage.reclaim_policy() != old->reclaim_policy()) {
    errors->Forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden.");
  }
  ValidateImmutable(storage.volume_binding_mode(), old->volume_binding_mode(), "volumeBindingMode",
                    errors);
}

template <typename T>
void CheckRules(const T& role, bool namespaced, FieldErrors* errors) {
  for (int i = 0; i < role.rules_size(); ++i) {
    const rbacv1::PolicyRule& rule = role.rules(i);
    const std::string at = absl::StrCat("rules[", i, "]");
    if (rule.verbs().empty()) {
      errors->Required(at + ".verbs", "verbs must contain at least one value");
    }
    if (!rule.non_resource_urls().empty()) {
      if (namespaced) {
        errors->Invalid(at + ".nonResourceURLs", JsonOf(rule),
                        "namespaced rules cannot apply to non-resource URLs");
      }
      continue;
    }
    if (rule.api_groups().empty()) {
      errors->Required(at + ".apiGroups", "resource rules must supply at least one api group");
    }
    if (rule.resources().empty()) {
      errors->Required(at + ".resources", "resource rules must supply at least one resource");
    }
  }
}

void Check(const Role& role, const Role* old, FieldErrors* errors) {
  CheckRules(role, true, errors);
}

void Check(const ClusterRole& role, const ClusterRole* old, FieldErrors* errors) {
  CheckRules(role, false, errors);
}

template <typename Binding>
void CheckBinding(const Binding& binding, const Binding* old, FieldErrors* errors) {
  if (binding.role_ref().name().empty()) errors->Required("roleRef.name");
  errors->CheckSupported("roleRef.kind", binding.role_ref().kind(), {"ClusterRole", "Role"});
  for (int i = 0; i < binding.subjects_size(); ++i) {
    const rbacv1::Subject& subject = binding.subjects(i);
    const std::string at = absl::StrCat("subjects[", i, "]");
    if (subject.name().empty()) errors->Required(at + ".name");
    errors->CheckSupported(at + ".kind", subject.kind(), {"Group", "ServiceAccount", "User"});
    if (subject.kind() == "ServiceAccount" && subject.namespace_().empty()) {
      errors->Required(at + ".namespace");
    }
  }
  if (old != nullptr && !SameMessage(binding.role_ref(), old->role_ref())) {
    errors->Invalid("roleRef", JsonOf(binding.role_ref()), "cannot change roleRef");
  }
}

void Check(const RoleBinding& binding, const RoleBinding* old, FieldErrors* errors) {
  CheckBinding(binding, old, errors);
}

void Check(const ClusterRoleBinding& binding, const ClusterRoleBinding* old, FieldErrors* errors) {
  CheckBinding(binding, old, errors);
}

void Check(const autoscalingv2::HorizontalPodAutoscaler& autoscaler,
           const autoscalingv2::HorizontalPodAutoscaler* old, FieldErrors* errors) {
  const autoscalingv2::HorizontalPodAutoscalerSpec& spec = autoscaler.spec();
  if (spec.min_replicas() < 1) {
    errors->Invalid("spec.minReplicas", spec.min_replicas(), "must be greater than or equal to 1");
  }
  if (spec.max_replicas() < 1) {
    errors->Invalid("spec.maxReplicas", spec.max_replicas(), "must be greater than 0");
  }
  if (spec.max_replicas() < spec.min_replicas()) {
    errors->Invalid("spec.maxReplicas", spec.max_replicas(),
                    "must be greater than or equal to `minReplicas`");
  }
  if (spec.scale_target_ref().kind().empty()) errors->Required("spec.scaleTargetRef.kind");
  if (spec.scale_target_ref().name().empty()) errors->Required("spec.scaleTargetRef.name");
}

void Check(const ResourceQuota& quota, const ResourceQuota* old, FieldErrors* errors) {
  ValidateAmounts(quota.spec().hard(), "spec.hard", errors);
}

template <typename T>
bool CheckIf(const KindInfo& kind, const Message& object, const Message* old, FieldErrors* errors) {
  if (&kind != &KindOf<T>()) return false;
  Check(static_cast<const T&>(object), static_cast<const T*>(old), errors);
  return true;
}

template <typename... T>
void CheckOneOf(const KindInfo& kind, const Message& object, const Message* old,
                FieldErrors* errors) {
  (void)(CheckIf<T>(kind, object, old, errors) || ...);
}

}  // namespace

void ValidateOtherKind(const KindInfo& kind, const Message& object, const Message* old,
                       FieldErrors* errors) {
  CheckOneOf<Node, Service, EndpointSlice, Lease, ConfigMap, Secret, PersistentVolumeClaim,
             PriorityClass, PodDisruptionBudget, StorageClass, Role, ClusterRole, RoleBinding,
             ClusterRoleBinding, autoscalingv2::HorizontalPodAutoscaler, ResourceQuota>(
      kind, object, old, errors);
}

}  // namespace drydock::api

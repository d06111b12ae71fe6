// Defaults of the kinds that are neither pods nor workloads, and those that the .proto files state.
#include "src/api/defaults/defaults.h"

#include "absl/strings/numbers.h"
#include "src/api/autoscaling_v2.h"
#include "src/api/codec/json.h"
#include "src/api/codec/plan.h"
#include "src/api/core_v1.h"
#include "src/api/defaults/pod_defaults.h"
#include "src/api/defaults/workload_defaults.h"
#include "src/api/discovery_v1.h"
#include "src/api/int_or_string.h"
#include "src/api/maps.h"
#include "src/api/networking_v1.h"
#include "src/api/rbac_v1.h"
#include "src/api/scheduling_v1.h"
#include "src/api/storage_v1.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

constexpr char kRbacGroup[] = "rbac.authorization.k8s.io";

void Default(Pod* pod) { DefaultPod(pod); }

void Default(PodTemplate* pods) { DefaultPodSpec(pods->mutable_template_()->mutable_spec()); }

void Default(Node* node) {
  NodeStatus* const status = node->mutable_status();
  if (status->allocatable().empty()) *status->mutable_allocatable() = status->capacity();
  RoundToMilli(status->mutable_capacity());
  RoundToMilli(status->mutable_allocatable());
}

void Default(Namespace* ns) {
  if (ns->status().phase().empty()) ns->mutable_status()->set_phase("Active");
  // Network policies select namespaces by this label.
  if (!ns->metadata().name().empty()) {
    Set(ns->mutable_metadata()->mutable_labels(), "kubernetes.io/metadata.name",
        ns->metadata().name());
  }
}

void Default(Service* service) {
  ServiceSpec* const spec = service->mutable_spec();
  if (spec->session_affinity().empty()) spec->set_session_affinity("None");
  if (spec->session_affinity() == "None") spec->clear_session_affinity_config();
  if (spec->session_affinity() == "ClientIP") {
    ClientIPConfig* const config = spec->mutable_session_affinity_config()->mutable_client_ip();
    if (!config->has_timeout_seconds()) config->set_timeout_seconds(10800);
  }
  if (spec->type().empty()) spec->set_type("ClusterIP");
  for (ServicePort& port : *spec->mutable_ports()) {
    if (port.protocol().empty()) port.set_protocol("TCP");
    const IntOrString& target = port.target_port();
    const bool unset = IsString(target) ? target.str_val().empty() : target.int_val() == 0;
    if (unset) *port.mutable_target_port() = FromInt(port.port());
  }
  const bool load_balancer = spec->type() == "LoadBalancer";
  const bool external = spec->type() == "NodePort" || load_balancer;
  if (external && spec->external_traffic_policy().empty()) {
    spec->set_external_traffic_policy("Cluster");
  }
  if ((external || spec->type() == "ClusterIP") && !spec->has_internal_traffic_policy()) {
    spec->set_internal_traffic_policy("Cluster");
  }
  if (load_balancer && !spec->has_allocate_load_balancer_node_ports()) {
    spec->set_allocate_load_balancer_node_ports(true);
  }
}

void Default(Secret* secret) {
  if (secret->type().empty()) secret->set_type("Opaque");
  // Written only: a convenience for people, which is kept as data.
  for (const StringEntry& entry : secret->string_data()) {
    Set(secret->mutable_data(), entry.key(), entry.value());
  }
  secret->clear_string_data();
}

void Default(PersistentVolume* volume) {
  if (volume->status().phase().empty()) volume->mutable_status()->set_phase("Pending");
  PersistentVolumeSpec* const spec = volume->mutable_spec();
  if (spec->persistent_volume_reclaim_policy().empty()) {
    spec->set_persistent_volume_reclaim_policy("Retain");
  }
  if (!spec->has_volume_mode()) spec->set_volume_mode("Filesystem");
}

void Default(PersistentVolumeClaim* claim) {
  if (claim->status().phase().empty()) claim->mutable_status()->set_phase("Pending");
  DefaultPersistentVolumeClaimSpec(claim->mutable_spec());
}

// A limit range's default limit is its maximum; its default request the default limit, then the
// minimum.
void Default(LimitRange* range) {
  for (LimitRangeItem& item : *range->mutable_spec()->mutable_limits()) {
    if (item.type() != "Container") continue;
    const auto fill = [](const ResourceMap& from, ResourceMap* to) {
      for (const QuantityEntry& entry : from) {
        if (!Contains(*to, entry.key())) Set(to, entry.key(), entry.value().string());
      }
    };
    fill(item.max(), item.mutable_default_());
    fill(item.default_(), item.mutable_default_request());
    fill(item.min(), item.mutable_default_request());
  }
}

void Default(EndpointSlice* slice) {
  for (discoveryv1::EndpointPort& port : *slice->mutable_ports()) {
    if (!port.has_name()) port.set_name("");
    if (!port.has_protocol()) port.set_protocol("TCP");
  }
}

void Default(PriorityClass* priority) {
  if (!priority->has_preemption_policy()) priority->set_preemption_policy("PreemptLowerPriority");
}

void Default(StorageClass* storage) {
  if (!storage->has_reclaim_policy()) storage->set_reclaim_policy("Delete");
  if (!storage->has_volume_binding_mode()) storage->set_volume_binding_mode("Immediate");
}

void Default(NetworkPolicy* policy) {
  NetworkPolicySpec* const spec = policy->mutable_spec();
  if (spec->policy_types().empty()) {
    spec->add_policy_types("Ingress");
    if (!spec->egress().empty()) spec->add_policy_types("Egress");
  }
  const auto default_ports = [](auto* rules) {
    for (auto& rule : *rules) {
      for (NetworkPolicyPort& port : *rule.mutable_ports()) {
        if (!port.has_protocol()) port.set_protocol("TCP");
      }
    }
  };
  default_ports(spec->mutable_ingress());
  default_ports(spec->mutable_egress());
}

void Default(IngressClass* ingress) {
  if (ingress->spec().has_parameters() && !ingress->spec().parameters().has_scope()) {
    ingress->mutable_spec()->mutable_parameters()->set_scope("Cluster");
  }
}

template <typename Binding>
void DefaultBinding(Binding* binding) {
  if (binding->role_ref().api_group().empty()) {
    binding->mutable_role_ref()->set_api_group(kRbacGroup);
  }
  for (rbacv1::Subject& subject : *binding->mutable_subjects()) {
    const bool of_rbac = subject.kind() == "User" || subject.kind() == "Group";
    if (subject.api_group().empty() && of_rbac) subject.set_api_group(kRbacGroup);
  }
}

void Default(RoleBinding* binding) { DefaultBinding(binding); }
void Default(ClusterRoleBinding* binding) { DefaultBinding(binding); }

void Default(autoscalingv2::HorizontalPodAutoscaler* autoscaler) {
  autoscalingv2::HorizontalPodAutoscalerSpec* const spec = autoscaler->mutable_spec();
  if (!spec->has_min_replicas()) spec->set_min_replicas(1);
  if (spec->metrics().empty()) {
    autoscalingv2::MetricSpec* const metric = spec->add_metrics();
    metric->set_type("Resource");
    metric->mutable_resource()->set_name("cpu");
    metric->mutable_resource()->mutable_target()->set_type("Utilization");
    metric->mutable_resource()->mutable_target()->set_average_utilization(80);
  }
}

template <typename T>
bool DefaultIf(Message* object) {
  if (object->GetDescriptor() != T::descriptor()) return false;
  Default(static_cast<T*>(object));
  return true;
}

template <typename... T>
bool DefaultOneOf(Message* object) {
  return (DefaultIf<T>(object) || ...);
}

void SetFromJson(const Value& value, const FieldDescriptor* field, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(message, field, value.flag());
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t number = 0;
      DRYDOCK_CHECK(absl::SimpleAtoi(value.text(), &number), field->full_name());
      return reflection.SetInt32(message, field, number);
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(message, field, value.text());
    default:
      DRYDOCK_CHECK(false, field->full_name(), ": a default of this type");
  }
}

bool IsEmptyString(const Message& message, const FieldDescriptor* field) {
  std::string scratch;
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         message.GetReflection()->GetStringReference(message, field, &scratch).empty();
}

// What default_json says, in all parts of the object that are there. A value that is no pointer and
// whose default is zero needs nothing.
void ApplyStatedDefaults(const MessagePlan& plan, Message* message) {
  if (plan.form != options::OBJECT) return;
  const Reflection& reflection = *message->GetReflection();
  for (const FieldPlan& field : plan.fields) {
    if (field.rules->has_default_json()) {
      const bool absent = field.rules->pointer() ? !reflection.HasField(*message, field.field)
                                                 : IsEmptyString(*message, field.field);
      const bool zero = field.rules->default_json() == "\"\"";
      if (absent && (field.rules->pointer() || !zero)) {
        const absl::StatusOr<Value> value = ParseJson(field.rules->default_json());
        DRYDOCK_CHECK(value.ok(), field.field->full_name());
        SetFromJson(*value, field.field, message);
      }
    } else if (field.message == nullptr || field.is_map) {
      continue;
    } else if (field.field->is_repeated()) {
      const int size = reflection.FieldSize(*message, field.field);
      for (int i = 0; i < size; ++i) {
        ApplyStatedDefaults(*field.message,
                            reflection.MutableRepeatedMessage(message, field.field, i));
      }
    } else if (reflection.HasField(*message, field.field)) {
      ApplyStatedDefaults(*field.message, reflection.MutableMessage(message, field.field));
    }
  }
}

}  // namespace

void ApplyDefaults(Message* object) {
  const bool known =
      DefaultIf<Pod>(object) || DefaultWorkload(object) ||
      DefaultOneOf<Node, Namespace, Service, Secret, EndpointSlice, PodTemplate, PersistentVolume,
                   PersistentVolumeClaim, LimitRange, PriorityClass, StorageClass, NetworkPolicy,
                   IngressClass, RoleBinding, ClusterRoleBinding,
                   autoscalingv2::HorizontalPodAutoscaler>(object);
  // Of the kinds without code above, only Endpoints has stated defaults.
  if (known || object->GetDescriptor() == Endpoints::descriptor()) {
    ApplyStatedDefaults(PlanOf(*object), object);
  }
}

}  // namespace drydock::api

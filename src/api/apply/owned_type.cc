#include "src/api/apply/owned_type.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/codec/json.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

// Types that Go marks with +structType=atomic, wherever they stand; a field's own mark is among its
// options.
bool IsAtomicType(const google::protobuf::Descriptor& type) {
  static const auto* const kAtomic = new absl::flat_hash_set<string_view>{
      "k8s.io.api.admissionregistration.v1.MatchResources",
      "k8s.io.api.admissionregistration.v1.NamedRuleWithOperations",
      "k8s.io.api.admissionregistration.v1.ParamKind",
      "k8s.io.api.admissionregistration.v1.ParamRef",
      "k8s.io.api.admissionregistration.v1.Variable",
      "k8s.io.api.autoscaling.v1.CrossVersionObjectReference",
      "k8s.io.api.core.v1.ConfigMapKeySelector",
      "k8s.io.api.core.v1.EndpointAddress",
      "k8s.io.api.core.v1.EndpointPort",
      "k8s.io.api.core.v1.FileKeySelector",
      "k8s.io.api.core.v1.LocalObjectReference",
      "k8s.io.api.core.v1.NodeSelector",
      "k8s.io.api.core.v1.NodeSelectorTerm",
      "k8s.io.api.core.v1.ObjectFieldSelector",
      "k8s.io.api.core.v1.ObjectReference",
      "k8s.io.api.core.v1.ResourceFieldSelector",
      "k8s.io.api.core.v1.ScopeSelector",
      "k8s.io.api.core.v1.SecretKeySelector",
      "k8s.io.api.core.v1.SecretReference",
      "k8s.io.api.core.v1.TopologySelectorTerm",
      "k8s.io.api.core.v1.TypedLocalObjectReference",
      "k8s.io.api.discovery.v1.EndpointPort",
      "k8s.io.api.networking.v1.ServiceBackendPort",
      "k8s.io.api.rbac.v1.RoleRef",
      "k8s.io.api.rbac.v1.Subject",
      "k8s.io.apimachinery.pkg.apis.meta.v1.LabelSelector",
      "k8s.io.apimachinery.pkg.apis.meta.v1.OwnerReference",
  };
  return kAtomic->contains(string_view(type.full_name()));
}

// +structType=granular on the field, against the type's own mark.
bool IsSeparableField(const google::protobuf::FieldDescriptor& field) {
  return field.full_name() == "k8s.io.api.core.v1.PersistentVolumeSpec.claim_ref" ||
         field.full_name() == "k8s.io.api.core.v1.PersistentVolumeSpec.claimRef";
}

OwnedType ScalarOf(const FieldPlan& field) {
  OwnedType type;
  if (field.message == nullptr) type.field = &field;
  return type;
}

OwnedType TypeOfField(const FieldPlan& field) {
  OwnedType type;
  if (field.is_map) {
    type.shape = OwnedType::Shape::kMap;
    type.atomic = field.rules->atomic();
    type.field = &field;
    return type;
  }
  if (field.is_list) {
    type.shape = OwnedType::Shape::kList;
    type.atomic = field.rules->list() == options::ATOMIC;
    type.field = &field;
    return type;
  }
  if (field.message == nullptr) return ScalarOf(field);
  type = OwnedType::Of(*field.message);
  if (field.rules->atomic()) type.atomic = true;
  if (IsSeparableField(*field.field)) type.atomic = false;
  return type;
}

const FieldPlan* FindField(const MessagePlan* plan, string_view name) {
  while (plan != nullptr) {
    const FieldPlan* const field = plan->Find(name);
    if (field == nullptr || !field->rules->inlined()) return field;
    plan = field->message;
  }
  return nullptr;
}

bool IsKindMember(const MessagePlan& plan, string_view name) {
  return plan.has_kind && (name == "kind" || name == "apiVersion");
}

absl::Status Error(string_view what) { return absl::InvalidArgumentError(what); }

}  // namespace

OwnedType OwnedType::Of(const MessagePlan& plan) {
  OwnedType type;
  if (plan.form != options::OBJECT) return type;
  type.shape = Shape::kStruct;
  type.message = &plan;
  type.atomic = IsAtomicType(*plan.type);
  return type;
}

bool OwnedType::Names(string_view member) const {
  return shape == Shape::kStruct &&
         (FindField(message, member) != nullptr || IsKindMember(*message, member));
}

OwnedType OwnedType::Member(string_view name) const {
  if (shape == Shape::kMap) {
    const FieldPlan& value = field->message->value();
    return value.message != nullptr ? Of(*value.message) : ScalarOf(value);
  }
  if (shape != Shape::kStruct) return {};
  const FieldPlan* const found = FindField(message, name);
  return found != nullptr ? TypeOfField(*found) : OwnedType();
}

OwnedType OwnedType::Element() const {
  if (shape != Shape::kList) return {};
  return field->message != nullptr ? Of(*field->message) : ScalarOf(*field);
}

absl::StatusOr<PathElement> ElementPath(const OwnedType& type, const Value& item) {
  const auto& keys = type.field->rules->keys();
  if (keys.empty()) {
    switch (item.type()) {
      case Value::Type::kObject:
        return Error("associative list without keys has an element that's a map type");
      case Value::Type::kArray:
        return Error("not supported: associative list with lists as elements");
      case Value::Type::kNull:
        return Error("associative list without keys has an element that's an explicit null");
      default:
        return PathElement::OfValue(item);
    }
  }
  if (item.is_null()) return Error("associative list with keys may not have a null element");
  if (!item.is_object()) {
    return Error("associative list with keys may not have non-map elements");
  }
  std::vector<std::pair<std::string, Value>> fields;
  for (const std::string& key : keys) {
    if (const Value* const value = item.Find(key)) {
      fields.emplace_back(key, *value);
      continue;
    }
    const FieldPlan* const field = FindField(type.field->message, key);
    if (field == nullptr || !field->rules->has_default_json()) continue;
    if (absl::StatusOr<Value> value = ParseJson(field->rules->default_json()); value.ok()) {
      fields.emplace_back(key, *std::move(value));
    }
  }
  if (fields.empty()) {
    return Error(absl::StrCat(
        "associative list with keys has an element that omits all key fields "
        "[\"",
        absl::StrJoin(keys, "\" \""), "\"] (and doesn't have default values for any key fields)"));
  }
  return PathElement::Key(std::move(fields));
}

}  // namespace drydock::api

#include "src/api/openapi/schemas.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/codec/json.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

constexpr char kPatchName[] = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";

Value Typed(absl::string_view type, absl::string_view format = "") {
  Value schema = Value::Object();
  schema["type"] = Value::String(type);
  if (!format.empty()) schema["format"] = Value::String(format);
  return schema;
}

Value OneOf(absl::string_view first, absl::string_view second) {
  Value schema = Value::Object();
  schema["oneOf"] = Value::Array();
  schema["oneOf"].items() = {Typed(first), Typed(second)};
  return schema;
}

// Whether a user must give the field.
bool IsRequired(const options::FieldRules& rules) {
  return rules.required() || (rules.always() && !rules.optional());
}

const char* ListTypeName(options::ListType type) {
  switch (type) {
    case options::ATOMIC:
      return "atomic";
    case options::SET:
      return "set";
    case options::MAP:
      return "map";
  }
  DRYDOCK_CHECK(false, "no such list type: ", type);
}

const char* StrategyName(int strategy) {
  switch (strategy) {
    case options::MERGE:
      return "merge";
    case options::REPLACE:
      return "replace";
    case options::RETAIN_KEYS:
      return "retainKeys";
    default:
      DRYDOCK_CHECK(false, "no such patch strategy: ", strategy);
  }
}

// What clients must know to merge: x-kubernetes-...
void AddMergeRules(const FieldPlan& field, Value* schema) {
  const options::FieldRules& rules = *field.rules;
  if (rules.has_list()) {
    (*schema)["x-kubernetes-list-type"] = Value::String(ListTypeName(rules.list()));
  }
  if (!rules.keys().empty()) {
    Value keys = Value::Array();
    for (const std::string& key : rules.keys()) keys.items().push_back(Value::String(key));
    (*schema)["x-kubernetes-list-map-keys"] = std::move(keys);
  }
  if (rules.atomic()) (*schema)["x-kubernetes-map-type"] = Value::String("atomic");
  if (!rules.patch().empty()) {
    (*schema)["x-kubernetes-patch-strategy"] = Value::String(absl::StrJoin(
        rules.patch(), ",", [](std::string* out, int one) { out->append(StrategyName(one)); }));
  }
  if (rules.has_merge_key()) {
    (*schema)["x-kubernetes-patch-merge-key"] = Value::String(rules.merge_key());
  }
}

// Every group and version: for kinds that stand beside each of them.
std::set<std::pair<std::string, std::string>> GroupVersions() {
  std::set<std::pair<std::string, std::string>> all;
  for (const KindInfo& kind : AllKinds()) {
    if (!kind.resource.empty()) all.emplace(kind.group, kind.version);
  }
  return all;
}

Value KindsOf(const KindInfo& kind) {
  Value kinds = Value::Array();
  if (kind.group.empty() && (kind.kind == "DeleteOptions" || kind.kind == "WatchEvent")) {
    for (const auto& [group, version] : GroupVersions()) {
      kinds.items().push_back(GroupVersionKind(group, version, kind.kind));
    }
  } else {
    kinds.items().push_back(GroupVersionKind(kind.group, kind.version, kind.kind));
  }
  return kinds;
}

}  // namespace

std::string DefinitionName(const Descriptor& type) {
  absl::string_view name = type.full_name();
  DRYDOCK_CHECK(absl::StartsWith(name, "k8s.io."), name, " is no type of Kubernetes");
  name.remove_prefix(7);
  return absl::StrCat("io.k8s.", name);
}

Value GroupVersionKind(absl::string_view group, absl::string_view version, absl::string_view kind) {
  Value value = Value::Object();
  value["group"] = Value::String(group);
  value["kind"] = Value::String(kind);
  value["version"] = Value::String(version);
  return value;
}

Value Schemas::Reference(const KindInfo& kind) {
  const MessagePlan* const plan = FindPlan(*kind.descriptor);
  DRYDOCK_CHECK(plan != nullptr, kind.kind);
  Add(*plan);
  return ReferenceTo(DefinitionName(*kind.descriptor));
}

Value Schemas::PatchReference() {
  definitions_[kPatchName] = Typed("object");
  return ReferenceTo(kPatchName);
}

Value Schemas::TakeAll() {
  Value all = Value::Object();
  all.members().reserve(definitions_.size());
  for (auto& [name, definition] : definitions_) {
    all.members().push_back({.key = name, .value = std::move(definition), .position = {}});
  }
  definitions_.clear();
  return all;
}

Value Schemas::ReferenceTo(absl::string_view name) const {
  Value reference = Value::Object();
  reference["$ref"] = Value::String(absl::StrCat(
      version_ == OpenApiVersion::kV2 ? "#/definitions/" : "#/components/schemas/", name));
  return reference;
}

void Schemas::Add(const MessagePlan& plan) {
  const auto [slot, is_new] = definitions_.emplace(DefinitionName(*plan.type), Value());
  // Entries of a map stay where they are while the definition adds others.
  if (is_new) slot->second = Definition(plan);
}

Value Schemas::Definition(const MessagePlan& plan) {
  const bool v3 = version_ == OpenApiVersion::kV3;
  switch (plan.form) {
    case options::OBJECT:
      break;
    case options::QUANTITY:
      return v3 ? OneOf("string", "number") : Typed("string");
    case options::TIME:
    case options::MICRO_TIME:
      return Typed("string", "date-time");
    case options::DURATION:
      return Typed("string");
    case options::INT_OR_STRING: {
      Value schema = v3 ? OneOf("integer", "string") : Typed("string");
      schema["format"] = Value::String("int-or-string");
      return schema;
    }
    case options::RAW:
      return Typed("object");
    case options::ARRAY:
      DRYDOCK_CHECK(false, plan.type->full_name(), " is written where it is used");
  }
  Value schema = Typed("object");
  Value properties = Value::Object();
  std::vector<std::string> required;
  if (plan.has_kind) {
    properties["apiVersion"] = Typed("string");
    properties["kind"] = Typed("string");
  }
  AddFields(plan, &properties, &required);
  if (!properties.members().empty()) schema["properties"] = std::move(properties);
  if (!required.empty()) {
    Value names = Value::Array();
    for (const std::string& name : required) names.items().push_back(Value::String(name));
    schema["required"] = std::move(names);
  }
  if (plan.has_kind) schema["x-kubernetes-group-version-kind"] = KindsOf(*FindKind(*plan.type));
  return schema;
}

void Schemas::AddFields(const MessagePlan& plan, Value* properties,
                        std::vector<std::string>* required) {
  for (const FieldPlan& field : plan.fields) {
    if (field.rules->inlined()) {
      AddFields(*field.message, properties, required);
      continue;
    }
    (*properties)[field.json_name] = FieldSchema(field);
    if (IsRequired(*field.rules)) required->emplace_back(field.json_name);
  }
}

Value Schemas::FieldSchema(const FieldPlan& field) {
  Value schema;
  if (field.is_map) {
    schema = Typed("object");
    schema["additionalProperties"] = ValueSchema(field.message->value());
  } else if (field.is_list) {
    schema = ListOf(field);
  } else {
    schema = ValueSchema(field);
  }
  Value rules = Value::Object();
  AddMergeRules(field, &rules);
  const bool v3 = version_ == OpenApiVersion::kV3;
  if (v3 && field.rules->has_default_json()) {
    absl::StatusOr<Value> value = ParseJson(field.rules->default_json());
    DRYDOCK_CHECK(value.ok(), field.field->full_name(), " has a default that is no JSON");
    rules["default"] = *std::move(value);
  }
  if (rules.members().empty()) return schema;
  if (v3 && schema.Find("$ref") != nullptr) {
    // Version 3 ignores what stands beside a reference.
    Value wrapped = Value::Object();
    wrapped["allOf"] = Value::Array();
    wrapped["allOf"].items().push_back(std::move(schema));
    schema = std::move(wrapped);
  }
  for (Value::Member& rule : rules.members()) schema[rule.key] = std::move(rule.value);
  return schema;
}

Value Schemas::ListOf(const FieldPlan& element) {
  Value schema = Typed("array");
  schema["items"] = ValueSchema(element);
  return schema;
}

Value Schemas::ValueSchema(const FieldPlan& field) {
  if (field.message != nullptr) {
    if (field.message->form == options::ARRAY) return ListOf(field.message->fields[0]);
    Add(*field.message);
    return ReferenceTo(DefinitionName(*field.message->type));
  }
  switch (field.field->type()) {
    case FieldDescriptor::TYPE_BOOL:
      return Typed("boolean");
    case FieldDescriptor::TYPE_INT32:
      return Typed("integer", "int32");
    case FieldDescriptor::TYPE_INT64:
      return Typed("integer", "int64");
    case FieldDescriptor::TYPE_STRING:
      return Typed("string");
    case FieldDescriptor::TYPE_BYTES:
      return Typed("string", "byte");
    default:
      DRYDOCK_CHECK(false, field.field->full_name(), " has a type that no API type uses");
  }
}

}  // namespace drydock::api

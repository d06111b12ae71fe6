#include "src/api/apply/fields_v1.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

std::string NameOf(const PathElement& element) {
  switch (element.kind) {
    case PathElement::Kind::kField:
      return absl::StrCat("f:", element.name);
    case PathElement::Kind::kKey: {
      Value key = Value::Object();
      for (const auto& [name, value] : element.fields) key[name] = value;
      return absl::StrCat("k:", WriteJson(key));
    }
    case PathElement::Kind::kValue:
      return absl::StrCat("v:", WriteJson(element.fields[0].second));
    case PathElement::Kind::kIndex:
      return absl::StrCat("i:", WriteJson(element.fields[0].second));
  }
  return "";
}

void Write(const FieldSet& set, bool with_self, std::string* out) {
  out->push_back('{');
  // A member with nothing inside is {}; "." tells a member apart from a mere way to others.
  bool first = true;
  if (with_self && !set.empty()) {
    out->append("\".\":{}");
    first = false;
  }
  for (const FieldSet::Node& node : set.nodes()) {
    if (!first) out->push_back(',');
    first = false;
    AppendJsonString(NameOf(node.element), out);
    out->push_back(':');
    Write(node.inside, node.member, out);
  }
  out->push_back('}');
}

absl::Status Malformed(string_view name) {
  return absl::InvalidArgumentError(absl::StrCat("invalid path element in FieldsV1: ", name));
}

absl::StatusOr<PathElement> ReadElement(string_view name) {
  if (name.size() < 2 || name[1] != ':') return Malformed(name);
  const string_view rest = name.substr(2);
  if (name[0] == 'f') return PathElement::Field(rest);
  absl::StatusOr<Value> value = ParseJson(rest);
  if (!value.ok()) return Malformed(name);
  switch (name[0]) {
    case 'v':
      return PathElement::OfValue(*std::move(value));
    case 'i':
      return PathElement::Index(*std::move(value));
    case 'k': {
      if (!value->is_object() || value->members().empty()) return Malformed(name);
      std::vector<std::pair<std::string, Value>> fields;
      for (Value::Member& member : value->members()) {
        fields.emplace_back(member.key, std::move(member.value));
      }
      return PathElement::Key(std::move(fields));
    }
    default:
      return Malformed(name);
  }
}

absl::StatusOr<FieldSet> Read(const Value& value) {
  std::vector<FieldSet::Node> nodes;
  for (const Value::Member& member : value.members()) {
    if (member.key == ".") continue;  // Its owner has seen it.
    absl::StatusOr<PathElement> element = ReadElement(member.key);
    if (!element.ok()) return element.status();
    if (!member.value.is_object()) return Malformed(member.key);
    absl::StatusOr<FieldSet> inside = Read(member.value);
    if (!inside.ok()) return inside.status();
    FieldSet::Node node{.element = *std::move(element)};
    node.member = member.value.members().empty() || member.value.Find(".") != nullptr;
    node.inside = *std::move(inside);
    nodes.push_back(std::move(node));
  }
  return FieldSet::Of(std::move(nodes));
}

}  // namespace

std::string WriteFieldsV1(const FieldSet& set) {
  std::string out;
  Write(set, false, &out);
  return out;
}

absl::StatusOr<FieldSet> ReadFieldsV1(string_view json) {
  if (json.empty()) return FieldSet();
  const absl::StatusOr<Value> value = ParseJson(json);
  if (!value.ok()) return value.status();
  if (!value->is_object()) return Malformed(json.substr(0, 64));
  return Read(*value);
}

}  // namespace drydock::api

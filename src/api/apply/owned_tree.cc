#include "src/api/apply/owned_tree.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/codec/json.h"

namespace drydock::api {
namespace {

using Shape = OwnedType::Shape;

constexpr size_t kMostErrors = 20;

// The elements of a list that can be found again, and where each is.
struct ListIndex {
  std::vector<PathElement> order;  // Duplicates stand in it as often as in the list.
  std::map<PathElement, std::vector<const Value*>> elements;

  const Value* Only(const PathElement& element) const {
    const auto found = elements.find(element);
    return found != elements.end() && found->second.size() == 1 ? found->second[0] : nullptr;
  }
  bool Has(const PathElement& element) const { return elements.count(element) != 0; }
};

ListIndex IndexOf(const Value* list, const OwnedType& type) {
  ListIndex index;
  if (list == nullptr) return index;
  for (const Value& item : list->items()) {
    absl::StatusOr<PathElement> element = ElementPath(type, item);
    if (!element.ok()) continue;  // A stranger's list; what cannot be found has no owner.
    index.elements[*element].push_back(&item);
    index.order.push_back(*std::move(element));
  }
  return index;
}

// Finds members by key. Large maps (of a ConfigMap) get an index.
class MemberIndex {
 public:
  // `value` may be null and outlives the index.
  explicit MemberIndex(const Value* value) : value_(value) {
    if (value == nullptr || value->members().size() <= kFewMembers) return;
    for (const Value::Member& member : value->members()) index_[member.key] = &member.value;
  }

  const Value* Find(const std::string& key) const {
    if (index_.empty()) return value_ != nullptr ? value_->Find(key) : nullptr;
    const auto found = index_.find(key);
    return found != index_.end() ? found->second : nullptr;
  }

 private:
  static constexpr size_t kFewMembers = 16;

  const Value* value_;
  absl::flat_hash_map<absl::string_view, const Value*> index_;  // Look-up only.
};

// Null, absent, or without members.
bool IsEmpty(const Value* value, Shape shape) {
  if (value == nullptr) return true;
  return shape == Shape::kList ? value->items().empty() : value->members().empty();
}

class Checker {
 public:
  void Check(const Value& value, const OwnedType& type) {
    if (value.is_null()) return;
    switch (type.shape) {
      case Shape::kScalar:
        CheckScalar(value, type);
        return;
      case Shape::kStruct:
      case Shape::kMap:
        CheckMembers(value, type);
        return;
      case Shape::kList:
        CheckElements(value, type);
        return;
    }
  }

  absl::Status Result() const {
    if (errors_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
  }

 private:
  void Report(absl::string_view what) {
    if (errors_.size() >= kMostErrors) return;
    errors_.push_back(path_.empty() ? std::string(what)
                                    : absl::StrCat(ToString(path_), ": ", what));
  }

  void CheckScalar(const Value& value, const OwnedType& type) {
    if (type.field == nullptr) return;
    switch (type.field->field->cpp_type()) {
      case google::protobuf::FieldDescriptor::CPPTYPE_STRING:
        if (!value.is_string()) {
          Report(absl::StrCat(
              "expected string, got &value.valueUnstructured{Value:", WriteJson(value), "}"));
        }
        return;
      case google::protobuf::FieldDescriptor::CPPTYPE_BOOL:
        if (value.type() != Value::Type::kBool) {
          Report(absl::StrCat("expected boolean, got &{", Text(value), "}"));
        }
        return;
      default:
        if (value.type() != Value::Type::kNumber) {
          Report(absl::StrCat("expected numeric (int or float), got ", GoType(value)));
        }
    }
  }

  static std::string Text(const Value& value) {
    return value.is_string() ? value.text() : WriteJson(value);
  }

  static const char* GoType(const Value& value) {
    switch (value.type()) {
      case Value::Type::kString:
        return "string";
      case Value::Type::kBool:
        return "bool";
      case Value::Type::kArray:
        return "[]interface {}";
      default:
        return "map[string]interface {}";
    }
  }

  void CheckMembers(const Value& value, const OwnedType& type) {
    if (!value.is_object()) {
      Report(absl::StrCat("expected map, got &{", Text(value), "}"));
      return;
    }
    for (const Value::Member& member : value.members()) {
      path_.push_back(PathElement::Field(member.key));
      if (type.shape == Shape::kStruct && !type.Names(member.key)) {
        Report("field not declared in schema");
      } else {
        Check(member.value, type.Member(member.key));
      }
      path_.pop_back();
    }
  }

  void CheckElements(const Value& value, const OwnedType& type) {
    if (!value.is_array()) {
      Report(absl::StrCat("expected list, got &{", Text(value), "}"));
      return;
    }
    std::map<PathElement, bool> seen;
    for (size_t i = 0; i < value.items().size(); ++i) {
      const Value& item = value.items()[i];
      PathElement step = PathElement::Index(Value::Int(static_cast<int64_t>(i)));
      if (!type.atomic) {
        absl::StatusOr<PathElement> element = ElementPath(type, item);
        if (!element.ok()) {
          Report(absl::StrCat("element ", i, ": ", element.status().message()));
          return;
        }
        step = *std::move(element);
        if (!seen.emplace(step, true).second) {
          Report(absl::StrCat("duplicate entries for key ", step.ToString()));
        }
      }
      path_.push_back(std::move(step));
      Check(item, type.Element());
      path_.pop_back();
    }
  }

  FieldPath path_;
  std::vector<std::string> errors_;
};

// Of a value that is no field itself.
FieldSet CollectFields(const Value& value, const OwnedType& type);

FieldSet CollectMembers(const Value& value, const OwnedType& type) {
  std::vector<FieldSet::Node> nodes;
  for (const Value::Member& member : value.members()) {
    const OwnedType of_member = type.Member(member.key);
    FieldSet::Node node{.element = PathElement::Field(member.key)};
    const bool empty =
        member.value.is_null() || (member.value.is_object() && member.value.members().empty());
    node.member = of_member.is_field() || empty || !type.Names(member.key);
    if (!of_member.is_field()) node.inside = CollectFields(member.value, of_member);
    nodes.push_back(std::move(node));
  }
  return FieldSet::Of(std::move(nodes));
}

FieldSet CollectElements(const Value& value, const OwnedType& type) {
  const ListIndex index = IndexOf(&value, type);
  const OwnedType of_element = type.Element();
  FieldSet set;
  for (const auto& [element, items] : index.elements) {
    FieldSet::Node node{.element = element, .member = true};
    if (items.size() == 1 && !of_element.is_field()) {
      node.inside = CollectFields(*items[0], of_element);
    }
    set.Append(std::move(node));
  }
  return set;
}

FieldSet CollectFields(const Value& value, const OwnedType& type) {
  return type.shape == Shape::kList ? CollectElements(value, type) : CollectMembers(value, type);
}

// Null where nothing is left, as opposed to a value that is null.
std::optional<Value> Merge(const Value* live, const Value* config, const OwnedType& type);

std::optional<Value> MergeMembers(const Value* live, const Value* config, const OwnedType& type) {
  Value merged = Value::Object();
  const auto add = [&](const std::string& key, const Value* left, const Value* right) {
    std::optional<Value> value = Merge(left, right, type.Member(key));
    if (value.has_value()) merged.members().push_back({key, *std::move(value), Position()});
  };
  const MemberIndex left(live), right(config);
  if (live != nullptr) {
    for (const Value::Member& member : live->members()) {
      add(member.key, &member.value, right.Find(member.key));
    }
  }
  if (config != nullptr) {
    for (const Value::Member& member : config->members()) {
      if (left.Find(member.key) == nullptr) add(member.key, nullptr, &member.value);
    }
  }
  if (merged.members().empty()) return std::nullopt;
  return merged;
}

std::optional<Value> MergeElements(const Value* live, const Value* config, const OwnedType& type) {
  const ListIndex left = IndexOf(live, type);
  const ListIndex right = IndexOf(config, type);
  std::vector<PathElement> shared;  // In the order of the configuration.
  for (const PathElement& element : right.order) {
    if (left.Has(element)) shared.push_back(element);
  }
  size_t next_shared = 0;
  std::map<PathElement, bool> done;
  Value merged = Value::Array();
  const auto add = [&](const Value* a, const Value* b) {
    std::optional<Value> value = Merge(a, b, type.Element());
    if (value.has_value()) merged.items().push_back(*std::move(value));
  };
  const auto take = [&](const PathElement& element) {
    done[element] = true;
    add(left.Only(element), right.Only(element));
    if (next_shared < shared.size() && shared[next_shared] == element) ++next_shared;
  };
  // Duplicates of the live list stay as they are, but where the configuration has the element.
  std::map<PathElement, size_t> copies;
  size_t i = 0, j = 0;
  while (i < left.order.size() || j < right.order.size()) {
    if (i < left.order.size() && j < right.order.size()) {
      const PathElement& element = left.order[i];
      if (element == right.order[j]) {
        take(element);
        ++i;
        ++j;
        continue;
      }
      if (right.Has(element) && next_shared < shared.size() && !(shared[next_shared] == element)) {
        ++i;  // Its turn comes in the order of the configuration.
        continue;
      }
    }
    if (i < left.order.size()) {
      const PathElement& element = left.order[i];
      if (!right.Has(element)) {
        add(left.elements.at(element)[copies[element]++], nullptr);
        ++i;
        continue;
      }
      if (done.count(element) != 0) ++i;
    }
    if (j < right.order.size()) take(right.order[j++]);
  }
  if (merged.items().empty()) return std::nullopt;
  return merged;
}

std::optional<Value> Merge(const Value* live, const Value* config, const OwnedType& type) {
  // Where both are empty the configuration says whether that is null or empty.
  const bool whole = type.is_field() || (IsEmpty(live, type.shape) && IsEmpty(config, type.shape));
  if (whole) {
    if (config != nullptr) return *config;
    if (live != nullptr) return *live;
    return std::nullopt;
  }
  return type.shape == Shape::kList ? MergeElements(live, config, type)
                                    : MergeMembers(live, config, type);
}

class Comparer {
 public:
  explicit Comparer(FieldChanges* changes) : changes_(changes) {}

  void Compare(const Value* before, const Value* after, const OwnedType& type) {
    const bool whole =
        type.is_field() || (IsEmpty(before, type.shape) && IsEmpty(after, type.shape));
    if (!whole && type.shape == Shape::kList) CompareElements(before, after, type);
    if (!whole && type.shape != Shape::kList) CompareMembers(before, after, type);
    if (before == nullptr) {
      changes_->added.Insert(path_);
    } else if (after == nullptr) {
      changes_->removed.Insert(path_);
    } else if (whole && !(*before == *after)) {
      changes_->modified.Insert(path_);
    }
  }

 private:
  void CompareMembers(const Value* before, const Value* after, const OwnedType& type) {
    const MemberIndex left(before), right(after);
    if (before != nullptr) {
      for (const Value::Member& member : before->members()) {
        path_.push_back(PathElement::Field(member.key));
        Compare(&member.value, right.Find(member.key), type.Member(member.key));
        path_.pop_back();
      }
    }
    if (after == nullptr) return;
    for (const Value::Member& member : after->members()) {
      if (left.Find(member.key) != nullptr) continue;
      path_.push_back(PathElement::Field(member.key));
      Compare(nullptr, &member.value, type.Member(member.key));
      path_.pop_back();
    }
  }

  void CompareElements(const Value* before, const Value* after, const OwnedType& type) {
    const ListIndex left = IndexOf(before, type);
    const ListIndex right = IndexOf(after, type);
    for (const auto& [element, items] : left.elements) {
      path_.push_back(element);
      const auto found = right.elements.find(element);
      if (found == right.elements.end()) {
        CompareOne(items, {}, type);
      } else {
        CompareOne(items, found->second, type);
      }
      path_.pop_back();
    }
    for (const auto& [element, items] : right.elements) {
      if (left.Has(element)) continue;
      path_.push_back(element);
      CompareOne({}, items, type);
      path_.pop_back();
    }
  }

  // Elements that cannot be told apart count as one value.
  void CompareOne(const std::vector<const Value*>& before, const std::vector<const Value*>& after,
                  const OwnedType& type) {
    if (before.size() <= 1 && after.size() <= 1) {
      Compare(before.empty() ? nullptr : before[0], after.empty() ? nullptr : after[0],
              type.Element());
      return;
    }
    if (before.empty()) {
      changes_->added.Insert(path_);
    } else if (after.empty()) {
      changes_->removed.Insert(path_);
    } else {
      bool same = before.size() == after.size();
      for (size_t i = 0; same && i < before.size(); ++i) same = *before[i] == *after[i];
      if (!same) changes_->modified.Insert(path_);
    }
  }

  FieldChanges* const changes_;
  FieldPath path_;
};

}  // namespace

absl::Status CheckType(const Value& value, const OwnedType& type) {
  Checker checker;
  checker.Check(value, type);
  return checker.Result();
}

FieldSet FieldsOf(const Value& value, const OwnedType& type) {
  return type.is_field() ? FieldSet() : CollectFields(value, type);
}

Value MergeOwned(const Value& live, const Value& config, const OwnedType& type) {
  return Merge(&live, &config, type).value_or(Value::Object());
}

FieldChanges CompareOwned(const Value& before, const Value& after, const OwnedType& type) {
  FieldChanges changes;
  Comparer(&changes).Compare(&before, &after, type);
  return changes;
}

Value RemoveFields(const Value& value, const FieldSet& fields, const OwnedType& type) {
  if (fields.empty() || type.shape == Shape::kScalar) return value;
  if (type.atomic) return Value();
  if (type.shape == Shape::kList) {
    Value rest = Value::Array();
    for (const Value& item : value.items()) {
      const absl::StatusOr<PathElement> element = ElementPath(type, item);
      if (element.ok() && fields.Has(*element)) continue;
      Value left =
          element.ok() ? RemoveFields(item, fields.Inside(*element), type.Element()) : item;
      if (!left.is_null()) rest.items().push_back(std::move(left));
    }
    return rest.items().empty() ? Value() : rest;
  }
  Value rest = Value::Object();
  for (const Value::Member& member : value.members()) {
    const PathElement element = PathElement::Field(member.key);
    if (fields.Has(element)) continue;
    rest.members().push_back(
        {member.key, RemoveFields(member.value, fields.Inside(element), type.Member(member.key)),
         Position()});
  }
  return rest.members().empty() ? Value() : rest;
}

FieldSet WithNamedFields(const FieldSet& set, const OwnedType& type) {
  FieldSet result;
  for (const FieldSet::Node& node : set.nodes()) {
    FieldSet::Node copy{.element = node.element, .member = node.member};
    OwnedType inside;
    if (node.element.kind == PathElement::Kind::kField) {
      if (!node.inside.empty() && type.Names(node.element.name)) copy.member = true;
      inside = type.Member(node.element.name);
    } else {
      inside = type.Element();
    }
    copy.inside = WithNamedFields(node.inside, inside);
    result.Append(std::move(copy));
  }
  return result;
}

}  // namespace drydock::api

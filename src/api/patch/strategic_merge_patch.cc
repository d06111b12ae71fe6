// Semantics of k8s.io/apimachinery/pkg/util/strategicpatch, the order of merged lists included:
// elements of the patch come in its order, the others are placed among them by the old order.
// "$patch: merge" is taken for what happens anyway.
#include "src/api/patch/strategic_merge_patch.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/json.h"
#include "src/api/codec/plan.h"
#include "src/api/patch/go_text.h"
#include "src/rt/status_macros.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

constexpr char kPatchDirective[] = "$patch";
constexpr char kRetainKeys[] = "$retainKeys";
constexpr char kDeleteFromPrimitiveList[] = "$deleteFromPrimitiveList/";
constexpr char kSetElementOrder[] = "$setElementOrder/";

absl::Status Error(string_view what) { return absl::InvalidArgumentError(what); }

absl::Status NoMergeKey(const Value& element, string_view merge_key) {
  return Error(
      absl::StrCat("map: ", GoText(element), " does not contain declared merge key: ", merge_key));
}

absl::Status UnknownPatchType(const Value& directive, const Value& patch) {
  return Error(absl::StrCat("unknown patch type: ", GoText(directive), " in map: ", GoText(patch)));
}

// What is known about a member: nothing, when the document has no type there.
struct Schema {
  const MessagePlan* message = nullptr;  // Of the value, or of the elements or values in it.
  bool merge = false;
  bool replace = false;
  bool keyed_map = false;  // A map, such as labels: `message` is that of its values.
  string_view merge_key;
};

Schema SchemaOf(const Schema& parent, string_view name) {
  if (parent.keyed_map) return {.message = parent.message};
  const MessagePlan* plan = parent.message;
  while (plan != nullptr) {
    const FieldPlan* const field = plan->Find(name);
    if (field == nullptr) return {};
    if (field->rules->inlined()) {
      plan = field->message;
      continue;
    }
    Schema schema;
    schema.message = field->message;
    if (field->is_map) {
      schema.keyed_map = true;
      schema.message = field->message->value().message;
    }
    if (schema.message != nullptr && schema.message->form != options::OBJECT) {
      schema.message = nullptr;
    }
    for (const int strategy : field->rules->patch()) {
      schema.merge = schema.merge || strategy == options::MERGE;
      schema.replace = schema.replace || strategy == options::REPLACE;
    }
    schema.merge_key = field->rules->merge_key();
    return schema;
  }
  return {};
}

bool IsDirective(string_view key) {
  return key == kPatchDirective || key == kRetainKeys ||
         absl::StartsWith(key, kDeleteFromPrimitiveList) || absl::StartsWith(key, kSetElementOrder);
}

// What a patch adds where there was nothing: without directives and nulls. Nothing at all where it
// only says what to do with what was there.
std::optional<Value> Plain(const Value& patch) {
  if (patch.is_array()) {
    Value result = Value::Array();
    for (const Value& item : patch.items()) {
      if (std::optional<Value> plain = Plain(item)) result.items().push_back(*std::move(plain));
    }
    return result;
  }
  if (!patch.is_object()) return patch;
  if (patch.Find(kPatchDirective) != nullptr) return std::nullopt;
  Value result = Value::Object();
  for (const Value::Member& member : patch.members()) {
    if (IsDirective(member.key) || member.value.is_null()) continue;
    if (std::optional<Value> plain = Plain(member.value)) {
      result.members().push_back({member.key, *std::move(plain), member.position});
    }
  }
  return result;
}

// The members of a patch that replaces: its own directive has been followed.
Value PlainMembers(const Value& patch) {
  Value rest = patch;
  rest.Erase(kPatchDirective);
  return *Plain(rest);
}

// Whether two elements are the same one: by the merge key, or, for scalars, by value.
bool SameElement(const Value& a, const Value& b, string_view merge_key) {
  if (merge_key.empty()) return a == b;
  const Value* const x = a.Find(merge_key);
  const Value* const y = b.Find(merge_key);
  return x != nullptr && y != nullptr && *x == *y;
}

ptrdiff_t IndexOf(const std::vector<Value>& list, const Value& element, string_view merge_key) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (SameElement(list[i], element, merge_key)) return static_cast<ptrdiff_t>(i);
  }
  return -1;
}

// `merged` with the elements of `order` in that order, and the others placed among them by
// `old_order` as far as it says.
std::vector<Value> InOrder(const std::vector<Value>& merged, const std::vector<Value>& order,
                           const std::vector<Value>& old_order, string_view merge_key) {
  std::vector<Value> listed, others;
  for (const Value& element : merged) {
    (IndexOf(order, element, merge_key) >= 0 ? listed : others).push_back(element);
  }
  const auto sort_by = [merge_key](const std::vector<Value>& by, std::vector<Value>* list) {
    std::stable_sort(list->begin(), list->end(), [&](const Value& a, const Value& b) {
      return IndexOf(by, a, merge_key) < IndexOf(by, b, merge_key);
    });
  };
  sort_by(order, &listed);
  sort_by(old_order, &others);
  std::vector<Value> result;
  size_t i = 0, j = 0;
  while (i < others.size() || j < listed.size()) {
    bool take_other = j == listed.size();
    if (i < others.size() && j < listed.size()) {
      const ptrdiff_t left = IndexOf(old_order, others[i], merge_key);
      const ptrdiff_t right = IndexOf(old_order, listed[j], merge_key);
      take_other = left >= 0 && right >= 0 && left < right;
    }
    result.push_back(std::move(take_other ? others[i++] : listed[j++]));
  }
  return result;
}

absl::Status MergeObject(const Value& patch, const Schema& schema, Value* document);

// A list whose elements are merged one by one.
absl::Status MergeList(const Value& patch, const Schema& schema, Value* document) {
  const std::vector<Value> old = document->items();
  if (schema.merge_key.empty()) {
    for (const Value& item : patch.items()) {
      if (item.is_object() || item.is_array()) {
        return Error("expected scalars in a list that is merged without a key");
      }
      if (IndexOf(document->items(), item, "") < 0) document->items().push_back(item);
    }
    document->items() = InOrder(document->items(), patch.items(), old, "");
    return absl::OkStatus();
  }
  std::vector<Value> ordinary;
  bool replace = false;
  for (const Value& item : patch.items()) {
    if (!item.is_object()) return Error("expected objects in a list that is merged by a key");
    const Value* const directive = item.Find(kPatchDirective);
    if (directive == nullptr || directive->text() == "merge") {
      ordinary.push_back(item);
      continue;
    }
    if (directive->text() == "replace") {
      replace = true;  // Of the list; what else the element says does not count.
    } else if (directive->text() == "delete") {
      if (item.Find(schema.merge_key) == nullptr) return NoMergeKey(item, schema.merge_key);
      std::vector<Value>& items = document->items();
      items.erase(std::remove_if(items.begin(), items.end(),
                                 [&](const Value& element) {
                                   return SameElement(element, item, schema.merge_key);
                                 }),
                  items.end());
    } else {
      return UnknownPatchType(*directive, item);
    }
  }
  if (replace) document->items().clear();
  for (const Value& item : ordinary) {
    if (item.Find(schema.merge_key) == nullptr) return NoMergeKey(item, schema.merge_key);
    const ptrdiff_t at = IndexOf(document->items(), item, schema.merge_key);
    if (at < 0) {
      document->items().push_back(PlainMembers(item));
    } else {
      RETURN_IF_ERROR(MergeObject(item, {.message = schema.message},
                                  &document->items()[static_cast<size_t>(at)]));
    }
  }
  document->items() = InOrder(document->items(), ordinary, old, schema.merge_key);
  return absl::OkStatus();
}

absl::Status RetainKeys(const Value& patch, Value* document) {
  const Value* const retained = patch.Find(kRetainKeys);
  if (retained == nullptr) return absl::OkStatus();
  if (!retained->is_array()) return Error("invalid patch format of retainKeys");
  for (const Value::Member& member : patch.members()) {
    const bool listed = IndexOf(retained->items(), Value::String(member.key), "") >= 0;
    if (!listed && !IsDirective(member.key) && !member.value.is_null()) {
      return Error("invalid patch format of retainKeys");
    }
  }
  std::vector<Value::Member>& members = document->members();
  members.erase(std::remove_if(members.begin(), members.end(),
                               [&](const Value::Member& member) {
                                 return IndexOf(retained->items(), Value::String(member.key), "") <
                                        0;
                               }),
                members.end());
  return absl::OkStatus();
}

// Sets `name` to what `patch` adds; takes it away where that is nothing.
void SetPlain(const Value& patch, string_view name, Value* document) {
  if (std::optional<Value> plain = Plain(patch)) {
    (*document)[name] = *std::move(plain);
  } else {
    document->Erase(name);
  }
}

absl::Status MergeMember(const Value& patch, const Schema& schema, string_view name,
                         Value* document) {
  Value* const target = document->Find(name);
  const bool same_type = target != nullptr && target->type() == patch.type();
  if (same_type && patch.is_object() && !schema.replace) {
    return MergeObject(patch, schema, target);
  }
  if (same_type && patch.is_array() && schema.merge) return MergeList(patch, schema, target);
  SetPlain(patch, name, document);
  return absl::OkStatus();
}

absl::Status DeleteFromList(const Value& patch, string_view name, Value* document) {
  Value* const list = document->Find(name);
  if (list == nullptr) return absl::OkStatus();
  if (!patch.is_array() || !list->is_array()) {
    return Error("invalid patch format of primitive list");
  }
  std::vector<Value>& items = list->items();
  items.erase(
      std::remove_if(items.begin(), items.end(),
                     [&](const Value& item) { return IndexOf(patch.items(), item, "") >= 0; }),
      items.end());
  return absl::OkStatus();
}

// A patch that lists elements in another order than the one that it asks for contradicts itself.
absl::Status CheckOrder(const Value& order, const Value* patch, const Schema& schema) {
  if (!order.is_array()) return Error("invalid patch format of setElementOrder list");
  if (patch == nullptr || patch->is_null()) return absl::OkStatus();
  if (!patch->is_array()) return Error("invalid patch format of setElementOrder list");
  if (order.items().empty()) return absl::OkStatus();
  size_t at = 0;
  for (const Value& item : patch->items()) {
    if (item.Find(kPatchDirective) != nullptr) continue;
    while (at < order.items().size() && !SameElement(item, order.items()[at], schema.merge_key)) {
      ++at;
    }
    if (at == order.items().size()) {
      return Error(absl::StrCat("The order in patch list:\n", GoText(*patch),
                                "\n doesn't match $setElementOrder list:\n", GoText(order), "\n"));
    }
    ++at;
  }
  return absl::OkStatus();
}

void SetElementOrder(const Value& order, string_view name, const Schema& schema,
                     const std::vector<Value>& old, Value* document) {
  Value* const list = document->Find(name);
  if (list == nullptr || !list->is_array()) return;
  list->items() = InOrder(list->items(), order.items(), old, schema.merge_key);
}

absl::Status MergeObject(const Value& patch, const Schema& schema, Value* document) {
  if (const Value* const directive = patch.Find(kPatchDirective)) {
    if (directive->text() == "replace") {
      *document = PlainMembers(patch);
      return absl::OkStatus();
    }
    if (directive->text() == "delete") {
      *document = Value::Object();
      return absl::OkStatus();
    }
    if (directive->text() != "merge") return UnknownPatchType(*directive, patch);
  }
  RETURN_IF_ERROR(RetainKeys(patch, document));
  // Orders refer to the lists as they were before this patch.
  std::vector<std::pair<std::string, std::vector<Value>>> old_lists;
  for (const Value::Member& member : patch.members()) {
    if (!absl::StartsWith(member.key, kSetElementOrder)) continue;
    const std::string name = member.key.substr(sizeof(kSetElementOrder) - 1);
    RETURN_IF_ERROR(CheckOrder(member.value, patch.Find(name), SchemaOf(schema, name)));
    const Value* const list = document->Find(name);
    old_lists.emplace_back(name, list == nullptr ? std::vector<Value>() : list->items());
  }
  for (const Value::Member& member : patch.members()) {
    if (absl::StartsWith(member.key, kDeleteFromPrimitiveList)) {
      RETURN_IF_ERROR(DeleteFromList(
          member.value, string_view(member.key).substr(sizeof(kDeleteFromPrimitiveList) - 1),
          document));
    }
    if (IsDirective(member.key)) continue;
    if (member.value.is_null()) {
      document->Erase(member.key);
      continue;
    }
    RETURN_IF_ERROR(MergeMember(member.value, SchemaOf(schema, member.key), member.key, document));
  }
  size_t order = 0;
  for (const Value::Member& member : patch.members()) {
    if (!absl::StartsWith(member.key, kSetElementOrder)) continue;
    const auto& [name, old] = old_lists[order++];
    SetElementOrder(member.value, name, SchemaOf(schema, name), old, document);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyStrategicMergePatch(const Value& patch, const google::protobuf::Descriptor& type,
                                      Value* document) {
  if (!patch.is_object()) return Error("invalid JSON document");
  return MergeObject(patch, {.message = FindPlan(type)}, document);
}

}  // namespace drydock::api

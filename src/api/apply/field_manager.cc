#include "src/api/apply/field_manager.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/apply/managed_fields.h"
#include "src/api/apply/owned_tree.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/codec/plan.h"
#include "src/api/object.h"
#include "src/api/status.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Message;

constexpr char kBeforeFirstApply[] = "before-first-apply";
constexpr char kKubectl[] = "kubectl";
constexpr char kLastApplied[] = "kubectl.kubernetes.io/last-applied-configuration";

// What the server says of an object, which nobody manages.
const FieldSet& ServerFields() {
  static const FieldSet* const fields = [] {
    auto* const set = new FieldSet;
    set->Insert({PathElement::Field("apiVersion")});
    set->Insert({PathElement::Field("kind")});
    set->Insert({PathElement::Field("metadata")});
    for (const char* name : {"name", "namespace", "creationTimestamp", "selfLink", "uid",
                             "clusterName", "generation", "managedFields", "resourceVersion"}) {
      set->Insert({PathElement::Field("metadata"), PathElement::Field(name)});
    }
    return set;
  }();
  return *fields;
}

FieldSet Writable(const FieldSet& set, WritableFields writable) {
  static const FieldSet* const status = [] {
    auto* const made = new FieldSet;
    made->Insert({PathElement::Field("status")});
    return made;
  }();
  switch (writable) {
    case WritableFields::kAll:
      return set;
    case WritableFields::kAllButStatus:
      return DifferenceWithInside(set, *status);
    case WritableFields::kStatusOnly:
      return DifferenceWithInside(set, DifferenceWithInside(set, *status));
  }
  return set;
}

void DropEmpty(Managers* managers) {
  for (auto it = managers->begin(); it != managers->end();) {
    it = it->second.fields.empty() ? managers->erase(it) : std::next(it);
  }
}

// The document that managers share, without their own records.
Value OwnedTree(const Message& message) {
  Value tree = ToTree(message);
  if (Value* const metadata = tree.Find("metadata")) metadata->Erase("managedFields");
  return tree;
}

OwnedType TypeOf(const Message& message) { return OwnedType::Of(PlanOf(message)); }

std::string VersionOf(const Message& message) {
  return FindKind(*message.GetDescriptor())->ApiVersion();
}

ManagerId UpdaterOf(const FieldWriter& writer, std::string api_version) {
  ManagerId id;
  id.manager = writer.manager.empty() ? "unknown" : writer.manager;
  id.api_version = std::move(api_version);
  id.subresource = writer.subresource;
  return id;
}

ManagerId ApplierOf(const FieldWriter& writer) {
  ManagerId id;
  id.applies = true;
  id.manager = writer.manager;
  id.subresource = writer.subresource;
  return id;
}

using Conflicts = std::map<ManagerId, FieldSet>;

// Takes what changed away from all managers but `writer` (which may be null), and says what they
// lose by it.
Conflicts TakeChanged(const FieldChanges& changes, WritableFields writable, const ManagerId* writer,
                      Managers* managers) {
  const FieldSet set = Writable(Union(changes.added, changes.modified), writable);
  const FieldSet removed = Writable(changes.removed, writable);
  Conflicts conflicts;
  for (auto& [id, state] : *managers) {
    if (writer != nullptr && id == *writer) continue;
    FieldSet conflict = Intersection(state.fields, set);
    if (!conflict.empty()) {
      state.fields = Difference(state.fields, conflict);
      conflicts.emplace(id, std::move(conflict));
    }
    state.fields = Difference(state.fields, removed);
  }
  return conflicts;
}

void RecordUpdate(const Value& before, const Value& after, const OwnedType& type,
                  const std::string& api_version, const FieldWriter& writer, Managers* managers) {
  const FieldChanges changes = CompareOwned(before, after, type);
  TakeChanged(changes, writer.writable, nullptr, managers);
  DropEmpty(managers);
  const FieldSet taken =
      Difference(Writable(Union(changes.added, changes.modified), writer.writable), ServerFields());
  if (!taken.empty()) {
    ManagerState& state = (*managers)[UpdaterOf(writer, api_version)];
    state.fields = Union(state.fields, taken);
    state.api_version = api_version;
    state.time = writer.now;
  }
  CapUpdateManagers(managers);
}

// Removes from `merged` what the manager applied the last time and does not any more, unless
// somebody else manages it.
Value Prune(const Value& merged, const OwnedType& type, const FieldSet& last,
            const Managers& managers) {
  const auto object = [](Value value) { return value.is_object() ? value : Value::Object(); };
  const auto fields = [&](const Value& value) {
    return WithNamedFields(FieldsOf(value, type), type);
  };
  const FieldSet last_named = WithNamedFields(last, type);
  Value pruned = object(RemoveFields(merged, last_named, type));
  FieldSet managed;
  for (const auto& [id, state] : managers) managed = Union(managed, state.fields);
  const FieldSet all = fields(merged);
  // Back comes what is managed, with what it is in,
  pruned = object(RemoveFields(
      merged, Difference(all, Union(fields(pruned), WithNamedFields(managed, type))), type));
  // and what went only because of what it was in: the manager had not applied that.
  return object(
      RemoveFields(merged, Intersection(Difference(all, fields(pruned)), last_named), type));
}

absl::Status ConflictError(const Conflicts& conflicts) {
  StatusDetails details;
  std::vector<std::string> lines;
  for (const auto& [id, fields] : conflicts) {
    const std::string manager = id.ToString();
    lines.push_back(absl::StrCat("conflicts with ", manager, ":"));
    fields.ForEach([&](const FieldPath& path) {
      details.causes.push_back(
          {"FieldManagerConflict", absl::StrCat("conflict with ", manager), ToString(path)});
      lines.push_back(absl::StrCat("- ", ToString(path)));
    });
  }
  const std::string message =
      details.causes.size() == 1
          ? absl::StrCat("Apply failed with 1 conflict: ", details.causes[0].message, ": ",
                         details.causes[0].field)
          : absl::StrCat("Apply failed with ", details.causes.size(),
                         " conflicts: ", absl::StrJoin(lines, "\n"));
  return MakeStatus("Conflict", message, details);
}

// An error without a reason of its own, as kube-apiserver answers it.
absl::Status ServerError(absl::string_view message) {
  metav1::Status status;
  status.set_status("Failure");
  status.set_code(500);
  status.set_message(message.data(), message.size());
  return FromMetaStatus(status);
}

std::string TextIn(const Value& tree, absl::string_view key) {
  const Value* const value = tree.Find(key);
  return value != nullptr && value->is_string() ? value->text() : "";
}

// "apps/v1, Kind=Deployment"; "/v1, Kind=Pod" for the core group.
std::string KindText(absl::string_view api_version, absl::string_view kind) {
  const bool core = api_version.find('/') == api_version.npos;
  return absl::StrCat(core ? "/" : "", api_version, ", Kind=", kind);
}

// By key, as maps of the live object are: sets of fields are then made from front to back.
void SortMembers(Value* value) {
  for (Value& item : value->items()) SortMembers(&item);
  for (Value::Member& member : value->members()) SortMembers(&member.value);
  std::stable_sort(value->members().begin(), value->members().end(),
                   [](const Value::Member& a, const Value::Member& b) { return a.key < b.key; });
}

absl::Status CheckConfig(const Message& live, const Value& config) {
  if (!config.is_object()) return BadRequest("error decoding YAML: expected an object");
  const KindInfo& kind = *FindKind(*live.GetDescriptor());
  const std::string version = TextIn(config, "apiVersion");
  const std::string named = TextIn(config, "kind");
  if (version != kind.ApiVersion() || named != kind.kind) {
    return BadRequest(absl::StrCat("invalid object type: ", KindText(version, named)));
  }
  const Value* const metadata = config.Find("metadata");
  const Value* const managed = metadata != nullptr ? metadata->Find("managedFields") : nullptr;
  if (managed != nullptr && !managed->is_null()) {
    return BadRequest("metadata.managedFields must be nil");
  }
  const absl::Status typed = CheckType(config, TypeOf(live));
  if (typed.ok()) return absl::OkStatus();
  const Value& names = metadata != nullptr ? *metadata : config;
  return ServerError(absl::StrCat("failed to create typed patch object (",
                                  TextIn(names, "namespace"), "/", TextIn(names, "name"), "; ",
                                  KindText(version, named), "): ", typed.message()));
}

// Kubernetes' help for those who move from kubectl's own apply to the server's: what stands in
// kubectl's annotation is kubectl's already, whoever is on record for it.
void AllowLastApplied(const Value& live, const OwnedType& type, Conflicts* conflicts) {
  const Value* const metadata = live.Find("metadata");
  const Value* const annotations = metadata != nullptr ? metadata->Find("annotations") : nullptr;
  if (annotations == nullptr) return;
  absl::StatusOr<Value> last = ParseJson(TextIn(*annotations, kLastApplied));
  if (!last.ok() || !last->is_object()) return;
  // Only where the object still says what the annotation says.
  const FieldChanges changes = CompareOwned(*last, live, type);
  const FieldSet kept = Difference(FieldsOf(*last, type), Union(changes.modified, changes.removed));
  for (auto it = conflicts->begin(); it != conflicts->end();) {
    it->second = Difference(it->second, kept);
    it = it->second.empty() ? conflicts->erase(it) : std::next(it);
  }
}

void RefreshLastApplied(const Value& config, metav1::ObjectMeta* metadata) {
  for (StringEntry& entry : *metadata->mutable_annotations()) {
    if (entry.key() != kLastApplied || entry.value().empty()) continue;
    Value without = config;
    if (Value* const said = without.Find("metadata")) {
      said->Erase("managedFields");
      if (Value* const annotations = said->Find("annotations")) annotations->Erase(kLastApplied);
    }
    entry.set_value(absl::StrCat(WriteJson(without, KeyOrder::kSorted), "\n"));
  }
}

}  // namespace

bool HasManagedFields(const metav1::ObjectMeta& metadata) {
  return metadata.managed_fields_size() > 0;
}

void TrackUpdate(const Message& before, Message* after, const FieldWriter& writer) {
  const metav1::ObjectMeta& old = MetadataOf(before);
  metav1::ObjectMeta& metadata = *MutableMetadataOf(after);
  Managers managers;
  const auto& given = metadata.managed_fields();
  const bool reset = given.size() == 1 && given[0].ByteSizeLong() == 0;
  if (!reset) {
    absl::StatusOr<Managers> read = Managers();
    if (writer.subresource.empty()) read = ReadManagers(given);
    // A client that does not know of managed fields does not lose them.
    if (!read.ok() || read->empty()) read = ReadManagers(old.managed_fields());
    if (read.ok()) managers = *std::move(read);
  }
  metadata.clear_managed_fields();
  const bool exists = !old.uid().empty();
  if (managers.empty() && exists) return;
  RecordUpdate(OwnedTree(before), OwnedTree(*after), TypeOf(before), VersionOf(before), writer,
               &managers);
  WriteManagers(managers, metadata.mutable_managed_fields());
}

absl::StatusOr<std::unique_ptr<Message>> ApplyConfiguration(const Message& live, const Value& given,
                                                            const FieldWriter& writer, bool force) {
  Value config = given;
  SortMembers(&config);
  RETURN_IF_ERROR(CheckConfig(live, config));
  const OwnedType type = TypeOf(live);
  const std::string version = VersionOf(live);
  absl::StatusOr<Managers> managers = ReadManagers(MetadataOf(live).managed_fields());
  if (!managers.ok()) return ServerError(managers.status().message());
  const Value old = OwnedTree(live);
  if (managers->empty()) {
    FieldWriter nobody = writer;
    nobody.manager = kBeforeFirstApply;
    nobody.subresource.clear();
    std::unique_ptr<Message> empty(live.New());
    RecordUpdate(OwnedTree(*empty), old, type, version, nobody, &*managers);
  }
  const ManagerId applier = ApplierOf(writer);
  const auto previous = managers->find(applier);
  const ManagerState last = previous != managers->end() ? previous->second : ManagerState();
  ManagerState& state = (*managers)[applier];
  state.fields = Writable(FieldsOf(config, type), writer.writable);
  state.api_version = version;

  Value next = MergeOwned(old, config, type);
  if (!last.fields.empty()) next = Prune(next, type, last.fields, *managers);
  Conflicts conflicts =
      TakeChanged(CompareOwned(old, next, type), writer.writable, &applier, &*managers);
  if (writer.manager == kKubectl) AllowLastApplied(old, type, &conflicts);
  if (!force && !conflicts.empty()) return ConflictError(conflicts);
  state.fields = Difference(state.fields, ServerFields());
  if (!(next == old) || !(state.fields == last.fields)) state.time = writer.now;
  DropEmpty(&*managers);

  DecodeOptions options;
  options.unknown = DecodeOptions::Unknown::kIgnore;
  absl::StatusOr<DecodedObject> decoded = DecodeTree(next, "", options);
  if (!decoded.ok()) {
    return ServerError(absl::StrCat("failed to convert new object: ", decoded.status().message()));
  }
  metav1::ObjectMeta& metadata = *MutableMetadataOf(decoded->message.get());
  if (writer.manager == kKubectl) RefreshLastApplied(config, &metadata);
  WriteManagers(*managers, metadata.mutable_managed_fields());
  return std::move(decoded->message);
}

bool DifferInTimesOnly(const metav1::ObjectMeta& a, const metav1::ObjectMeta& b) {
  if (a.managed_fields_size() == 0 || a.managed_fields_size() != b.managed_fields_size()) {
    return false;
  }
  metav1::ObjectMeta x = a, y = b;
  for (metav1::ObjectMeta* metadata : {&x, &y}) {
    for (metav1::ManagedFieldsEntry& entry : *metadata->mutable_managed_fields()) {
      entry.clear_time();
    }
  }
  return x.SerializePartialAsString() == y.SerializePartialAsString();
}

}  // namespace drydock::api

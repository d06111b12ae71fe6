#include "src/api/apply/managed_fields.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/api/apply/fields_v1.h"

namespace drydock::api {
namespace {

constexpr char kApply[] = "Apply";
constexpr char kUpdate[] = "Update";
constexpr char kFieldsV1[] = "FieldsV1";
constexpr char kAncientChanges[] = "ancient-changes";
constexpr int kMostUpdateManagers = 10;

int64_t SecondsOf(const ManagerState& state) {
  return state.time.has_value() ? state.time->seconds() : 0;
}

auto Parts(const ManagerId& id) {
  return std::tie(id.applies, id.manager, id.api_version, id.subresource);
}

absl::Status Malformed(int entry, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("failed to decode managed fields: entry ", entry, ": ", what));
}

}  // namespace

std::string ManagerId::ToString() const {
  std::string text = absl::StrCat("\"", manager, "\"");
  if (!subresource.empty()) absl::StrAppend(&text, " with subresource \"", subresource, "\"");
  if (!applies) absl::StrAppend(&text, " using ", api_version);
  return text;
}

bool operator<(const ManagerId& a, const ManagerId& b) { return Parts(a) < Parts(b); }
bool operator==(const ManagerId& a, const ManagerId& b) { return Parts(a) == Parts(b); }

absl::StatusOr<Managers> ReadManagers(const ManagedFieldsEntries& entries) {
  Managers managers;
  for (int i = 0; i < entries.size(); ++i) {
    const metav1::ManagedFieldsEntry& entry = entries[i];
    if (entry.operation() != kApply && entry.operation() != kUpdate) {
      return Malformed(i, absl::StrCat("operation must be `Apply` or `Update`, got \"",
                                       entry.operation(), "\""));
    }
    if (entry.api_version().empty()) return Malformed(i, "apiVersion must not be empty");
    if (entry.fields_type() != kFieldsV1) {
      return Malformed(i, absl::StrCat("invalid fieldsType \"", entry.fields_type(), "\""));
    }
    absl::StatusOr<FieldSet> fields = ReadFieldsV1(entry.fields_v1().raw());
    if (!fields.ok()) return Malformed(i, fields.status().message());
    ManagerId id;
    id.applies = entry.operation() == kApply;
    id.manager = entry.manager();
    if (!id.applies) id.api_version = entry.api_version();
    id.subresource = entry.subresource();
    ManagerState& state = managers[std::move(id)];
    state.fields = Union(state.fields, *fields);
    state.api_version = entry.api_version();
    if (entry.has_time()) state.time = entry.time();
  }
  return managers;
}

void WriteManagers(const Managers& managers, ManagedFieldsEntries* entries) {
  entries->Clear();
  for (const auto& [id, state] : managers) {
    metav1::ManagedFieldsEntry& entry = *entries->Add();
    if (!id.manager.empty()) entry.set_manager(id.manager);
    entry.set_operation(id.applies ? kApply : kUpdate);
    entry.set_api_version(state.api_version);
    if (state.time.has_value()) *entry.mutable_time() = *state.time;
    entry.set_fields_type(kFieldsV1);
    entry.mutable_fields_v1()->set_raw(WriteFieldsV1(state.fields));
    if (!id.subresource.empty()) entry.set_subresource(id.subresource);
  }
  const auto parts = [](const metav1::ManagedFieldsEntry& entry) {
    return std::make_tuple(entry.operation(), entry.time().seconds(), entry.manager(),
                           entry.api_version(), entry.subresource());
  };
  std::sort(entries->begin(), entries->end(),
            [&](const auto& a, const auto& b) { return parts(a) < parts(b); });
}

void CapUpdateManagers(Managers* managers) {
  std::vector<ManagerId> updaters;
  for (const auto& [id, state] : *managers) {
    if (!id.applies) updaters.push_back(id);
  }
  int count = static_cast<int>(updaters.size());
  if (count <= kMostUpdateManagers) return;
  std::stable_sort(updaters.begin(), updaters.end(), [&](const ManagerId& a, const ManagerId& b) {
    return SecondsOf(managers->at(a)) < SecondsOf(managers->at(b));
  });
  // One bucket for each version. The first of a version becomes the bucket when a second one comes.
  std::map<std::string, ManagerId> first_of_version;
  for (size_t i = 0; i < updaters.size() && count > kMostUpdateManagers; ++i) {
    const ManagerId& id = updaters[i];
    const std::string version = managers->at(id).api_version;
    const auto [first, is_first] = first_of_version.emplace(version, id);
    if (is_first) continue;
    ManagerId bucket;
    bucket.manager = kAncientChanges;
    bucket.api_version = version;
    if (managers->count(bucket) == 0) {
      ManagerState state = std::move(managers->at(first->second));
      managers->erase(first->second);
      managers->emplace(bucket, std::move(state));
    }
    if (id == bucket) continue;
    ManagerState merged = std::move(managers->at(id));
    managers->erase(id);
    ManagerState& ancient = managers->at(bucket);
    ancient.fields = Union(ancient.fields, merged.fields);
    ancient.time = merged.time;  // The newer of both.
    --count;
  }
}

}  // namespace drydock::api

// Facts: Kubernetes v1.35, bootstrappolicy and pkg/registry/rbac/reconciliation.
#include "src/apiserver/auth/default_policy.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/maps.h"
#include "src/api/object.h"
#include "src/api/rbac_v1.h"
#include "src/apiserver/auth/default_policy_table.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

constexpr char kGroup[] = "rbac.authorization.k8s.io";
constexpr char kAutoUpdate[] = "rbac.authorization.kubernetes.io/autoupdate";

using Strings = google::protobuf::RepeatedPtrField<std::string>;
using Subjects = google::protobuf::RepeatedPtrField<api::rbacv1::Subject>;
using Rules = google::protobuf::RepeatedPtrField<api::PolicyRule>;

// As Kubernetes' builders do, in order and once each.
void SetSorted(const std::set<std::string>& values, Strings* list) {
  for (const std::string& value : values) *list->Add() = value;
}

std::set<std::string> Verbs(absl::string_view text) {
  std::set<std::string> verbs;
  for (const absl::string_view word : absl::StrSplit(text, ',')) {
    const bool read = word == "read" || word == "readwrite" || word == "readupdate";
    const bool write = word == "write" || word == "readwrite";
    if (read) verbs.insert({"get", "list", "watch"});
    if (write) verbs.insert({"create", "delete", "deletecollection", "patch", "update"});
    if (word == "readupdate") verbs.insert({"patch", "update"});
    if (!read && !write) verbs.insert(std::string(word));
  }
  return verbs;
}

std::set<std::string> Items(absl::string_view text) {
  std::set<std::string> items = absl::StrSplit(text, ',');
  if (items.erase("core") > 0) items.insert("");
  return items;
}

api::PolicyRule ParseRule(absl::string_view line) {
  if (line == "events") line = "create,update,patch core,events.k8s.io events";
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  DRYDOCK_CHECK(words.size() == 3 || words.size() == 4, line);
  api::PolicyRule rule;
  SetSorted(Verbs(words[0]), rule.mutable_verbs());
  if (words[1] == "url") {
    SetSorted(Items(words[2]), rule.mutable_non_resource_urls());
    return rule;
  }
  SetSorted(Items(words[1]), rule.mutable_api_groups());
  SetSorted(Items(words[2]), rule.mutable_resources());
  if (words.size() == 4) SetSorted(Items(words[3]), rule.mutable_resource_names());
  return rule;
}

void AddSubjects(absl::string_view text, Subjects* subjects) {
  for (const absl::string_view item : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(item, absl::MaxSplits(':', 1));
    api::rbacv1::Subject& subject = *subjects->Add();
    if (parts.first == "sa") {
      const std::pair<std::string, std::string> account = absl::StrSplit(parts.second, '/');
      subject.set_kind("ServiceAccount");
      subject.set_namespace_(account.first);
      subject.set_name(account.second);
      continue;
    }
    subject.set_kind(parts.first == "user" ? "User" : "Group");
    subject.set_api_group(kGroup);
    subject.set_name(std::string(parts.second));
  }
}

void SetMetadata(absl::string_view ns, absl::string_view name, api::metav1::ObjectMeta* metadata) {
  if (!ns.empty()) metadata->set_namespace_(std::string(ns));
  metadata->set_name(std::string(name));
  api::Set(metadata->mutable_annotations(), kAutoUpdate, "true");
  api::Set(metadata->mutable_labels(), "kubernetes.io/bootstrapping", "rbac-defaults");
}

void SetRoleRef(absl::string_view kind, absl::string_view name, api::RoleRef* ref) {
  ref->set_api_group(kGroup);
  ref->set_kind(std::string(kind));
  ref->set_name(std::string(name));
}

std::string AggregationLabel(absl::string_view role) {
  return absl::StrCat("rbac.authorization.k8s.io/aggregate-to-", role);
}

template <typename T>
void SetRules(absl::string_view text, T* role) {
  for (api::PolicyRule& rule : ParseRules(text)) *role->add_rules() = std::move(rule);
}

api::MessagePtr ClusterRole(const DefaultRole& row) {
  auto role = std::make_unique<api::ClusterRole>();
  SetMetadata("", row.name, role->mutable_metadata());
  SetRules(row.rules, role.get());
  if (row.aggregate_to != nullptr) {
    api::Set(role->mutable_metadata()->mutable_labels(), AggregationLabel(row.aggregate_to),
             "true");
  }
  if (row.aggregates != nullptr) {
    api::Set(role->mutable_aggregation_rule()->add_cluster_role_selectors()->mutable_match_labels(),
             AggregationLabel(row.aggregates), "true");
  }
  return role;
}

api::MessagePtr ClusterRoleBinding(absl::string_view role, absl::string_view bound_to) {
  auto binding = std::make_unique<api::ClusterRoleBinding>();
  SetMetadata("", role, binding->mutable_metadata());
  AddSubjects(bound_to, binding->mutable_subjects());
  SetRoleRef("ClusterRole", role, binding->mutable_role_ref());
  return binding;
}

api::MessagePtr Role(const NamespacedRole& row) {
  auto role = std::make_unique<api::Role>();
  SetMetadata(row.ns, row.name, role->mutable_metadata());
  SetRules(row.rules, role.get());
  return role;
}

api::MessagePtr RoleBinding(const NamespacedRole& row) {
  auto binding = std::make_unique<api::RoleBinding>();
  SetMetadata(row.ns, row.binding_name != nullptr ? row.binding_name : row.name,
              binding->mutable_metadata());
  AddSubjects(row.bound_to, binding->mutable_subjects());
  SetRoleRef("Role", row.name, binding->mutable_role_ref());
  return binding;
}

bool CompleteMetadata(const api::metav1::ObjectMeta& wanted, api::metav1::ObjectMeta* present) {
  bool changed = false;
  const auto add = [&changed](const api::StringMap& from, api::StringMap* to) {
    for (const api::StringEntry& entry : from) {
      if (api::Contains(*to, entry.key())) continue;
      api::Set(to, entry.key(), entry.value());
      changed = true;
    }
  };
  add(wanted.labels(), present->mutable_labels());
  add(wanted.annotations(), present->mutable_annotations());
  return changed;
}

bool CompleteRules(const Rules& wanted, Rules* present) {
  const PolicyRules missing = MissingFrom(PolicyRules(present->begin(), present->end()),
                                          PolicyRules(wanted.begin(), wanted.end()));
  for (api::PolicyRule& rule : Compact(missing)) *present->Add() = std::move(rule);
  return !missing.empty();
}

bool CompleteSubjects(const Subjects& wanted, Subjects* present) {
  bool changed = false;
  for (const api::rbacv1::Subject& subject : wanted) {
    const bool known =
        std::any_of(present->begin(), present->end(), [&](const api::rbacv1::Subject& other) {
          return other.kind() == subject.kind() && other.name() == subject.name() &&
                 other.namespace_() == subject.namespace_();
        });
    if (known) continue;
    *present->Add() = subject;
    changed = true;
  }
  return changed;
}

template <typename T>
bool CompleteSubjects(const google::protobuf::Message& wanted, google::protobuf::Message* present) {
  return CompleteSubjects(static_cast<const T&>(wanted).subjects(),
                          static_cast<T*>(present)->mutable_subjects());
}

}  // namespace

PolicyRules ParseRules(absl::string_view text) {
  PolicyRules rules;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    rules.push_back(ParseRule(line));
  }
  return rules;
}

std::vector<api::MessagePtr> DefaultPolicyObjects() {
  std::vector<api::MessagePtr> objects;
  for (const DefaultRole& row : DefaultClusterRoles()) objects.push_back(ClusterRole(row));
  for (const ControllerRole& row : ControllerRoles()) {
    const std::string name = absl::StrCat("system:controller:", row.name);
    objects.push_back(ClusterRole({.name = name.c_str(), .rules = row.rules}));
  }
  for (const NamespacedRole& row : DefaultNamespacedRoles()) objects.push_back(Role(row));
  for (const DefaultRole& row : DefaultClusterRoles()) {
    if (row.bound_to == nullptr) continue;
    objects.push_back(ClusterRoleBinding(row.name, row.bound_to));
  }
  for (const ControllerRole& row : ControllerRoles()) {
    objects.push_back(ClusterRoleBinding(
        absl::StrCat("system:controller:", row.name),
        absl::StrCat("sa:kube-system/", row.name, ",user:system:kube-controller-manager")));
  }
  for (const NamespacedRole& row : DefaultNamespacedRoles()) objects.push_back(RoleBinding(row));
  return objects;
}

bool Complete(const google::protobuf::Message& wanted, google::protobuf::Message* present) {
  const std::string* const wish = api::Find(api::MetadataOf(*present).annotations(), kAutoUpdate);
  if (wish != nullptr && *wish == "false") return false;
  bool changed = CompleteMetadata(api::MetadataOf(wanted), api::MutableMetadataOf(present));
  const google::protobuf::Descriptor* const type = wanted.GetDescriptor();
  if (type == api::ClusterRole::descriptor()) {
    const auto& from = static_cast<const api::ClusterRole&>(wanted);
    auto& to = static_cast<api::ClusterRole&>(*present);
    // The rules of a role that aggregates others are theirs.
    if (from.has_aggregation_rule()) {
      if (!to.has_aggregation_rule()) {
        *to.mutable_aggregation_rule() = from.aggregation_rule();
        changed = true;
      }
    } else {
      changed |= CompleteRules(from.rules(), to.mutable_rules());
    }
  } else if (type == api::Role::descriptor()) {
    changed |= CompleteRules(static_cast<const api::Role&>(wanted).rules(),
                             static_cast<api::Role*>(present)->mutable_rules());
  } else if (type == api::ClusterRoleBinding::descriptor()) {
    changed |= CompleteSubjects<api::ClusterRoleBinding>(wanted, present);
  } else {
    changed |= CompleteSubjects<api::RoleBinding>(wanted, present);
  }
  return changed;
}

}  // namespace drydock::apiserver

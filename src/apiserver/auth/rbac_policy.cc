// Facts: plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go.
#include "src/apiserver/auth/rbac_policy.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/status.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

constexpr char kGroup[] = "rbac.authorization.k8s.io";

using Subjects = google::protobuf::RepeatedPtrField<api::rbacv1::Subject>;

bool IsRoleBinding(const api::Object& binding) {
  return &binding.kind() == &api::KindOf<api::RoleBinding>();
}

const Subjects& SubjectsOf(const api::Object& binding) {
  if (IsRoleBinding(binding)) {
    return static_cast<const api::RoleBinding&>(binding.message()).subjects();
  }
  return static_cast<const api::ClusterRoleBinding&>(binding.message()).subjects();
}

const api::RoleRef& RoleRefOf(const api::Object& binding) {
  if (IsRoleBinding(binding)) {
    return static_cast<const api::RoleBinding&>(binding.message()).role_ref();
  }
  return static_cast<const api::ClusterRoleBinding&>(binding.message()).role_ref();
}

// The one that the subject means; empty for what is neither a user nor a group.
std::string HolderKey(const api::rbacv1::Subject& subject, absl::string_view binding_ns) {
  if (subject.kind() == "User" || subject.kind() == "Group") {
    return absl::StrCat(subject.kind(), ":", subject.name());
  }
  if (subject.kind() != "ServiceAccount") return "";
  const absl::string_view ns =
      subject.namespace_().empty() ? binding_ns : absl::string_view(subject.namespace_());
  return absl::StrCat("User:", ServiceAccountUser(ns, subject.name()));
}

std::string DescribeSubject(const api::rbacv1::Subject& subject, absl::string_view binding_ns) {
  if (subject.kind() != "ServiceAccount") {
    return absl::StrCat(subject.kind(), " \"", subject.name(), "\"");
  }
  const absl::string_view ns =
      subject.namespace_().empty() ? binding_ns : absl::string_view(subject.namespace_());
  return absl::StrCat("ServiceAccount \"", subject.name(), "/", ns, "\"");
}

const WatchCache& CacheOf(const ResourceTable& resources, const Cacher& cacher,
                          absl::string_view plural) {
  const Resource* const resource = resources.Find(kGroup, plural);
  DRYDOCK_CHECK(resource != nullptr, plural);
  return cacher.For(*resource);
}

std::tuple<absl::string_view, absl::string_view, int> OrderOf(const api::Object& binding,
                                                              int subject) {
  return {binding.metadata().namespace_(), binding.metadata().name(), subject};
}

}  // namespace

std::string ServiceAccountUser(absl::string_view ns, absl::string_view name) {
  return absl::StrCat("system:serviceaccount:", ns, ":", name);
}

RbacPolicy::RbacPolicy(const ResourceTable& resources, const Cacher& cacher)
    : roles_(CacheOf(resources, cacher, "roles")),
      cluster_roles_(CacheOf(resources, cacher, "clusterroles")) {
  for (const char* plural : {"rolebindings", "clusterrolebindings"}) {
    cacher.For(*resources.Find(kGroup, plural))
        .SetListener([this](const api::ObjectRef& before, const api::ObjectRef& after) {
          BindingChanged(before, after);
        });
  }
}

RbacPolicy::~RbacPolicy() = default;

void RbacPolicy::BindingChanged(const api::ObjectRef& before, const api::ObjectRef& after) {
  // All caches are emptied together, before any of them is filled.
  if (!before && !after) holders_.clear();
  if (before) Remove(before);
  if (after) Add(after);
}

void RbacPolicy::Add(const api::ObjectRef& binding) {
  const std::string& ns = binding->metadata().namespace_();
  const Subjects& subjects = SubjectsOf(*binding);
  for (int i = 0; i < subjects.size(); ++i) {
    const std::string key = HolderKey(subjects[i], ns);
    if (key.empty()) continue;
    std::unique_ptr<Holder>& holder = holders_[key];
    if (holder == nullptr) holder = std::make_unique<Holder>();
    Grants& grants = IsRoleBinding(*binding) ? holder->by_namespace[ns] : holder->cluster;
    const auto at = std::partition_point(grants.begin(), grants.end(), [&](const Grant& grant) {
      return OrderOf(*grant.binding, grant.subject) < OrderOf(*binding, i);
    });
    grants.insert(at, {.binding = binding, .subject = i});
  }
}

void RbacPolicy::Remove(const api::ObjectRef& binding) {
  const api::metav1::ObjectMeta& metadata = binding->metadata();
  for (const api::rbacv1::Subject& subject : SubjectsOf(*binding)) {
    const auto holder = holders_.find(HolderKey(subject, metadata.namespace_()));
    if (holder == holders_.end()) continue;
    const auto is_of_binding = [&](const Grant& grant) {
      return grant.binding->metadata().name() == metadata.name();
    };
    if (IsRoleBinding(*binding)) {
      const auto grants = holder->second->by_namespace.find(metadata.namespace_());
      if (grants == holder->second->by_namespace.end()) continue;
      std::erase_if(grants->second, is_of_binding);
      if (grants->second.empty()) holder->second->by_namespace.erase(grants);
    } else {
      std::erase_if(holder->second->cluster, is_of_binding);
    }
    if (holder->second->empty()) holders_.erase(holder);
  }
}

const google::protobuf::RepeatedPtrField<api::PolicyRule>* RbacPolicy::FindRules(
    const api::RoleRef& ref, absl::string_view ns) const {
  if (ref.kind() == "ClusterRole") {
    const api::ObjectRef role = cluster_roles_.GetBySuffix(ref.name());
    // The cache keeps the object.
    return role ? &static_cast<const api::ClusterRole&>(role->message()).rules() : nullptr;
  }
  if (ref.kind() == "Role") {
    const api::ObjectRef role = roles_.Get(ns, ref.name());
    return role ? &static_cast<const api::Role&>(role->message()).rules() : nullptr;
  }
  return nullptr;
}

bool RbacPolicy::VisitGrants(const Grants& grants, Visit visit,
                             std::vector<std::string>* missing) const {
  for (const Grant& grant : grants) {
    const api::RoleRef& ref = RoleRefOf(*grant.binding);
    const auto* const rules = FindRules(ref, grant.binding->metadata().namespace_());
    if (rules == nullptr) {
      if (missing != nullptr) {
        missing->push_back(absl::StrCat(ref.kind() == "Role" ? "role" : "clusterrole", ".", kGroup,
                                        " \"", ref.name(), "\" not found"));
      }
      continue;
    }
    for (const api::PolicyRule& rule : *rules) {
      if (!visit(grant, rule)) return false;
    }
  }
  return true;
}

bool RbacPolicy::VisitHolder(const std::string& key, absl::string_view ns, Visit visit,
                             std::vector<std::string>* missing) const {
  const auto holder = holders_.find(key);
  if (holder == holders_.end()) return true;
  if (!VisitGrants(holder->second->cluster, visit, missing)) return false;
  if (ns.empty()) return true;
  const auto grants = holder->second->by_namespace.find(ns);
  return grants == holder->second->by_namespace.end() ||
         VisitGrants(grants->second, visit, missing);
}

void RbacPolicy::VisitRules(const api::User& user, absl::string_view ns, Visit visit,
                            std::vector<std::string>* missing) const {
  if (!VisitHolder(absl::StrCat("User:", user.name), ns, visit, missing)) return;
  for (const std::string& group : user.groups) {
    if (!VisitHolder(absl::StrCat("Group:", group), ns, visit, missing)) return;
  }
}

bool RbacPolicy::Allows(const AccessAttributes& access, std::string* reason) const {
  const Grant* by = nullptr;
  std::vector<std::string> missing;
  // Namespaced rules are not for paths.
  VisitRules(
      access.user, access.is_path() ? "" : access.ns,
      [&](const Grant& grant, const api::PolicyRule& rule) {
        if (!RuleAllows(rule, access)) return true;
        by = &grant;
        return false;
      },
      reason != nullptr ? &missing : nullptr);
  if (reason == nullptr) return by != nullptr;
  if (by == nullptr) {
    const std::string list = absl::StrJoin(missing, ", ");
    *reason = missing.empty()       ? ""
              : missing.size() == 1 ? absl::StrCat("RBAC: ", list)
                                    : absl::StrCat("RBAC: [", list, "]");
    return false;
  }
  const api::Object& binding = *by->binding;
  const std::string& ns = binding.metadata().namespace_();
  const api::RoleRef& ref = RoleRefOf(binding);
  *reason = absl::StrCat("RBAC: allowed by ", binding.kind().kind, " \"", binding.metadata().name(),
                         ns.empty() ? "" : "/", ns, "\" of ", ref.kind(), " \"", ref.name(),
                         "\" to ", DescribeSubject(SubjectsOf(binding)[by->subject], ns));
  return true;
}

PolicyRules RbacPolicy::RulesFor(const api::User& user, absl::string_view ns) const {
  PolicyRules rules;
  VisitRules(
      user, ns,
      [&rules](const Grant&, const api::PolicyRule& rule) {
        rules.push_back(rule);
        return true;
      },
      nullptr);
  return rules;
}

absl::StatusOr<PolicyRules> RbacPolicy::RulesOf(const api::RoleRef& ref,
                                                absl::string_view ns) const {
  const auto* const rules = FindRules(ref, ns);
  if (rules == nullptr) {
    return api::NotFound(kGroup, ref.kind() == "Role" ? "role" : "clusterrole", ref.name());
  }
  return PolicyRules(rules->begin(), rules->end());
}

}  // namespace drydock::apiserver

// Facts: pkg/registry/rbac/*/policybased/storage.go and pkg/registry/rbac/escalation_check.go.
// There the check wraps the storage; as admission it sees patches and updates alike.
#include "src/apiserver/admission/rbac_escalation.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/message_bytes.h"
#include "src/api/status.h"
#include "src/apiserver/auth/default_policy.h"

namespace drydock::apiserver {
namespace {

constexpr char kGroup[] = "rbac.authorization.k8s.io";

template <typename List>
bool Same(const List& a, const List& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return api::SameContent(x, y); });
}

// An update that leaves alone what is granted, and to whom.
template <typename T>
bool SameRules(const Attributes& attributes) {
  return attributes.before != nullptr && Same(static_cast<const T&>(*attributes.object).rules(),
                                              static_cast<const T&>(*attributes.before).rules());
}

template <typename T>
bool SameBinding(const Attributes& attributes) {
  if (attributes.before == nullptr) return false;
  const auto& object = static_cast<const T&>(*attributes.object);
  const auto& before = static_cast<const T&>(*attributes.before);
  return api::SameContent(object.role_ref(), before.role_ref()) &&
         Same(object.subjects(), before.subjects());
}

template <typename T>
PolicyRules RulesIn(const google::protobuf::Message& role) {
  const auto& rules = static_cast<const T&>(role).rules();
  return {rules.begin(), rules.end()};
}

std::string QuotedList(const std::vector<std::string>& list) {
  return absl::StrCat("[",
                      absl::StrJoin(list, " ",
                                    [](std::string* out, const std::string& item) {
                                      absl::StrAppend(out, "\"", item, "\"");
                                    }),
                      "]");
}

const api::metav1::ObjectMeta& MetadataOf(const Attributes& attributes) {
  return api::MetadataOf(*attributes.object);
}

absl::Status Refuse(const Attributes& attributes, absl::string_view why) {
  return api::Forbidden(kGroup, attributes.resource.plural(), MetadataOf(attributes).name(), why);
}

}  // namespace

bool RbacEscalation::Handles(const Resource& resource, Operation operation,
                             absl::string_view subresource) const {
  return resource.group() == kGroup && operation != Operation::kDelete && subresource.empty();
}

absl::Status RbacEscalation::CheckHolds(const Attributes& attributes,
                                        const PolicyRules& rules) const {
  std::string incomplete;
  const PolicyRules missing =
      MissingFrom(authorizer_.RulesFor(attributes.user, attributes.ns, &incomplete), rules);
  if (missing.empty()) return absl::OkStatus();
  std::set<std::string> texts;
  for (const api::PolicyRule& rule : Compact(missing)) texts.insert(CompactString(rule));
  return Refuse(attributes,
                absl::StrCat("user \"", attributes.user.name,
                             "\" (groups=", QuotedList(attributes.user.groups),
                             ") is attempting to grant RBAC permissions not currently held:\n",
                             absl::StrJoin(texts, "\n")));
}

absl::Status RbacEscalation::CheckRole(const Attributes& attributes,
                                       const PolicyRules& rules) const {
  const AccessAttributes escalate{.user = attributes.user,
                                  .verb = "escalate",
                                  .ns = attributes.ns,
                                  .group = kGroup,
                                  .resource = attributes.resource.plural(),
                                  .name = MetadataOf(attributes).name()};
  if (authorizer_.Allows(escalate, nullptr)) return absl::OkStatus();
  return CheckHolds(attributes, rules);
}

absl::Status RbacEscalation::CheckClusterRole(const Attributes& attributes) const {
  const auto& role = static_cast<const api::ClusterRole&>(*attributes.object);
  const auto* const before = static_cast<const api::ClusterRole*>(attributes.before);
  const bool aggregates =
      role.has_aggregation_rule() || (before != nullptr && before->has_aggregation_rule());
  if (before != nullptr && SameRules<api::ClusterRole>(attributes) &&
      api::SameContent(role.aggregation_rule(), before->aggregation_rule())) {
    return absl::OkStatus();
  }
  if (aggregates && !CheckRole(attributes, ParseRules("* * *\n* url *")).ok()) {
    return Refuse(attributes, "must have cluster-admin privileges to use an aggregationRule");
  }
  return CheckRole(attributes, RulesIn<api::ClusterRole>(role));
}

absl::Status RbacEscalation::CheckBinding(const Attributes& attributes,
                                          const api::RoleRef& ref) const {
  const bool cluster_role = ref.kind() == "ClusterRole";
  const AccessAttributes bind{.user = attributes.user,
                              .verb = "bind",
                              .ns = attributes.ns,
                              .group = kGroup,
                              .resource = cluster_role ? "clusterroles" : "roles",
                              .name = ref.name()};
  if (authorizer_.Allows(bind, nullptr)) return absl::OkStatus();
  const absl::StatusOr<PolicyRules> rules = authorizer_.rbac()->RulesOf(ref, attributes.ns);
  if (!rules.ok()) return rules.status();
  return CheckHolds(attributes, *rules);
}

absl::Status RbacEscalation::Validate(const Attributes& attributes) {
  if (IsInGroup(attributes.user, kMastersGroup)) return absl::OkStatus();
  const google::protobuf::Message& object = *attributes.object;
  const absl::string_view plural = attributes.resource.plural();
  if (plural == "clusterroles") return CheckClusterRole(attributes);
  if (plural == "roles") {
    if (SameRules<api::Role>(attributes)) return absl::OkStatus();
    return CheckRole(attributes, RulesIn<api::Role>(object));
  }
  if (plural == "rolebindings") {
    if (SameBinding<api::RoleBinding>(attributes)) return absl::OkStatus();
    return CheckBinding(attributes, static_cast<const api::RoleBinding&>(object).role_ref());
  }
  if (SameBinding<api::ClusterRoleBinding>(attributes)) return absl::OkStatus();
  return CheckBinding(attributes, static_cast<const api::ClusterRoleBinding&>(object).role_ref());
}

}  // namespace drydock::apiserver

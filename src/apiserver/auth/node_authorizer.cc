// Facts: plugin/pkg/auth/authorizer/node/node_authorizer.go.
#include "src/apiserver/auth/node_authorizer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/selectors.h"
#include "src/apiserver/auth/default_policy.h"
#include "src/apiserver/auth/default_policy_table.h"
#include "src/apiserver/auth/pod_references.h"
#include "src/apiserver/selection.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

constexpr absl::string_view kPrefix = "system:node:";
constexpr char kNodeLeases[] = "kube-node-lease";

const Resource& Pods(const ResourceTable& resources) {
  const Resource* const pods = resources.Find("", "pods");
  DRYDOCK_CHECK(pods != nullptr, "pods");
  return *pods;
}

bool IsOneOf(absl::string_view verb, absl::string_view verbs) {
  const std::vector<absl::string_view> all = absl::StrSplit(verbs, ',');
  return std::find(all.begin(), all.end(), verb) != all.end();
}

// Whether a list or a watch is of objects alone whose `field` is `value`.
bool Selects(const AccessAttributes& access, absl::string_view field, absl::string_view value) {
  const absl::StatusOr<api::FieldSelector> selector =
      api::FieldSelector::Parse(access.field_selector);
  return selector.ok() && selector->RequiredValue(field) == value;
}

}  // namespace

std::optional<absl::string_view> NodeOf(const api::User& user) {
  if (!IsInGroup(user, "system:nodes")) return std::nullopt;
  const absl::string_view name = user.name;
  return absl::StartsWith(name, kPrefix) ? name.substr(kPrefix.size()) : "";
}

NodeAuthorizer::NodeAuthorizer(const ResourceTable& resources, const Cacher& cacher)
    : pod_resource_(Pods(resources)),
      pods_(cacher.For(pod_resource_)),
      rules_(ParseRules(kNodeRules)) {}

bool NodeAuthorizer::Allows(const AccessAttributes& access, std::string* reason) const {
  const std::optional<absl::string_view> node = NodeOf(access.user);
  if (!node.has_value()) return false;
  std::string refusal;
  if (node->empty()) {
    refusal = absl::StrCat("unknown node for user \"", access.user.name, "\"");
  } else {
    refusal = Refusal(std::string(*node), access);
  }
  const bool allowed = refusal.empty();
  if (reason != nullptr) *reason = std::move(refusal);
  return allowed;
}

bool NodeAuthorizer::AnyPodOf(const std::string& node, absl::string_view ns, Test test) const {
  const absl::StatusOr<Selection> selection =
      Selection::Parse(pod_resource_, std::string(ns), "", absl::StrCat("spec.nodeName=", node));
  if (!selection.ok()) return false;
  for (const api::ObjectRef& pod : pods_.List(*selection, 0).objects) {
    if (test(static_cast<const api::Pod&>(pod->message()))) return true;
  }
  return false;
}

std::string NodeAuthorizer::RefuseReferenced(const std::string& node,
                                             const AccessAttributes& access,
                                             absl::string_view verbs, Test test) const {
  if (!IsOneOf(access.verb, verbs)) {
    return absl::StrCat("cannot ", access.verb, " ", access.resource,
                        access.subresource.empty() ? "" : "/", access.subresource);
  }
  if (access.name.empty() || access.ns.empty()) return "No Object name found";
  if (!AnyPodOf(node, access.ns, test)) {
    return absl::StrCat("no relationship found between node '", node, "' and this object");
  }
  return "";
}

std::string NodeAuthorizer::RefuseOwn(const std::string& node,
                                      const AccessAttributes& access) const {
  const bool collection = access.verb == "list" || access.verb == "watch";
  // A kubelet makes its own Node; which one that is, admission sees.
  if (access.verb == "create" && access.subresource.empty()) return "";
  if (!IsOneOf(access.verb, "get,list,watch,update,patch") ||
      (!access.subresource.empty() && access.subresource != "status")) {
    return absl::StrCat("cannot ", access.verb, " ", access.resource);
  }
  if (access.name == node || (collection && Selects(access, "metadata.name", node))) return "";
  if (IsOneOf(access.verb, "get,list,watch")) {
    return absl::StrCat("node '", node, "' cannot read '", access.name,
                        "', only its own Node object");
  }
  return absl::StrCat("node '", node, "' is not allowed to modify node '", access.name, "'");
}

std::string NodeAuthorizer::RefusePod(const std::string& node,
                                      const AccessAttributes& access) const {
  const bool whole = access.subresource.empty();
  if (whole && (access.verb == "list" || access.verb == "watch")) {
    if (Selects(access, "spec.nodeName", node)) return "";
    return "can only list/watch pods with spec.nodeName field selector";
  }
  // Mirror pods are made by kubelets; admission looks at what they are.
  if (whole && access.verb == "create") return "";
  const bool allowed = (whole && IsOneOf(access.verb, "get,delete")) ||
                       (access.subresource == "status" && IsOneOf(access.verb, "update,patch")) ||
                       (access.subresource == "eviction" && access.verb == "create");
  if (!allowed) {
    return absl::StrCat("cannot ", access.verb, " ", access.resource, whole ? "" : "/",
                        access.subresource);
  }
  const api::ObjectRef pod = pods_.Get(access.ns, access.name);
  if (pod && static_cast<const api::Pod&>(pod->message()).spec().node_name() == node) return "";
  return absl::StrCat("no relationship found between node '", node, "' and this object");
}

std::string NodeAuthorizer::RefuseLease(const std::string& node,
                                        const AccessAttributes& access) const {
  if (!IsOneOf(access.verb, "get,create,update,patch,delete")) {
    return "can only get, create, update, patch, or delete a node lease";
  }
  if (access.ns != kNodeLeases) {
    return absl::StrCat("can only access leases in the \"", kNodeLeases, "\" system namespace");
  }
  if (access.verb != "create" && access.name != node) {
    return "can only access node lease with the same name as the requesting node";
  }
  return "";
}

std::string NodeAuthorizer::Refusal(const std::string& node, const AccessAttributes& access) const {
  const absl::string_view name = access.name;
  const bool core = !access.is_path() && access.group.empty();
  if (core && access.resource == "secrets") {
    return RefuseReferenced(node, access, "get,list,watch",
                            [&](const api::Pod& pod) { return NamesSecret(pod, name); });
  }
  if (core && access.resource == "configmaps") {
    return RefuseReferenced(node, access, "get,list,watch",
                            [&](const api::Pod& pod) { return NamesConfigMap(pod, name); });
  }
  if (core && access.resource == "persistentvolumeclaims") {
    return RefuseReferenced(node, access,
                            access.subresource == "status" ? "get,update,patch" : "get",
                            [&](const api::Pod& pod) { return NamesClaim(pod, name); });
  }
  if (core && access.resource == "serviceaccounts") {
    return RefuseReferenced(node, access, access.subresource == "token" ? "create" : "get",
                            [&](const api::Pod& pod) { return ServiceAccountOf(pod) == name; });
  }
  if (core && access.resource == "nodes") return RefuseOwn(node, access);
  if (core && access.resource == "pods") return RefusePod(node, access);
  if (access.group == "coordination.k8s.io" && access.resource == "leases") {
    return RefuseLease(node, access);
  }
  if (access.group == "storage.k8s.io" && access.resource == "csinodes" &&
      access.verb != "create" && name != node) {
    return "can only access CSINode with the same name as the requesting node";
  }
  for (const api::PolicyRule& rule : rules_) {
    if (RuleAllows(rule, access)) return "";
  }
  return absl::StrCat("cannot ", access.verb, " ",
                      access.is_path() ? access.path : access.resource);
}

}  // namespace drydock::apiserver

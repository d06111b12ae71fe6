// The roles and bindings that every cluster has, as text. See default_policy.h.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_DEFAULT_POLICY_TABLE_H_
#define DRYDOCK_SRC_APISERVER_AUTH_DEFAULT_POLICY_TABLE_H_

#include "absl/types/span.h"

namespace drydock::apiserver {

struct DefaultRole {
  const char* name;
  // Rules, one a line: VERBS GROUPS RESOURCES [NAMES], or VERBS url PATHS. Lists are separated
  // by commas; "core" is the group without a name; "read", "write", "readwrite" and
  // "readupdate" stand for several verbs, "events" alone for the rule of who writes events.
  const char* rules;
  // Whom it is bound to, separated by commas: "user:NAME", "group:NAME", "sa:NAMESPACE/NAME".
  // Null: there is no binding; empty: one of nobody.
  const char* bound_to = nullptr;
  const char* aggregate_to = nullptr;  // The role that it is part of.
  const char* aggregates = nullptr;    // Its rules are those of the roles that are part of this.
};

absl::Span<const DefaultRole> DefaultClusterRoles();

// "system:controller:NAME", bound to the service account NAME of kube-system and to the user
// system:kube-controller-manager, under which all controllers of this process run.
struct ControllerRole {
  const char* name;
  const char* rules;
};
absl::Span<const ControllerRole> ControllerRoles();

struct NamespacedRole {
  const char* ns;
  const char* name;
  const char* rules;
  const char* bound_to = nullptr;
  const char* binding_name = nullptr;  // Null: the role's.
};
absl::Span<const NamespacedRole> DefaultNamespacedRoles();

// What a kubelet may do beside what the Node authorizer decides object by object; the role
// system:node has these rules, too.
extern const char kNodeRules[];

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_DEFAULT_POLICY_TABLE_H_

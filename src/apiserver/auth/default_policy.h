// The roles and bindings that every cluster has: made at start where they are missing, and
// completed where they lack something, unless their annotation
// rbac.authorization.kubernetes.io/autoupdate is "false".
#ifndef DRYDOCK_SRC_APISERVER_AUTH_DEFAULT_POLICY_H_
#define DRYDOCK_SRC_APISERVER_AUTH_DEFAULT_POLICY_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/message_ptr.h"
#include "src/apiserver/auth/policy_rules.h"

namespace drydock::apiserver {

// ClusterRoles, then Roles, then bindings of both.
std::vector<api::MessagePtr> DefaultPolicyObjects();

// Rules in the form of default_policy_table.h. REQUIRES: they are right.
PolicyRules ParseRules(absl::string_view text);

// Adds to `present` what `wanted` has beyond it: labels, annotations, permissions or subjects.
// Both are of one kind. False when there is nothing to add, or nothing may be added.
bool Complete(const google::protobuf::Message& wanted, google::protobuf::Message* present);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_DEFAULT_POLICY_H_

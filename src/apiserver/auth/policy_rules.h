// What a rule of a role allows, and whether some rules together allow all that others do.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_POLICY_RULES_H_
#define DRYDOCK_SRC_APISERVER_AUTH_POLICY_RULES_H_

#include <string>
#include <vector>

#include "src/api/rbac_v1.h"
#include "src/apiserver/auth/access.h"

namespace drydock::apiserver {

using PolicyRules = std::vector<api::PolicyRule>;

bool RuleAllows(const api::PolicyRule& rule, const AccessAttributes& access);

// The single permissions of `wanted` that `held` does not have; empty when it has them all.
// Each is one verb on one resource (with one name) or path.
PolicyRules MissingFrom(const PolicyRules& held, const PolicyRules& wanted);

// Merges single permissions on one resource into one rule with several verbs.
PolicyRules Compact(const PolicyRules& permissions);

// `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`
std::string CompactString(const api::PolicyRule& rule);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_POLICY_RULES_H_

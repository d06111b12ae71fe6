// Nobody grants what they do not have: who writes a role must hold its permissions, who writes
// a binding those of its role, unless they may "escalate" or "bind" it.
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_RBAC_ESCALATION_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_RBAC_ESCALATION_H_

#include "src/api/rbac_v1.h"
#include "src/apiserver/admission/admission.h"
#include "src/apiserver/auth/authorizer_chain.h"
#include "src/apiserver/auth/policy_rules.h"

namespace drydock::apiserver {

class RbacEscalation final : public AdmissionPlugin {
 public:
  // Outlives the plugin. REQUIRES: RBAC is on.
  explicit RbacEscalation(const AuthorizerChain& authorizer) : authorizer_(authorizer) {}

  bool Handles(const Resource& resource, Operation operation,
               absl::string_view subresource) const override;
  absl::Status Validate(const Attributes& attributes) override;

 private:
  absl::Status CheckRole(const Attributes& attributes, const PolicyRules& rules) const;
  absl::Status CheckClusterRole(const Attributes& attributes) const;
  absl::Status CheckBinding(const Attributes& attributes, const api::RoleRef& ref) const;
  // Forbidden unless the user holds all of the rules.
  absl::Status CheckHolds(const Attributes& attributes, const PolicyRules& rules) const;

  const AuthorizerChain& authorizer_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_RBAC_ESCALATION_H_

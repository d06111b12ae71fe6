// The authorizers that are switched on, one after another.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_AUTHORIZER_CHAIN_H_
#define DRYDOCK_SRC_APISERVER_AUTH_AUTHORIZER_CHAIN_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "src/apiserver/auth/access.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/auth/node_authorizer.h"
#include "src/apiserver/auth/policy_rules.h"
#include "src/apiserver/auth/rbac_policy.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

class AuthorizerChain final : public Authorizer {
 public:
  // Both outlive the chain; the caches are empty as yet.
  AuthorizerChain(const ResourceTable& resources, const Cacher& cacher,
                  const AccessOptions& options);

  // Everything, when no authorizer is switched on; the group system:masters may always.
  bool Allows(const AccessAttributes& access, std::string* reason) const override;
  bool allows_everything() const { return rbac_ == nullptr && node_ == nullptr; }

  // All rules that are known to apply to the user in `ns`. `incomplete` gets to know what
  // keeps others from being known; empty when nothing does.
  PolicyRules RulesFor(const api::User& user, absl::string_view ns, std::string* incomplete) const;

  const RbacPolicy* rbac() const { return rbac_.get(); }
  bool has_node() const { return node_ != nullptr; }

 private:
  std::unique_ptr<NodeAuthorizer> node_;
  std::unique_ptr<RbacPolicy> rbac_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_AUTHORIZER_CHAIN_H_

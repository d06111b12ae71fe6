#include "src/apiserver/auth/authorizer_chain.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/apiserver/auth/default_policy.h"

namespace drydock::apiserver {

AuthorizerChain::AuthorizerChain(const ResourceTable& resources, const Cacher& cacher,
                                 const AccessOptions& options) {
  if (options.node) node_ = std::make_unique<NodeAuthorizer>(resources, cacher);
  if (options.rbac) rbac_ = std::make_unique<RbacPolicy>(resources, cacher);
}

bool AuthorizerChain::Allows(const AccessAttributes& access, std::string* reason) const {
  if (allows_everything() || IsInGroup(access.user, kMastersGroup)) return true;
  std::string refusals;
  for (const Authorizer* one :
       {static_cast<const Authorizer*>(node_.get()), static_cast<const Authorizer*>(rbac_.get())}) {
    if (one == nullptr) continue;
    std::string why;
    if (one->Allows(access, reason != nullptr ? &why : nullptr)) {
      if (reason != nullptr) *reason = std::move(why);
      return true;
    }
    if (!why.empty()) absl::StrAppend(&refusals, refusals.empty() ? "" : "\n", why);
  }
  if (reason != nullptr) *reason = std::move(refusals);
  return false;
}

PolicyRules AuthorizerChain::RulesFor(const api::User& user, absl::string_view ns,
                                      std::string* incomplete) const {
  PolicyRules rules;
  if (allows_everything() || IsInGroup(user, kMastersGroup)) {
    rules = ParseRules("* * *\n* url *");
  }
  if (node_ != nullptr && NodeOf(user).has_value()) {
    *incomplete = "node authorizer does not support user rule resolution";
  }
  if (rbac_ == nullptr) return rules;
  for (api::PolicyRule& rule : rbac_->RulesFor(user, ns)) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace drydock::apiserver

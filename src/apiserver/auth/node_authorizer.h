// What kubelets may do: write their own Node and Lease, act on the pods that are bound to them,
// and read what those pods name.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_NODE_AUTHORIZER_H_
#define DRYDOCK_SRC_APISERVER_AUTH_NODE_AUTHORIZER_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "src/api/core/v1/pod.h"
#include "src/apiserver/auth/access.h"
#include "src/apiserver/auth/policy_rules.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"
#include "src/apiserver/watch_cache.h"

namespace drydock::apiserver {

// The node whose kubelet the user is: system:node:NAME in the group system:nodes. Empty for
// one of the group without such a name, nullopt for everybody else.
std::optional<absl::string_view> NodeOf(const api::User& user);

class NodeAuthorizer final : public Authorizer {
 public:
  // Both outlive the authorizer.
  NodeAuthorizer(const ResourceTable& resources, const Cacher& cacher);

  bool Allows(const AccessAttributes& access, std::string* reason) const override;

 private:
  using Test = absl::FunctionRef<bool(const api::Pod& pod)>;

  // Empty: allowed.
  std::string Refusal(const std::string& node, const AccessAttributes& access) const;
  std::string RefuseOwn(const std::string& node, const AccessAttributes& access) const;
  std::string RefusePod(const std::string& node, const AccessAttributes& access) const;
  std::string RefuseLease(const std::string& node, const AccessAttributes& access) const;
  // `test`: whether a pod names the object.
  std::string RefuseReferenced(const std::string& node, const AccessAttributes& access,
                               absl::string_view verbs, Test test) const;
  bool AnyPodOf(const std::string& node, absl::string_view ns, Test test) const;

  const Resource& pod_resource_;
  const WatchCache& pods_;
  const PolicyRules rules_;  // For everything that is not decided object by object.
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_NODE_AUTHORIZER_H_

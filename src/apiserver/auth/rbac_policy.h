// Roles and their bindings: who may do what (rbac.authorization.k8s.io).
//
// Bindings are indexed by their subjects as they come and go, so that a request costs the
// rules of those who ask, however many bindings there are of others; roles are read from
// the watch cache.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_RBAC_POLICY_H_
#define DRYDOCK_SRC_APISERVER_AUTH_RBAC_POLICY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/object.h"
#include "src/api/rbac_v1.h"
#include "src/apiserver/auth/access.h"
#include "src/apiserver/auth/policy_rules.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"
#include "src/apiserver/watch_cache.h"

namespace drydock::apiserver {

// "system:serviceaccount:default:builder"
std::string ServiceAccountUser(absl::string_view ns, absl::string_view name);

class RbacPolicy final : public Authorizer {
 public:
  // Listens to both kinds of bindings. Both outlive the policy; the caches are empty as yet.
  RbacPolicy(const ResourceTable& resources, const Cacher& cacher);
  RbacPolicy(const RbacPolicy&) = delete;
  RbacPolicy& operator=(const RbacPolicy&) = delete;
  ~RbacPolicy() override;

  bool Allows(const AccessAttributes& access, std::string* reason) const override;

  // Every rule that applies to the user in `ns`, those of the cluster included.
  PolicyRules RulesFor(const api::User& user, absl::string_view ns) const;

  // The rules of the role that a binding in `ns` refers to. NotFound when there is none.
  absl::StatusOr<PolicyRules> RulesOf(const api::RoleRef& ref, absl::string_view ns) const;

 private:
  // A subject's part in a binding.
  struct Grant {
    api::ObjectRef binding;
    int subject = 0;  // Which of the binding's.
  };
  using Grants = std::vector<Grant>;  // By namespace and name of the binding.
  // All that is bound to one user or group.
  struct Holder {
    Grants cluster;
    absl::flat_hash_map<std::string, Grants> by_namespace;  // Looked up, never iterated.
    bool empty() const { return cluster.empty() && by_namespace.empty(); }
  };
  // False from `visit` ends it.
  using Visit = absl::FunctionRef<bool(const Grant& grant, const api::PolicyRule& rule)>;

  void BindingChanged(const api::ObjectRef& before, const api::ObjectRef& after);
  void Add(const api::ObjectRef& binding);
  void Remove(const api::ObjectRef& binding);
  // Gives the rules of everything that is bound to the user; `missing`, unless it is null,
  // gets the roles that are not there.
  void VisitRules(const api::User& user, absl::string_view ns, Visit visit,
                  std::vector<std::string>* missing) const;
  bool VisitGrants(const Grants& grants, Visit visit, std::vector<std::string>* missing) const;
  bool VisitHolder(const std::string& key, absl::string_view ns, Visit visit,
                   std::vector<std::string>* missing) const;
  const google::protobuf::RepeatedPtrField<api::PolicyRule>* FindRules(const api::RoleRef& ref,
                                                                       absl::string_view ns) const;

  const WatchCache& roles_;
  const WatchCache& cluster_roles_;
  // By "User:jane" or "Group:dev". Looked up, never iterated.
  absl::flat_hash_map<std::string, std::unique_ptr<Holder>> holders_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_RBAC_POLICY_H_

// Keeps what authorisation rests on: the default roles and bindings, the rules of ClusterRoles
// that aggregate others, and the service account "default" of each namespace.
//
// In Kubernetes these are a start-up hook of kube-apiserver and two controllers. Here they
// are part of the API server: without them it would not know what to allow.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_POLICY_KEEPER_H_
#define DRYDOCK_SRC_APISERVER_AUTH_POLICY_KEEPER_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/api/object.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/registry/registry.h"
#include "src/apiserver/resource.h"
#include "src/rt/executor.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::apiserver {

class PolicyKeeper {
 public:
  // All outlive the keeper; the caches are empty as yet.
  PolicyKeeper(rt::Executor& executor, const ResourceTable& resources, Cacher& cacher,
               Registry& registry, const AccessOptions& options);
  PolicyKeeper(const PolicyKeeper&) = delete;
  PolicyKeeper& operator=(const PolicyKeeper&) = delete;

  // Brings everything in order; at start, before anybody is served.
  rt::Task<absl::Status> Establish();
  // Keeps it so until destroyed.
  rt::Task<> Run();

 private:
  rt::Task<absl::Status> EstablishDefaults();
  // Makes the object, or completes the one that there is.
  rt::Task<absl::Status> Ensure(api::ObjectRef wanted);
  rt::Task<absl::Status> Aggregate();
  rt::Task<absl::Status> MakeServiceAccounts();
  rt::Task<absl::Status> MakeServiceAccount(const std::string& ns);
  rt::Task<absl::Status> Write(api::Verb verb, api::ObjectRef object);
  // All that is written is in the caches.
  rt::Task<absl::Status> Settle();
  bool idle() const { return !roles_changed_ && namespaces_.empty(); }

  rt::Executor& executor_;
  const ResourceTable& resources_;
  Cacher& cacher_;
  Registry& registry_;
  const bool rbac_;
  const bool service_accounts_;
  bool roles_changed_ = false;
  std::set<std::string> namespaces_;  // To be looked at: as many as there are, at most.
  int64_t written_ = 0;               // The newest revision of what was written here.
  rt::Signal changed_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_POLICY_KEEPER_H_

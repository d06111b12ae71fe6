// Who asks, and what they may do: the API server's authentication and authorisation.
//
// Requests of components in the same process come with their user; the HTTP front finds out
// by certificates, or asks here about bearer tokens and about impersonation.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_ACCESS_CONTROL_H_
#define DRYDOCK_SRC_APISERVER_AUTH_ACCESS_CONTROL_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/apiserver/auth/access.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/auth/authorizer_chain.h"
#include "src/apiserver/auth/rbac_policy.h"
#include "src/apiserver/auth/token_authenticator.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"
#include "src/rt/env.h"

namespace drydock::apiserver {

class AccessControl {
 public:
  // All outlive it; the caches are empty as yet.
  AccessControl(rt::Env& env, const ResourceTable& resources, const Cacher& cacher,
                const AccessOptions& options);

  // OK, or Forbidden.
  absl::Status Authorize(const api::Request& request) const;
  // The same for the creation that an update, or an apply, may turn out to be.
  absl::Status AuthorizeCreation(const api::Request& request) const;
  // Of what is no resource: health, version, discovery, metrics. `verb` is HTTP's method in
  // lower case.
  absl::Status AuthorizePath(const api::User& user, absl::string_view verb,
                             absl::string_view path) const;

  // The user of a bearer token; "Unauthorized" when it is nobody's.
  absl::StatusOr<api::User> Authenticate(absl::string_view token);
  // The user that `by` asks to act as: `wanted`, completed by the groups that everybody has.
  // Forbidden unless `by` may impersonate each part of it.
  absl::StatusOr<api::User> Impersonate(const api::User& by, api::User wanted) const;

  // Whether `request` is answered here and not by the registry: a review, or a token request.
  static bool Serves(const api::Request& request);
  // The object to answer with. REQUIRES: Serves(request).
  absl::StatusOr<api::ObjectRef> Serve(const api::Request& request);

  const AuthorizerChain& authorizer() const { return authorizer_; }
  // Null when roles have no say.
  const RbacPolicy* rbac() const { return authorizer_.rbac(); }
  // Null when the server signs no tokens.
  const ServiceAccountTokens* service_accounts() const { return tokens_.service_accounts(); }

 private:
  absl::Status Check(const AccessAttributes& access) const;

  const AuthorizerChain authorizer_;
  TokenAuthenticator tokens_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_ACCESS_CONTROL_H_

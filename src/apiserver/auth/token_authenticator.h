// Who a bearer token stands for: one of the static tokens, a service account, or a bootstrap
// token (a Secret of type bootstrap.kubernetes.io/token in kube-system).
#ifndef DRYDOCK_SRC_APISERVER_AUTH_TOKEN_AUTHENTICATOR_H_
#define DRYDOCK_SRC_APISERVER_AUTH_TOKEN_AUTHENTICATOR_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/auth/service_account_tokens.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"
#include "src/rt/env.h"

namespace drydock::apiserver {

class TokenAuthenticator {
 public:
  // All outlive it.
  TokenAuthenticator(rt::Env& env, const ResourceTable& resources, const Cacher& cacher,
                     const AccessOptions& options);

  // The user is in the group system:authenticated. An error: nobody's, with why. `audiences`:
  // whom the token is shown to; the server itself when it is empty.
  absl::StatusOr<TokenUser> Authenticate(absl::string_view token,
                                         std::vector<std::string> audiences);

  // Null when tokens are not signed here.
  ServiceAccountTokens* service_accounts() const { return service_accounts_.get(); }

 private:
  std::optional<api::User> BootstrapUser(absl::string_view token) const;

  rt::Env& env_;
  const WatchCache& secrets_;
  const AccessOptions& options_;
  std::unique_ptr<ServiceAccountTokens> service_accounts_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_TOKEN_AUTHENTICATOR_H_

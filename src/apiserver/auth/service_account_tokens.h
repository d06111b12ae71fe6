// Tokens of service accounts: JSON Web Tokens that the server signs, for an audience and a
// time, and that end with the service account or the pod that they are bound to.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_SERVICE_ACCOUNT_TOKENS_H_
#define DRYDOCK_SRC_APISERVER_AUTH_SERVICE_ACCOUNT_TOKENS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/authentication_v1.h"
#include "src/api/codec/tree.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/cacher.h"
#include "src/apiserver/resource.h"
#include "src/rt/env.h"
#include "src/rt/random.h"

namespace drydock::apiserver {

// Who a token stands for, and for which of the asked audiences.
struct TokenUser {
  api::User user;
  std::vector<std::string> audiences;
};

class ServiceAccountTokens {
 public:
  // All outlive it. REQUIRES: options.signer.
  ServiceAccountTokens(rt::Env& env, const ResourceTable& resources, const Cacher& cacher,
                       const AccessOptions& options);

  // serviceaccounts/token: the TokenRequest with its token.
  absl::StatusOr<api::ObjectRef> Issue(const api::Request& request);

  // Nullopt for what is no token of ours; an error for one that is not valid (any more).
  absl::StatusOr<std::optional<TokenUser>> Authenticate(absl::string_view token,
                                                        const std::vector<std::string>& audiences);

  // The documents of OpenID Connect discovery; `server` is the URL of this server.
  std::string Configuration(absl::string_view server) const;
  std::string KeySet() const;

 private:
  // What a token is bound to beside its service account: claim name, and the object.
  struct Bound {
    std::string claim;  // "pod"
    std::string name;
    std::string uid;
    std::string node;  // Of a pod.
  };

  absl::Status CheckSpec(const api::authenticationv1::TokenRequestSpec& spec) const;
  absl::StatusOr<std::optional<Bound>> BoundObject(
      const api::Request& request, const api::authenticationv1::TokenRequestSpec& spec) const;
  absl::StatusOr<std::string> Signed(const api::Value& claims) const;
  // The claims of a token whose signature is right.
  absl::StatusOr<api::Value> Claims(absl::string_view token);
  absl::Status CheckBound(const api::Value& claims, const std::string& ns, api::User* user) const;
  // Null when there is none.
  api::ObjectRef Find(absl::string_view plural, absl::string_view ns, absl::string_view name) const;
  absl::Time Now() const;

  rt::Env& env_;
  const ResourceTable& resources_;
  const Cacher& cacher_;
  const AccessOptions& options_;
  rt::Random random_;
  // Tokens whose signatures have been verified: verifying one takes longer than all the rest
  // of a small request. Emptied when it is full. Looked up, never iterated.
  absl::flat_hash_map<std::string, api::Value> verified_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_SERVICE_ACCOUNT_TOKENS_H_

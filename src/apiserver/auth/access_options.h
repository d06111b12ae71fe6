// How an API server knows who asks, and decides what they may do.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_ACCESS_OPTIONS_H_
#define DRYDOCK_SRC_APISERVER_AUTH_ACCESS_OPTIONS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/request.h"
#include "src/apiserver/auth/token_signer.h"

namespace drydock::apiserver {

struct AccessOptions {
  // --authorization-mode. With neither of them everybody may do everything.
  bool node = false;
  bool rbac = false;
  // Whether each namespace gets its service account "default".
  bool default_service_accounts = false;
  // Signs and verifies service account tokens; outlives the server. Null: there are none.
  const TokenSigner* signer = nullptr;
  // Who signs, and whom tokens are for that do not say.
  std::string issuer = "https://kubernetes.default.svc.cluster.local";
  // --token-auth-file: users by their tokens.
  std::map<std::string, api::User, std::less<>> static_tokens;
};

// `text` is that of a --token-auth-file: TOKEN,USER,UID[,"GROUP,GROUP"] on each line.
absl::StatusOr<std::map<std::string, api::User, std::less<>>> ParseTokenFile(
    absl::string_view text);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_ACCESS_OPTIONS_H_

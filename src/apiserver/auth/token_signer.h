// The key that service account tokens are signed with (JWS, RFC 7515).
#ifndef DRYDOCK_SRC_APISERVER_AUTH_TOKEN_SIGNER_H_
#define DRYDOCK_SRC_APISERVER_AUTH_TOKEN_SIGNER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::apiserver {

class TokenSigner {
 public:
  virtual ~TokenSigner() = default;
  virtual std::string algorithm() const = 0;  // "ES256"
  virtual std::string key_id() const = 0;
  // The public key as a JSON Web Key: what others verify tokens with.
  virtual std::string PublicJwk() const = 0;
  // The bytes of the signature, in the form of JWS.
  virtual absl::StatusOr<std::string> Sign(absl::string_view text) const = 0;
  virtual bool Verify(absl::string_view text, absl::string_view signature) const = 0;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_TOKEN_SIGNER_H_

// The key that service account tokens are signed with: P-256, ES256 (RFC 7518).
#ifndef DRYDOCK_REAL_PKI_TOKEN_KEY_H_
#define DRYDOCK_REAL_PKI_TOKEN_KEY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/apiserver/auth/token_signer.h"

namespace drydock::real {

// A new private key, in PEM.
absl::StatusOr<std::string> MakeTokenKey();

// A signer with a private key in PEM. InvalidArgument when it is none, or not of P-256.
absl::StatusOr<std::unique_ptr<apiserver::TokenSigner>> MakeTokenSigner(const std::string& key);

// The signer with the key in `path` (sa.key, readable by its owner alone), made when there is
// none: tokens outlive the process that signed them.
absl::StatusOr<std::unique_ptr<apiserver::TokenSigner>> EnsureTokenSigner(const std::string& path);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_PKI_TOKEN_KEY_H_

// X.509 certificates and their keys, in PEM: P-256, signed with ECDSA and SHA-256.
#ifndef DRYDOCK_REAL_PKI_CERTIFICATE_H_
#define DRYDOCK_REAL_PKI_CERTIFICATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace drydock::real {

struct KeyPair {
  std::string certificate;
  std::string private_key;
};

struct CertificateRequest {
  enum class Use { kAuthority, kServer, kClient };
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> hosts;  // DNS names and IP addresses, of a server.
  Use use = Use::kClient;
  absl::Time from;
  absl::Time until;
};

// Signed by itself.
absl::StatusOr<KeyPair> MakeAuthority(const CertificateRequest& request);
absl::StatusOr<KeyPair> MakeCertificate(const CertificateRequest& request,
                                        const KeyPair& authority);

// Whether the key is the certificate's own.
bool Matches(const KeyPair& pair);
// Whether the certificate is signed by the authority and valid until `until` at least.
bool IsGood(const std::string& certificate, const std::string& authority, absl::Time until);
// Whether it names the host: a DNS name or an IP address.
bool CoversHost(const std::string& certificate, const std::string& host);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_PKI_CERTIFICATE_H_

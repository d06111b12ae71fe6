// What a TLS server needs: its certificate, and the authority that signs its clients'.
#ifndef DRYDOCK_REAL_HTTP_TLS_H_
#define DRYDOCK_REAL_HTTP_TLS_H_

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "absl/status/statusor.h"
#include "src/api/request.h"

namespace drydock::real {

class TlsContext {
 public:
  // All in PEM. TLS 1.2 and 1.3, no resumption: every connection shows its certificate.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Create(const std::string& certificate,
                                                            const std::string& private_key,
                                                            const std::string& client_authority);

  boost::asio::ssl::context& context() { return context_; }

 private:
  TlsContext() : context_(boost::asio::ssl::context::tls_server) {}

  boost::asio::ssl::context context_;
};

// The user in the certificate that the peer has shown: its common name, with the
// organisations as groups (Kubernetes' X.509 authentication). Nothing when there is no
// certificate, when it was not signed by the authority, or when it names nobody.
std::optional<api::User> PeerUser(SSL* connection);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_TLS_H_

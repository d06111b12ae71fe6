// TLS by OpenSSL.
#include "real/http/tls.h"

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "absl/strings/str_cat.h"

namespace drydock::real {
namespace {

namespace ssl = boost::asio::ssl;

std::string EntryText(X509_NAME* name, int index) {
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return "";
  std::string result(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
  OPENSSL_free(text);
  return result;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Create(
    const std::string& certificate, const std::string& private_key,
    const std::string& client_authority) {
  std::unique_ptr<TlsContext> made(new TlsContext);
  ssl::context& context = made->context_;
  boost::system::error_code error;
  context.use_certificate_chain(boost::asio::buffer(certificate), error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("certificate: ", error.message()));
  context.use_private_key(boost::asio::buffer(private_key), ssl::context::pem, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("private key: ", error.message()));
  context.add_certificate_authority(boost::asio::buffer(client_authority), error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("authority: ", error.message()));
  context.set_verify_mode(ssl::verify_peer, error);
  if (error) return absl::InternalError(error.message());

  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  // A resumed session would not show the client's certificate again.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(native, 0);
  return made;
}

std::optional<api::User> PeerUser(SSL* connection) {
  if (SSL_get_verify_result(connection) != X509_V_OK) return std::nullopt;
  X509* const certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr) return std::nullopt;
  X509_NAME* const subject = X509_get_subject_name(certificate);
  api::User user;
  const int common_name = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (common_name < 0) return std::nullopt;
  user.name = EntryText(subject, common_name);
  if (user.name.empty()) return std::nullopt;
  for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_organizationName, i)) >= 0;) {
    user.groups.push_back(EntryText(subject, i));
  }
  return user;
}

}  // namespace drydock::real

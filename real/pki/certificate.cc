// Certificates by OpenSSL.
#include "real/pki/certificate.h"

#include <array>
#include <memory>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace drydock::real {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Free<BN_free>>;

absl::Status Failed(absl::string_view what) {
  std::array<char, 256> text = {};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return absl::InternalError(absl::StrCat(what, ": ", text.data()));
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio, &data));
  return std::string(data, size);
}

Certificate ReadCertificate(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Certificate read(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return read;
}

Key ReadKey(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key read(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return read;
}

bool IsAddress(const std::string& host) {
  ASN1_OCTET_STRING* const address = a2i_IPADDRESS(host.c_str());
  ERR_clear_error();
  const bool is = address != nullptr;
  ASN1_OCTET_STRING_free(address);
  return is;
}

bool AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool AddName(X509_NAME* name, const char* field, const std::string& value) {
  // Each organisation is an entry of its own.
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

// A serial number that nobody can guess, 127 bits of it.
bool SetSerial(X509* certificate) {
  const BigNumber serial(BN_new());
  return BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetExtensions(const CertificateRequest& request, X509* certificate, X509* issuer) {
  const bool authority = request.use == CertificateRequest::Use::kAuthority;
  if (!AddExtension(certificate, issuer, NID_basic_constraints,
                    authority ? "critical,CA:TRUE" : "critical,CA:FALSE") ||
      !AddExtension(
          certificate, issuer, NID_key_usage,
          authority ? "critical,digitalSignature,keyCertSign" : "critical,digitalSignature") ||
      !AddExtension(certificate, issuer, NID_subject_key_identifier, "hash") ||
      !AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid:always")) {
    return false;
  }
  if (!authority && !AddExtension(certificate, issuer, NID_ext_key_usage,
                                  request.use == CertificateRequest::Use::kServer ? "serverAuth"
                                                                                  : "clientAuth")) {
    return false;
  }
  if (request.hosts.empty()) return true;
  std::vector<std::string> names;
  for (const std::string& host : request.hosts) {
    names.push_back(absl::StrCat(IsAddress(host) ? "IP:" : "DNS:", host));
  }
  return AddExtension(certificate, issuer, NID_subject_alt_name, absl::StrJoin(names, ","));
}

// Signed by `issuer_key`; by its own key where `issuer` is null.
absl::StatusOr<KeyPair> Make(const CertificateRequest& request, X509* issuer,
                             EVP_PKEY* issuer_key) {
  const Key key(EVP_EC_gen("P-256"));
  if (key == nullptr) return Failed("cannot make a key");
  const Certificate certificate(X509_new());
  X509* const made = certificate.get();
  X509_set_version(made, X509_VERSION_3);
  if (!SetSerial(made)) return Failed("cannot make a serial number");
  ASN1_TIME_set(X509_getm_notBefore(made), absl::ToTimeT(request.from));
  ASN1_TIME_set(X509_getm_notAfter(made), absl::ToTimeT(request.until));
  X509_NAME* const subject = X509_get_subject_name(made);
  bool named = AddName(subject, "CN", request.common_name);
  for (const std::string& organization : request.organizations) {
    named = named && AddName(subject, "O", organization);
  }
  if (!named) return Failed(absl::StrCat("cannot name ", request.common_name));
  X509_set_issuer_name(made, X509_get_subject_name(issuer != nullptr ? issuer : made));
  X509_set_pubkey(made, key.get());
  if (!SetExtensions(request, made, issuer != nullptr ? issuer : made)) {
    return Failed(absl::StrCat("cannot describe ", request.common_name));
  }
  if (X509_sign(made, issuer_key != nullptr ? issuer_key : key.get(), EVP_sha256()) == 0) {
    return Failed(absl::StrCat("cannot sign ", request.common_name));
  }
  const Bio certificate_pem(BIO_new(BIO_s_mem()));
  const Bio key_pem(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificate_pem.get(), made) != 1 ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return Failed("cannot write a certificate");
  }
  return KeyPair{Contents(certificate_pem.get()), Contents(key_pem.get())};
}

}  // namespace

absl::StatusOr<KeyPair> MakeAuthority(const CertificateRequest& request) {
  return Make(request, nullptr, nullptr);
}

absl::StatusOr<KeyPair> MakeCertificate(const CertificateRequest& request,
                                        const KeyPair& authority) {
  const Certificate issuer = ReadCertificate(authority.certificate);
  const Key key = ReadKey(authority.private_key);
  if (issuer == nullptr || key == nullptr) return absl::InternalError("cannot read the authority");
  return Make(request, issuer.get(), key.get());
}

bool Matches(const KeyPair& pair) {
  const Certificate certificate = ReadCertificate(pair.certificate);
  const Key key = ReadKey(pair.private_key);
  const bool matches = certificate != nullptr && key != nullptr &&
                       X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return matches;
}

bool IsGood(const std::string& certificate, const std::string& authority, absl::Time until) {
  const Certificate read = ReadCertificate(certificate);
  const Certificate issuer = ReadCertificate(authority);
  if (read == nullptr || issuer == nullptr) return false;
  const time_t when = absl::ToTimeT(until);
  const bool good = X509_cmp_time(X509_get0_notAfter(read.get()), const_cast<time_t*>(&when)) > 0 &&
                    X509_verify(read.get(), X509_get0_pubkey(issuer.get())) == 1;
  ERR_clear_error();
  return good;
}

bool CoversHost(const std::string& certificate, const std::string& host) {
  const Certificate read = ReadCertificate(certificate);
  if (read == nullptr) return false;
  return IsAddress(host) ? X509_check_ip_asc(read.get(), host.c_str(), 0) == 1
                         : X509_check_host(read.get(), host.data(), host.size(), 0, nullptr) == 1;
}

}  // namespace drydock::real

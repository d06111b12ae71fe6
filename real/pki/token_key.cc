// ECDSA signatures by OpenSSL.
#include "real/pki/token_key.h"

#include <array>
#include <utility>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "real/host/files.h"
#include "src/rt/status_macros.h"

namespace drydock::real {
namespace {

constexpr int kNumberSize = 32;  // Of each of the two numbers of a signature.

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

absl::Status Failed(absl::string_view what) {
  ERR_clear_error();
  return absl::InternalError(what);
}

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// DER to the two numbers, one behind the other.
absl::StatusOr<std::string> FromDer(absl::string_view der) {
  const unsigned char* at = Bytes(der);
  const Signature read(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string out(2 * kNumberSize, '\0');
  if (read == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(read.get()), Bytes(out), kNumberSize) != kNumberSize ||
      BN_bn2binpad(ECDSA_SIG_get0_s(read.get()), Bytes(out) + kNumberSize, kNumberSize) !=
          kNumberSize) {
    return Failed("cannot read a signature");
  }
  return out;
}

// The other way. Empty when it cannot be one.
std::string ToDer(absl::string_view signature) {
  if (signature.size() != 2 * kNumberSize) return "";
  const Signature made(ECDSA_SIG_new());
  Number r(BN_bin2bn(Bytes(signature), kNumberSize, nullptr));
  Number s(BN_bin2bn(Bytes(signature) + kNumberSize, kNumberSize, nullptr));
  if (ECDSA_SIG_set0(made.get(), r.get(), s.get()) != 1) return "";
  r.release();
  s.release();
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(made.get(), nullptr)), '\0');
  unsigned char* at = Bytes(der);
  i2d_ECDSA_SIG(made.get(), &at);
  return der;
}

absl::StatusOr<std::string> Coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return Failed("cannot read a public key");
  const Number number(raw);
  std::string out(kNumberSize, '\0');
  if (BN_bn2binpad(number.get(), Bytes(out), kNumberSize) != kNumberSize) {
    return Failed("cannot read a public key");
  }
  return absl::WebSafeBase64Escape(out);
}

// Kubernetes' name of a key: the digest of the public key in DER.
absl::StatusOr<std::string> KeyId(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return Failed("cannot write a public key");
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(der, static_cast<size_t>(size), Bytes(digest));
  OPENSSL_free(der);
  return absl::WebSafeBase64Escape(digest);
}

class EcdsaSigner final : public apiserver::TokenSigner {
 public:
  EcdsaSigner(Key key, std::string id, std::string jwk)
      : key_(std::move(key)), id_(std::move(id)), jwk_(std::move(jwk)) {}

  std::string algorithm() const override { return "ES256"; }
  std::string key_id() const override { return id_; }
  std::string PublicJwk() const override { return jwk_; }

  absl::StatusOr<std::string> Sign(absl::string_view text) const override {
    const Context context(EVP_MD_CTX_new());
    size_t size = 0;
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, Bytes(text), text.size()) != 1) {
      return Failed("cannot sign a token");
    }
    std::string der(size, '\0');
    if (EVP_DigestSign(context.get(), Bytes(der), &size, Bytes(text), text.size()) != 1) {
      return Failed("cannot sign a token");
    }
    der.resize(size);
    return FromDer(der);
  }

  bool Verify(absl::string_view text, absl::string_view signature) const override {
    const std::string der = ToDer(signature);
    if (der.empty()) return false;
    const Context context(EVP_MD_CTX_new());
    const bool right =
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context.get(), Bytes(der), der.size(), Bytes(text), text.size()) == 1;
    ERR_clear_error();
    return right;
  }

 private:
  const Key key_;
  const std::string id_;
  const std::string jwk_;
};

}  // namespace

absl::StatusOr<std::string> MakeTokenKey() {
  const Key key(EVP_EC_gen("P-256"));
  const Bio bio(BIO_new(BIO_s_mem()));
  if (key == nullptr ||
      PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Failed("cannot make a key for tokens");
  }
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio.get(), &data));
  return std::string(data, size);
}

absl::StatusOr<std::unique_ptr<apiserver::TokenSigner>> MakeTokenSigner(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  std::array<char, 64> curve = {};
  if (key == nullptr ||
      EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.data(),
                                     curve.size(), nullptr) != 1 ||
      absl::string_view(curve.data()) != "prime256v1") {
    ERR_clear_error();
    return absl::InvalidArgumentError("not a private key of the curve P-256");
  }
  const absl::StatusOr<std::string> id = KeyId(key.get());
  if (!id.ok()) return id.status();
  const absl::StatusOr<std::string> x = Coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
  if (!x.ok()) return x.status();
  const absl::StatusOr<std::string> y = Coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
  if (!y.ok()) return y.status();
  std::string jwk =
      absl::StrCat(R"({"use":"sig","kty":"EC","kid":")", *id,
                   R"(","crv":"P-256","alg":"ES256","x":")", *x, R"(","y":")", *y, R"("})");
  return std::make_unique<EcdsaSigner>(std::move(key), *id, std::move(jwk));
}

absl::StatusOr<std::unique_ptr<apiserver::TokenSigner>> EnsureTokenSigner(const std::string& path) {
  absl::StatusOr<std::string> key = ReadFile(path);
  if (absl::IsNotFound(key.status())) {
    key = MakeTokenKey();
    if (!key.ok()) return key.status();
    RETURN_IF_ERROR(WriteFile(path, *key, kOwnerOnly));
  }
  if (!key.ok()) return key.status();
  absl::StatusOr<std::unique_ptr<apiserver::TokenSigner>> signer = MakeTokenSigner(*key);
  if (!signer.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": ", signer.status().message()));
  }
  return signer;
}

}  // namespace drydock::real

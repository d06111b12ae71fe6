// Signatures of tokens, and the key behind them.
#include "real/pki/token_key.h"

#include <filesystem>
#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "real/host/files.h"
#include "src/api/codec/json.h"

namespace drydock::real {
namespace {

std::string Path(const char* name) { return std::string(testing::TempDir()) + "/" + name; }

TEST(TokenKey, VerifiesWhatItHasSignedAndNothingElse) {
  const auto signer = MakeTokenSigner(*MakeTokenKey());
  ASSERT_TRUE(signer.ok()) << signer.status();
  const auto other = MakeTokenSigner(*MakeTokenKey());
  // Both numbers of a signature have their full length, whatever they are.
  for (int i = 0; i < 200; ++i) {
    const std::string text = std::to_string(i);
    absl::StatusOr<std::string> signature = (*signer)->Sign(text);
    ASSERT_TRUE(signature.ok());
    ASSERT_EQ(signature->size(), 64U);
    EXPECT_TRUE((*signer)->Verify(text, *signature));
    EXPECT_FALSE((*signer)->Verify(text + "x", *signature));
    EXPECT_FALSE((*other)->Verify(text, *signature));
    (*signature)[i % 64] ^= 1;
    EXPECT_FALSE((*signer)->Verify(text, *signature));
  }
  EXPECT_FALSE((*signer)->Verify("x", ""));
  EXPECT_FALSE((*signer)->Verify("x", std::string(64, '\0')));
  EXPECT_FALSE((*signer)->Verify("x", std::string(65, 'a')));
}

TEST(TokenKey, IsDescribedByItsPublicHalf) {
  const auto signer = MakeTokenSigner(*MakeTokenKey());
  const auto jwk = api::ParseJson((*signer)->PublicJwk());
  ASSERT_TRUE(jwk.ok()) << jwk.status();
  EXPECT_EQ(jwk->Find("kid")->text(), (*signer)->key_id());
  EXPECT_EQ(jwk->Find("alg")->text(), "ES256");
  EXPECT_EQ(jwk->Find("crv")->text(), "P-256");
  std::string x;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(jwk->Find("x")->text(), &x));
  EXPECT_EQ(x.size(), 32U);
  EXPECT_EQ(jwk->Find("d"), nullptr);
}

TEST(TokenKey, IsKeptInAFileOfItsOwnersOnly) {
  const std::string path = Path("sa.key");
  const auto first = EnsureTokenSigner(path);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto again = EnsureTokenSigner(path);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->key_id(), (*first)->key_id());
  EXPECT_TRUE((*again)->Verify("x", *(*first)->Sign("x")));
}

TEST(TokenKey, RefusesAFileThatIsNoKey) {
  const std::string path = Path("broken.key");
  ASSERT_TRUE(WriteFile(path, "nonsense", kOwnerOnly).ok());
  EXPECT_EQ(EnsureTokenSigner(path).status().message(),
            path + ": not a private key of the curve P-256");
  EXPECT_EQ(*ReadFile(path), "nonsense");
}

}  // namespace
}  // namespace drydock::real

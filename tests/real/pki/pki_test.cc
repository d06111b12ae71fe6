// Certificates: made once, kept, renewed when they must be.
#include "real/pki/pki.h"

#include <filesystem>
#include <string>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "real/host/files.h"

namespace drydock::real {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kDay = absl::Hours(24);

class PkiTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder_); }
  Pki Ensure(absl::Duration later = absl::ZeroDuration(),
             std::vector<std::string> hosts = {"localhost", "127.0.0.1"}) {
    absl::StatusOr<Pki> pki = EnsurePki(folder_, hosts, now_ + later);
    EXPECT_TRUE(pki.ok()) << pki.status();
    return *std::move(pki);
  }

  const std::string folder_ = testing::TempDir() + "/pki_test";
  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(PkiTest, SignsWhatItSays) {
  const Pki pki = Ensure();
  EXPECT_TRUE(IsGood(pki.server.certificate, pki.authority.certificate, now_));
  EXPECT_TRUE(IsGood(pki.admin.certificate, pki.authority.certificate, now_));
  EXPECT_TRUE(CoversHost(pki.server.certificate, "localhost"));
  EXPECT_TRUE(CoversHost(pki.server.certificate, "127.0.0.1"));
  EXPECT_FALSE(CoversHost(pki.server.certificate, "example.com"));
  EXPECT_FALSE(CoversHost(pki.server.certificate, "10.0.0.1"));
}

TEST_F(PkiTest, KeepsWhatIsGood) {
  const Pki first = Ensure();
  const Pki second = Ensure(kDay);
  EXPECT_EQ(first.authority.certificate, second.authority.certificate);
  EXPECT_EQ(first.server.certificate, second.server.certificate);
  EXPECT_EQ(first.admin.private_key, second.admin.private_key);
}

TEST_F(PkiTest, RenewsWhatEndsSoonAndKeepsTheAuthority) {
  const Pki first = Ensure();
  const Pki second = Ensure(340 * kDay);
  EXPECT_EQ(first.authority.certificate, second.authority.certificate);
  EXPECT_NE(first.server.certificate, second.server.certificate);
  EXPECT_NE(first.admin.certificate, second.admin.certificate);
  EXPECT_TRUE(IsGood(second.server.certificate, first.authority.certificate, now_ + 400 * kDay));
}

TEST_F(PkiTest, RenewsWhatDoesNotNameAHost) {
  const Pki first = Ensure();
  const Pki second = Ensure(absl::ZeroDuration(), {"localhost", "10.1.2.3"});
  EXPECT_NE(first.server.certificate, second.server.certificate);
  EXPECT_EQ(first.admin.certificate, second.admin.certificate);
  EXPECT_TRUE(CoversHost(second.server.certificate, "10.1.2.3"));
}

TEST_F(PkiTest, SaysWhatToDoAboutAnAuthorityThatHasEnded) {
  Ensure();
  const absl::StatusOr<Pki> later = EnsurePki(folder_, {}, now_ + 4000 * kDay);
  EXPECT_THAT(std::string(later.status().message()), HasSubstr("move both away"));
}

TEST_F(PkiTest, RenewsACertificateWhoseKeyIsAnother) {
  const Pki first = Ensure();
  ASSERT_TRUE(WriteFile(folder_ + "/apiserver.key", first.admin.private_key, kOwnerOnly).ok());
  const Pki second = Ensure();
  EXPECT_NE(first.server.certificate, second.server.certificate);
  EXPECT_TRUE(Matches(second.server));
}

TEST_F(PkiTest, RefusesAnAuthorityWhoseKeyIsAnother) {
  const Pki pki = Ensure();
  ASSERT_TRUE(WriteFile(folder_ + "/ca.key", pki.admin.private_key, kOwnerOnly).ok());
  EXPECT_THAT(std::string(EnsurePki(folder_, {}, now_).status().message()),
              HasSubstr("is not its key"));
}

TEST_F(PkiTest, DoesNotTakeAnothersCertificate) {
  const Pki pki = Ensure();
  std::filesystem::remove_all(folder_);
  const Pki other = Ensure();
  EXPECT_FALSE(IsGood(pki.admin.certificate, other.authority.certificate, now_));
}

TEST_F(PkiTest, AKubeconfigHasCredentialsOnlyWithTls) {
  const Pki pki = Ensure();
  const std::string secure = Kubeconfig("https://127.0.0.1:1", &pki);
  EXPECT_THAT(secure, HasSubstr("server: https://127.0.0.1:1\n"));
  EXPECT_THAT(secure,
              HasSubstr("client-key-data: " + absl::Base64Escape(pki.admin.private_key) + "\n"));
  EXPECT_THAT(Kubeconfig("http://127.0.0.1:1", nullptr), Not(HasSubstr("-data")));
}

}  // namespace
}  // namespace drydock::real

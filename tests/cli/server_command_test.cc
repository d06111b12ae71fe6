// Flags of `drydock server`.
#include "src/cli/server_command.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::cli {
namespace {

using ::testing::HasSubstr;

std::string ParseError(const std::vector<std::string>& arguments) {
  return std::string(ParseServer(arguments).status().message());
}

TEST(ParseServer, ReadsEveryFlagInBothForms) {
  const absl::StatusOr<real::ServerConfig> config =
      ParseServer({"--data-dir", "/d", "--store=memory", "--listen", "[::1]:0", "--kubeconfig=/k",
                   "--insecure-http"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data_dir, "/d");
  EXPECT_EQ(config->store, "memory");
  EXPECT_EQ(config->listen, "[::1]:0");
  EXPECT_EQ(config->kubeconfig, "/k");
  EXPECT_TRUE(config->insecure_http);
  EXPECT_EQ(config->git_version, "v1.35.0+drydock");
}

TEST(ParseServer, IsSecureUnlessToldOtherwise) {
  EXPECT_FALSE(ParseServer({"--data-dir=/d"})->insecure_http);
  EXPECT_EQ(ParseServer({"--data-dir=/d"})->listen, "127.0.0.1:6443");
}

TEST(ParseServer, KeepsObjectsOnDiskUnlessToldOtherwise) {
  EXPECT_EQ(ParseServer({"--data-dir=/d"})->store, "sqlite");
}

TEST(ParseServer, SaysWhatItExpected) {
  EXPECT_THAT(ParseError({}), HasSubstr("expected --data-dir"));
  EXPECT_THAT(ParseError({"--data-dir"}), HasSubstr("expected a value after --data-dir"));
  EXPECT_THAT(ParseError({"--port=1"}), HasSubstr("unknown flag --port"));
  EXPECT_THAT(ParseError({"here"}), HasSubstr("unknown flag here"));
}

}  // namespace
}  // namespace drydock::cli

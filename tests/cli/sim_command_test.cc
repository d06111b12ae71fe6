// Flags of `drydock sim run`.
#include "src/cli/sim_command.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string ParseError(const std::vector<std::string>& arguments) {
  return std::string(ParseSimRun(arguments).status().message());
}

TEST(ParseSimRun, ReadsEveryFlagInBothForms) {
  const absl::StatusOr<sim::RunOptions> options =
      ParseSimRun({"--seed", "7", "a.yaml", "--set", "trace.dir=/x=y", "--set=policy=fgd",
                   "--out=o", "--json", "-", "--quiet", "--no-files"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->file, "a.yaml");
  EXPECT_EQ(options->seed, 7u);
  EXPECT_THAT(options->set, ElementsAre(Pair("trace.dir", "/x=y"), Pair("policy", "fgd")));
  EXPECT_EQ(options->out, "o");
  EXPECT_EQ(options->json, "-");
  EXPECT_TRUE(options->quiet);
  EXPECT_FALSE(options->files);
}

TEST(ParseSimRun, SaysWhatItExpected) {
  EXPECT_THAT(ParseError({}), HasSubstr("expected a scenario file"));
  EXPECT_THAT(ParseError({"a", "b"}), HasSubstr("expected one scenario file"));
  EXPECT_THAT(ParseError({"a", "--seed", "x"}), HasSubstr("--seed: expected a whole number"));
  EXPECT_THAT(ParseError({"a", "--seed"}), HasSubstr("expected a value after --seed"));
  EXPECT_THAT(ParseError({"a", "--set", "x"}), HasSubstr("--set: expected path=value"));
  EXPECT_THAT(ParseError({"a", "--wire=1"}), HasSubstr("unknown flag --wire"));
}

}  // namespace
}  // namespace drydock::cli

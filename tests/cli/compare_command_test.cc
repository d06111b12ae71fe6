// Flags of `drydock sim compare`.
#include "src/cli/compare_command.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string ParseError(const std::vector<std::string>& arguments) {
  return std::string(ParseSimCompare(arguments).status().message());
}

TEST(ParseSimCompare, ReadsEveryFlagInBothForms) {
  const absl::StatusOr<sim::CompareOptions> options = ParseSimCompare(
      {"--vary", "policy=fgd,random", "a.yaml", "--vary=x=1,2", "--set", "trace.dir=/x=y",
       "--seeds=1..3", "--jobs", "3", "--out=o", "--json", "-", "--fresh", "--quiet"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->file, "a.yaml");
  EXPECT_THAT(options->changes.vary, ElementsAre(Pair("policy", "fgd,random"), Pair("x", "1,2")));
  EXPECT_THAT(options->changes.set, ElementsAre(Pair("trace.dir", "/x=y")));
  EXPECT_EQ(options->changes.seeds, "1..3");
  EXPECT_EQ(options->jobs, 3);
  EXPECT_EQ(options->out, "o");
  EXPECT_EQ(options->json, "-");
  EXPECT_TRUE(options->fresh);
  EXPECT_TRUE(options->quiet);
}

TEST(ParseSimCompare, SaysWhatItExpected) {
  EXPECT_THAT(ParseError({}), HasSubstr("expected a study or a scenario"));
  EXPECT_THAT(ParseError({"a", "b"}), HasSubstr("expected one file"));
  EXPECT_THAT(ParseError({"a", "--jobs", "0"}), HasSubstr("--jobs: expected a whole number"));
  EXPECT_THAT(ParseError({"a", "--vary", "x"}), HasSubstr("--vary: expected path=a,b,c"));
  EXPECT_THAT(ParseError({"a", "--set", "=x"}), HasSubstr("--set: expected path=value"));
  EXPECT_THAT(ParseError({"a", "--seeds"}), HasSubstr("expected a value after --seeds"));
  EXPECT_THAT(ParseError({"a", "--seed=1"}), HasSubstr("unknown flag --seed"));
}

}  // namespace
}  // namespace drydock::cli

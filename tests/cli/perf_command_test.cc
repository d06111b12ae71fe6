// Flags of `drydock sim perf`.
#include "src/cli/perf_command.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ParseError(const std::vector<std::string>& arguments) {
  return std::string(ParseSimPerf(arguments).status().message());
}

TEST(ParseSimPerf, ReadsEveryFlagInBothForms) {
  const absl::StatusOr<sim::PerfOptions> options =
      ParseSimPerf({"--filter", "A/w", "a.yaml", "--label=performance,-short", "--seed=7",
                    "--clock=cpu", "--json", "-", "--quiet"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->file, "a.yaml");
  EXPECT_EQ(options->filter, "A/w");
  EXPECT_THAT(options->labels, ElementsAre("performance", "-short"));
  EXPECT_EQ(options->seed, 7u);
  EXPECT_EQ(options->clock, sim::PerfClock::kCpu);
  EXPECT_EQ(options->json, "-");
  EXPECT_TRUE(options->quiet);
}

TEST(ParseSimPerf, SaysWhatItExpected) {
  EXPECT_THAT(ParseError({}), HasSubstr("expected a benchmark file"));
  EXPECT_THAT(ParseError({"a", "b"}), HasSubstr("expected one benchmark file"));
  EXPECT_THAT(ParseError({"a", "--seed", "x"}), HasSubstr("--seed: expected a whole number"));
  EXPECT_THAT(ParseError({"a", "--clock", "sun"}), HasSubstr("--clock: expected wall or cpu"));
  EXPECT_THAT(ParseError({"a", "--filter"}), HasSubstr("expected a value after --filter"));
  EXPECT_THAT(ParseError({"a", "--out=1"}), HasSubstr("unknown flag --out"));
}

}  // namespace
}  // namespace drydock::cli

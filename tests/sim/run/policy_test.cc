// The shipped scenario of a placement policy: the policy decides where pods are, and one that is
// wrong is refused before anything runs.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "sim/run/run.h"

namespace drydock::sim {
namespace {

constexpr char kArgs[] = "cluster.scheduler.profiles[0].pluginConfig[0].args.";

RunOptions Policy() {
  RunOptions options;
  options.file = "scenarios/policy.yaml";
  options.out = absl::StrCat(std::getenv("TEST_TMPDIR"), "/out");
  options.quiet = true;
  return options;
}

TEST(PolicyScenario, HoldsItsChecks) {
  const absl::StatusOr<bool> held = sim::Run(Policy());
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_TRUE(*held);
}

TEST(PolicyScenario, DoesNotHoldThemWithAnotherPolicy) {
  RunOptions options = Policy();
  options.set.emplace_back(absl::StrCat(kArgs, "score"), "node.price");
  const absl::StatusOr<bool> held = sim::Run(options);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_FALSE(*held);
}

TEST(PolicyScenario, IsRefusedWithFileLineAndField) {
  std::ifstream shipped("scenarios/policy.yaml");
  std::stringstream text;
  text << shipped.rdbuf();
  RunOptions options = Policy();
  options.file = absl::StrCat(std::getenv("TEST_TMPDIR"), "/wrong.yaml");
  std::ofstream(options.file) << absl::StrReplaceAll(text.str(),
                                                     {{"score: -node.price", "score: -node.cost"}});
  EXPECT_EQ(
      std::string(sim::Run(options).status().message()),
      absl::StrCat(options.file, ":39:20: profiles[0].pluginConfig[0].args.score: ",
                   "ERROR: <input>:1:6: undefined field 'cost'\n", " | -node.cost\n", " | .....^"));
  // Given on the command line it has no place.
  options = Policy();
  options.set.emplace_back(absl::StrCat(kArgs, "score"), "node.cost");
  EXPECT_EQ(std::string(sim::Run(options).status().message()),
            "scenarios/policy.yaml: profiles[0].pluginConfig[0].args.score: "
            "ERROR: <input>:1:5: undefined field 'cost'\n"
            " | node.cost\n"
            " | ....^");
}

}  // namespace
}  // namespace drydock::sim

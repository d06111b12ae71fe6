// From files and flags to studies: the cells, and what is said of what is wrong.
//
// After a deliberate change of messages, errors.txt as it should be is among the
// test's outputs (bazel-testlogs/.../test.outputs).
#include "sim/compare/study.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"
#include "src/api/codec/json.h"

namespace drydock::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr char kHead[] = R"(apiVersion: sim.drydock.dev/v1
kind: Study
metadata: {name: test}
spec:
  scenario: scenario.yaml
  seeds: 1..2
)";

std::string Folder() { return absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/"); }

absl::StatusOr<Study> Load(const std::string& document, const StudyChanges& changes = {}) {
  const std::string path = Folder() + "test.yaml";
  EXPECT_TRUE(WriteFile(path, document).ok());
  return LoadStudy(path, changes);
}

std::string ErrorOf(const std::string& document, const StudyChanges& changes = {}) {
  const bool whole = absl::StartsWith(document, "apiVersion");
  const absl::Status status = Load(whole ? document : kHead + document, changes).status();
  if (status.ok()) return "no error";
  return std::string(absl::StripPrefix(status.message(), Folder()));
}

std::vector<std::string> Labels(const Study& study) {
  std::vector<std::string> labels;
  for (const Cell& cell : CellsOf(study)) labels.push_back(cell.label);
  return labels;
}

TEST(LoadStudy, NamesThePlaceAndTheFieldOfWhatIsWrong) {
  const absl::StatusOr<std::string> text = ReadFile("tests/sim/compare/errors.txt");
  ASSERT_TRUE(text.ok()) << text.status();
  const std::vector<std::string> lines = absl::StrSplit(absl::StripSuffix(*text, "\n"), '\n');
  std::string rewritten;
  std::string document;
  int cases = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line != "----") {
      absl::StrAppend(&rewritten, line, "\n");
      if (line.empty()) document.clear();
      if (!line.empty() && line.front() != '#') absl::StrAppend(&document, line, "\n");
      continue;
    }
    ASSERT_LT(++i, lines.size());
    const std::string message = ErrorOf(document);
    EXPECT_EQ(message, lines[i]) << "errors.txt:" << i + 1;
    absl::StrAppend(&rewritten, "----\n", message, "\n");
    ++cases;
  }
  EXPECT_GE(cases, 20);
  if (const char* outputs = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR")) {
    EXPECT_TRUE(WriteFile(absl::StrCat(outputs, "/errors.txt"), rewritten).ok());
  }
}

TEST(LoadStudy, ReadsEveryField) {
  const absl::StatusOr<Study> study = Load(absl::StrCat(kHead, R"(  description: what
  set: {trace.load: 1.2}
  vary:
  - {path: policy, values: [a, b]}
  - name: cluster
    values:
    - {name: small, set: {"cluster.nodePools[0].count": 3, duration: 1h}}
    - {name: large, set: {"cluster.nodePools[0].count": 30}}
  compare: cluster
  baseline: small
  metrics:
  - {name: wait, path: pods.pendingSeconds.p99, unit: ms, better: lower, scale: 1000}
  - {path: x, bound: z, better: higher}
  plots:
  - {title: CPU, path: series.cpu, x: series.seconds, xLabel: a, yLabel: b, from: 5,
     yFromZero: false, bound: series.memory, scale: 100}
)"));
  ASSERT_TRUE(study.ok()) << study.status();
  EXPECT_EQ(study->name, "test");
  EXPECT_EQ(study->description, "what");
  EXPECT_EQ(study->scenario, Folder() + "scenario.yaml");
  EXPECT_THAT(study->set, ElementsAre(Pair("trace.load", "1.2")));
  EXPECT_THAT(study->seeds, ElementsAre(1, 2));
  ASSERT_EQ(study->axes.size(), 2u);
  EXPECT_EQ(study->axes[0].name, "policy");
  EXPECT_THAT(study->axes[0].values[1].set, ElementsAre(Pair("policy", "\"b\"")));
  EXPECT_THAT(study->axes[1].values[0].set,
              ElementsAre(Pair("cluster.nodePools[0].count", "3"), Pair("duration", "\"1h\"")));
  EXPECT_EQ(study->compared, 1u);
  EXPECT_EQ(study->baseline, "small");
  EXPECT_EQ(study->metrics[0].name, "wait");
  EXPECT_EQ(study->metrics[0].scale, 1000);
  EXPECT_EQ(study->metrics[0].better, Metric::Better::kLower);
  EXPECT_EQ(study->metrics[1].name, "x");
  EXPECT_EQ(study->metrics[1].bound, "z");
  EXPECT_EQ(study->plots[0].x, "series.seconds");
  EXPECT_EQ(study->plots[0].from, 5);
  EXPECT_FALSE(study->plots[0].y_from_zero);
  EXPECT_EQ(study->plots[0].scale, 100);
}

TEST(CellsOf, HasEveryCombinationWithTheSameSeeds) {
  const absl::StatusOr<Study> study = Load(absl::StrCat(kHead, R"(  set: {z: 0}
  vary: [{path: a, values: [1, 2]}, {name: b, path: c.d, values: [x]}]
)"));
  ASSERT_TRUE(study.ok()) << study.status();
  EXPECT_THAT(Labels(*study),
              ElementsAre("a=1 b=x seed=1", "a=1 b=x seed=2", "a=2 b=x seed=1", "a=2 b=x seed=2"));
  EXPECT_THAT(CellsOf(*study)[2].set,
              ElementsAre(Pair("z", "0"), Pair("a", "2"), Pair("c.d", "\"x\"")));
}

TEST(LoadStudy, MakesAStudyOfAScenario) {
  const std::string scenario = R"(apiVersion: sim.drydock.dev/v1
kind: Scenario
metadata: {name: web}
spec: {description: A web server, duration: 1h}
)";
  StudyChanges changes;
  changes.vary = {{"cluster.nodePools[0].count", "10,20"}, {"policy", "'a,b',{name: c}"}};
  changes.seeds = "3,5..6";
  absl::StatusOr<Study> study = Load(scenario, changes);
  ASSERT_TRUE(study.ok()) << study.status();
  EXPECT_EQ(study->name, "web");
  EXPECT_EQ(study->description, "A web server");
  EXPECT_EQ(study->scenario, Folder() + "test.yaml");
  EXPECT_THAT(study->seeds, ElementsAre(3, 5, 6));
  EXPECT_EQ(study->axes[0].name, "cluster.nodePools[0].count");
  EXPECT_THAT(study->axes[0].values[1].set, ElementsAre(Pair("cluster.nodePools[0].count", "20")));
  EXPECT_EQ(study->axes[1].values[0].name, "a,b");
  EXPECT_THAT(study->axes[1].values[1].set, ElementsAre(Pair("policy", R"({"name":"c"})")));

  study = Load(scenario);
  ASSERT_TRUE(study.ok()) << study.status();
  EXPECT_EQ(study->seeds.size(), 10u) << "seeds 1 to 10 unless somebody says others";
  EXPECT_EQ(CellsOf(*study).front().label, "scenario=web seed=1");
}

TEST(LoadStudy, LetsTheCommandLineChooseAmongTheValuesOfTheFile) {
  const std::string vary = absl::StrCat(kHead, R"(  vary:
  - {name: list, path: trace.list, values: [{name: all, value: default}, cpu]}
)");
  StudyChanges changes;
  changes.vary = {{"list", "all,other"}};
  const absl::StatusOr<Study> study = Load(vary, changes);
  ASSERT_TRUE(study.ok()) << study.status();
  ASSERT_EQ(study->axes.size(), 1u);
  EXPECT_THAT(study->axes[0].values[0].set, ElementsAre(Pair("trace.list", "\"default\"")));
  EXPECT_THAT(study->axes[0].values[1].set, ElementsAre(Pair("trace.list", "\"other\"")));
}

TEST(LoadStudy, SaysWhichFlagIsWrong) {
  const auto vary = [](const std::string& path, const std::string& list) {
    StudyChanges changes;
    changes.vary = {{path, list}};
    return ErrorOf("", changes);
  };
  EXPECT_THAT(vary("a", ""), HasSubstr("--vary a: expected values separated by commas"));
  EXPECT_THAT(vary("a", "]["), HasSubstr("--vary a: expected values separated by commas"));
  EXPECT_THAT(vary("a", "1,1"), HasSubstr("--vary a: 1 stands there twice"));
  EXPECT_THAT(vary("a..b", "1"), HasSubstr("--vary: bad path \"a..b\""));
  StudyChanges changes;
  changes.seeds = "1..x";
  EXPECT_THAT(ErrorOf("", changes), HasSubstr("--seeds: expected seeds such as 1..10"));
  changes.seeds = "1..3,2";
  EXPECT_THAT(ErrorOf("", changes), HasSubstr("--seeds: the seed 2 stands there twice"));
  changes.seeds = "1..100000";
  changes.vary = {{"a", "1,2"}};
  EXPECT_THAT(ErrorOf("", changes), HasSubstr("at most 100000 runs"));
}

TEST(LoadStudy, KnowsItsBaseline) {
  EXPECT_THAT(ErrorOf("  vary: [{path: a, values: [1, 2]}]\n  baseline: 3\n"),
              HasSubstr("spec.baseline: expected a string"));
  EXPECT_THAT(ErrorOf("  vary: [{path: a, values: [x, y]}]\n  baseline: z\n"),
              HasSubstr("spec.baseline: a has no value z"));
}

TEST(ShippedStudies, AreReadAndNameScenariosThatExist) {
  const absl::StatusOr<Study> openb = LoadStudy("scenarios/studies/openb.yaml", {});
  ASSERT_TRUE(openb.ok()) << openb.status();
  EXPECT_EQ(CellsOf(*openb).size(), 6u * 4 * 10);
  EXPECT_TRUE(FileExists(openb->scenario)) << openb->scenario;
}

TEST(DefaultMetrics, AreThoseThatTheResultsHave) {
  const absl::StatusOr<api::Value> results = api::ParseJson(
      R"({"pods": {"pendingSeconds": {"mean": 1, "p99": 2}}, "series": {"cpu": [1, 2]}})");
  ASSERT_TRUE(results.ok());
  std::vector<std::string> paths;
  for (const Metric& metric : DefaultMetrics(*results)) paths.push_back(metric.path);
  EXPECT_THAT(paths, ElementsAre("pods.pendingSeconds.mean", "pods.pendingSeconds.p99"));
  ASSERT_EQ(DefaultPlots(*results).size(), 1u);
  EXPECT_EQ(DefaultPlots(*results)[0].path, "series.cpu");
}

}  // namespace
}  // namespace drydock::sim

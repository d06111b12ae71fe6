// drydock sim schedule: arguments, the report's form, and errors. What is decided is
// tested in tests/scheduler/parity.
#include "src/cli/schedule.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kNode[] = R"(apiVersion: v1
kind: Node
metadata: {name: NAME}
status: {allocatable: {cpu: 4, memory: 8Gi, pods: 110}}
---
)";
constexpr char kPod[] = R"(apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 3, memory: 6Gi}}}]}
---
)";

std::string Named(const char* object, const char* name) {
  return absl::StrReplaceAll(object, {{"NAME", name}});
}

absl::StatusOr<std::string> Decide(const std::string& text, ScheduleArguments arguments = {},
                                   const std::string& config = "") {
  const Input file{"config.yaml", config};
  return Schedule({{"state.yaml", text}}, config.empty() ? nullptr : &file, arguments);
}

std::string ErrorOf(const std::string& text, const std::string& config = "") {
  return std::string(Decide(text, {}, config).status().message());
}

ScheduleArguments As(const char* output) {
  ScheduleArguments arguments;
  arguments.output = output;
  return arguments;
}

TEST(ParseSchedule, ReadsEveryFlagInBothForms) {
  const auto parsed = ParseSchedule(
      {"-f", "a.yaml", "--filename=-", "-o", "json", "--commit", "--config=c.yaml", "--seed", "7"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(parsed->files, ElementsAre("a.yaml", "-"));
  EXPECT_EQ(parsed->output, "json");
  EXPECT_TRUE(parsed->commit);
  EXPECT_EQ(parsed->config, "c.yaml");
  EXPECT_EQ(parsed->seed, 7u);
}

TEST(ParseSchedule, SaysWhatItExpected) {
  const auto error = [](const std::vector<std::string>& arguments) {
    return std::string(ParseSchedule(arguments).status().message());
  };
  EXPECT_EQ(error({}), "-f is missing");
  EXPECT_EQ(error({"-f"}), "expected a value after -f");
  EXPECT_EQ(error({"a.yaml"}), "unknown argument \"a.yaml\"; files come after -f");
  EXPECT_EQ(error({"-o", "xml"}), "-o: expected json, yaml or table, got \"xml\"");
  EXPECT_EQ(error({"--seed", "x"}), "--seed: expected a whole number, got \"x\"");
  EXPECT_EQ(error({"--fast", "1"}), "unknown flag --fast");
}

TEST(Schedule, TellsEverythingInJson) {
  const auto report = Decide(absl::StrCat(Named(kNode, "a"), Named(kPod, "p")), As("json"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(*report, R"({
    "apiVersion": "sim.drydock.dev/v1",
    "kind": "ScheduleReport",
    "seed": 1,
    "commit": false,
    "pods": [
        {
            "namespace": "default",
            "name": "p",
            "schedulerName": "default-scheduler",
            "priority": 0,
            "queuePosition": 1,
            "result": "Scheduled",
            "node": "a",
            "feasibleNodes": [
                "a"
            ],
            "filter": {},
            "scores": {
                "a": {
                    "TaintToleration": {
                        "raw": 0,
                        "normalized": 100,
                        "weighted": 300
                    },
                    "NodeResourcesFit": {
                        "raw": 25,
                        "normalized": 25,
                        "weighted": 25
                    },
                    "NodeResourcesBalancedAllocation": {
                        "raw": 100,
                        "normalized": 100,
                        "weighted": 100
                    },
                    "ImageLocality": {
                        "raw": 0,
                        "normalized": 0,
                        "weighted": 0
                    }
                }
            },
            "totals": {
                "a": 425
            },
            "bestNodes": [
                "a"
            ]
        }
    ]
}
)");
}

TEST(Schedule, TellsPeopleInTables) {
  const auto report =
      Decide(absl::StrCat(Named(kNode, "a"), Named(kPod, "p"), Named(kPod, "q")), [] {
        ScheduleArguments arguments = As("table");
        arguments.commit = true;
        return arguments;
      }());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(
      *report,
      "QUEUE   POD         PRIORITY   RESULT          NODE\n"
      "1       default/p   0          Scheduled       a\n"
      "2       default/q   0          Unschedulable\n"
      "\n"
      "default/p: Scheduled on a\n"
      "  NODE   TOTAL   TaintToleration   NodeResourcesFit   NodeResourcesBalancedAllocation   "
      "ImageLocality\n"
      "  a      425     0 > 100 > 300     25 > 25 > 25       100 > 100 > 100                   "
      "0 > 0 > 0\n"
      "\n"
      "default/q: Unschedulable\n"
      "  0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: 0/1 nodes "
      "are available: 1 No preemption victims found for incoming pod.\n"
      "  NODE   REJECTED BY        REASONS\n"
      "  a      NodeResourcesFit   Insufficient cpu, Insufficient memory\n");
}

TEST(Schedule, TakesListsAndDoesNotMindTheOrderOfObjects) {
  const std::string a = absl::StrCat(Named(kNode, "a"), Named(kNode, "b"), Named(kPod, "p"));
  const std::string b =
      "apiVersion: v1\nkind: List\nitems:\n"
      "- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i, "
      "resources: {requests: {cpu: 3, memory: 6Gi}}}]}}\n"
      "- {apiVersion: v1, kind: Node, metadata: {name: b}, status: {allocatable: {cpu: 4, memory: "
      "8Gi, pods: 110}}}\n"
      "- {apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {cpu: 4, memory: "
      "8Gi, pods: 110}}}\n";
  EXPECT_EQ(*Decide(a, As("yaml")), *Decide(b, As("yaml")));
  EXPECT_THAT(*Decide(a, As("yaml")), HasSubstr("bestNodes:\n  - a\n  - b\n"));
}

TEST(Schedule, BreaksTiesBySeed) {
  std::string state;
  for (const char* name : {"a", "b", "c", "d"}) state += Named(kNode, name);
  state += Named(kPod, "p");
  std::set<std::string> chosen;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    ScheduleArguments arguments = As("table");
    arguments.seed = seed;
    const auto report = Decide(state, arguments);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(*report, *Decide(state, arguments));
    chosen.insert(report->substr(report->find("default/p: ")).substr(0, 25));
  }
  EXPECT_EQ(chosen.size(), 4u);
}

TEST(Schedule, ReadsAConfiguration) {
  const auto report =
      Decide(absl::StrCat(Named(kNode, "a"), Named(kPod, "p")), As("json"),
             "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"
             "profiles:\n- plugins: {score: {disabled: [{name: '*'}], enabled: [{name: "
             "NodeResourcesFit, weight: 3}]}}\n");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(*report, HasSubstr("\"a\": 75"));
}

TEST(Schedule, NamesFilePlaceAndFieldOfWhatIsWrong) {
  EXPECT_EQ(ErrorOf("apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {taint: []}\n"),
            "state.yaml:4:8: spec.taint: unknown field");
  EXPECT_THAT(ErrorOf("---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {}\n"),
              StartsWith("state.yaml:2:1: Pod default/p: spec.containers: Required value"));
  EXPECT_EQ(ErrorOf(absl::StrCat(Named(kNode, "a"), Named(kNode, "a"))),
            "state.yaml:6:1: Node a: there are two of them");
  EXPECT_EQ(ErrorOf(Named(kPod, "p"),
                    "apiVersion: kubescheduler.config.k8s.io/v1\nkind: "
                    "KubeSchedulerConfiguration\nprofiles:\n- plugins:\n    "
                    "filter: {enabled: [{name: Nonsense}]}\n"),
            "config.yaml:5:24: profiles[0].plugins.filter.enabled[0].name: there is no plugin "
            "Nonsense");
  EXPECT_EQ(ErrorOf(Named(kPod, "p"), "a: 1\n---\nb: 1\n"),
            "config.yaml: expected one document, got 2");
}

}  // namespace
}  // namespace drydock::cli

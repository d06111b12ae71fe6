// From benchmark files to workloads, and what is said of what is wrong.
//
// After a deliberate change of messages, errors.txt as it should be is among the
// test's outputs (bazel-testlogs/.../test.outputs).
#include "sim/perf/perf_file.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"
#include "src/api/core/v1/pod.h"

namespace drydock::sim {
namespace {

using ::testing::ElementsAre;

std::string Folder() { return absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/"); }

bool All(const PerfWorkload&) { return true; }

absl::StatusOr<std::vector<PerfWorkload>> Load(const std::string& document) {
  const std::string path = Folder() + "test.yaml";
  EXPECT_TRUE(WriteFile(path, document).ok());
  return LoadPerfFile(path, All);
}

std::string ErrorOf(const std::string& document) {
  const absl::Status status =
      Load(absl::StartsWith(document, "- name")
               ? document
               : absl::StrCat("- name: A\n  workloadTemplate:\n", document,
                              // Whatever the test does not use, these operations do.
                              "\n  - {opcode: createNodes, countParam: $nodes}\n"
                              "  - {opcode: createPods, countParam: $pods, templateParams: {w: "
                              "$word}}\n"
                              "  workloads: [{name: w, params: {nodes: 2, pods: 3, word: many}}]"))
          .status();
  if (status.ok()) return "no error";
  return absl::StrReplaceAll(status.message(), {{Folder(), ""}});
}

TEST(LoadPerfFile, NamesThePlaceAndTheFieldOfWhatIsWrong) {
  const absl::StatusOr<std::string> text = ReadFile("tests/sim/perf/errors.txt");
  ASSERT_TRUE(text.ok()) << text.status();
  const std::vector<std::string> parts = absl::StrSplit(*text, "\n\n");
  std::string rewritten = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::pair<std::string, std::string> test = absl::StrSplit(parts[i], "\n----\n");
    const std::string seen = ErrorOf(test.first);
    EXPECT_EQ(seen, std::string(absl::StripSuffix(test.second, "\n"))) << test.first;
    absl::StrAppend(&rewritten, "\n\n", test.first, "\n----\n", seen);
  }
  EXPECT_GT(parts.size(), 20u);
  if (const char* out = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR")) {
    EXPECT_TRUE(WriteFile(absl::StrCat(out, "/errors.txt"), rewritten + "\n").ok());
  }
}

TEST(LoadPerfFile, PutsParametersIn) {
  const auto workloads = Load(R"(
- name: A
  labels: [all]
  workloadTemplate:
  - opcode: createNodes
    countParam: $nodes
    labelNodePrepareStrategy: {labelKey: zone, labelValues: [a, b]}
  - {opcode: createPods, countParam: $groups, countMultiplierParam: $size}
  - {opcode: sleep, durationParam: $pause}
  workloads:
  - {name: small, labels: [short], params: {nodes: 2, groups: 3, size: 5, pause: 3s}}
  - {name: large, threshold: 70, params: {nodes: 200, groups: 30, size: 5, pause: 1m}}
)");
  ASSERT_TRUE(workloads.ok()) << workloads.status();
  ASSERT_EQ(workloads->size(), 2u);
  const PerfWorkload& small = workloads->front();
  EXPECT_EQ(small.FullName(), "A/small");
  EXPECT_THAT(small.labels, ElementsAre("short", "all"));
  EXPECT_FALSE(small.threshold.has_value());
  ASSERT_EQ(small.ops.size(), 3u);
  const auto& nodes = std::get<CreateNodes>(small.ops[0].action);
  EXPECT_EQ(nodes.count, 2);
  EXPECT_THAT(nodes.label_values, ElementsAre("a", "b"));
  EXPECT_EQ(std::get<CreatePods>(small.ops[1].action).count, 15);
  EXPECT_EQ(std::get<CreatePods>(small.ops[1].action).ns, "namespace-1");
  EXPECT_EQ(std::get<Sleep>(small.ops[2].action).duration, absl::Seconds(3));

  const PerfWorkload& large = workloads->back();
  ASSERT_TRUE(large.threshold.has_value());
  EXPECT_EQ(large.threshold->value, 70);
  EXPECT_FALSE(large.threshold->expect_lower);
  EXPECT_EQ(std::get<CreatePods>(large.ops[1].action).count, 150);
}

TEST(LoadPerfFile, FillsTemplates) {
  ASSERT_TRUE(WriteFile(Folder() + "pod.yaml", R"(
apiVersion: v1
kind: Pod
metadata:
  name: pod-{{.Index}}-of-{{.Count}}
  labels: {group: "{{Mod .Index 3}}", half: "{{DivideFloat .size 2}}"}
spec:
  containers: [{name: c, image: i}]
)")
                  .ok());
  const auto workloads = Load(R"(
- name: A
  workloadTemplate:
  - opcode: createPods
    count: 9
    podTemplatePath: pod.yaml
    templateParams: {size: $size}
  workloads: [{name: w, params: {size: 5}}]
)");
  ASSERT_TRUE(workloads.ok()) << workloads.status();
  const auto message = std::get<CreatePods>(workloads->front().ops[0].action).pod.Make(7);
  ASSERT_TRUE(message.ok()) << message.status();
  const auto& pod = static_cast<const api::Pod&>(**message);
  EXPECT_EQ(pod.metadata().name(), "pod-7-of-9");
  ASSERT_EQ(pod.metadata().labels_size(), 2);
  EXPECT_EQ(pod.metadata().labels(0).value(), "1");
  EXPECT_EQ(pod.metadata().labels(1).value(), "2.5");
}

TEST(LoadPerfFile, ReadsTheShippedBenchmarks) {
  for (const char* file : {"misc", "affinity", "topology_spreading"}) {
    const auto workloads = LoadPerfFile(absl::StrCat("bench/scheduler_perf/", file, ".yaml"), All);
    EXPECT_TRUE(workloads.ok()) << workloads.status();
  }
}

}  // namespace
}  // namespace drydock::sim

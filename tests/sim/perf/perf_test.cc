// Benchmarks from the file to the results: the shipped ones in their small forms, and
// workloads that use what these do not.
#include "sim/perf/perf.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"
#include "sim/perf/perf_file.h"
#include "src/api/codec/json.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {
namespace {

using ::testing::HasSubstr;

std::string Folder() { return absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/"); }

PerfOptions Shipped(const std::string& name) {
  PerfOptions options;
  options.file = absl::StrCat("bench/scheduler_perf/", name, ".yaml");
  options.json = Folder() + "results.json";
  options.quiet = true;
  return options;
}

// The one workload of a test case with these operations.
PerfResult ResultOf(const std::string& operations, uint64_t seed = 1) {
  const std::string path = Folder() + "test.yaml";
  EXPECT_TRUE(WriteFile(path, absl::StrCat("- name: A\n  workloadTemplate:\n", operations,
                                           "\n  workloads: [{name: w}]\n"))
                  .ok());
  const auto workloads = LoadPerfFile(path, [](const PerfWorkload&) { return true; });
  EXPECT_TRUE(workloads.ok()) << workloads.status();
  if (!workloads.ok()) return {};
  auto result = RunPerfWorkload(workloads->front(), seed, PerfClock::kCpu);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : PerfResult();
}

void WritePod(const std::string& name, const std::string& spec) {
  ASSERT_TRUE(WriteFile(Folder() + name,
                        absl::StrCat("apiVersion: v1\nkind: Pod\nmetadata: {generateName: pod-, "
                                     "labels: {from: ",
                                     name, "}}\nspec:\n  terminationGracePeriodSeconds: 0\n", spec,
                                     "  containers: [{name: c, image: i}]\n"))
                  .ok());
}

class ShippedBenchmark : public testing::TestWithParam<const char*> {};

TEST_P(ShippedBenchmark, SchedulesAllPodsInItsShortForms) {
  PerfOptions options = Shipped(GetParam());
  options.labels = {"short"};
  const absl::StatusOr<bool> held = RunPerf(options);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_TRUE(*held);
}

INSTANTIATE_TEST_SUITE_P(Files, ShippedBenchmark,
                         testing::Values("misc", "affinity", "topology_spreading"));

TEST(RunPerf, WritesResultsInSchedulerPerfsForm) {
  PerfOptions options = Shipped("misc");
  options.filter = "SchedulingBasic/5Nodes_10Pods";
  ASSERT_TRUE(RunPerf(options).ok());
  const absl::StatusOr<std::string> text = ReadFile(options.json);
  ASSERT_TRUE(text.ok()) << text.status();
  const absl::StatusOr<api::Value> json = api::ParseJson(*text);
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(json->Find("version")->text(), "v1");
  const std::vector<api::Value>& items = json->Find("dataItems")->items();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].Find("unit")->text(), "pods/s");
  EXPECT_EQ(items[0].Find("labels")->Find("Metric")->text(), "SchedulingThroughput");
  EXPECT_EQ(items[0].Find("labels")->Find("Name")->text(),
            "BenchmarkPerfScheduling/SchedulingBasic/5Nodes_10Pods/namespace-2");
  for (const char* bucket : {"Average", "Perc50", "Perc90", "Perc95", "Perc99"}) {
    ASSERT_NE(items[0].Find("data")->Find(bucket), nullptr) << bucket;
  }
}

TEST(RunPerf, SaysWhichWorkloadsThereAre) {
  PerfOptions options = Shipped("misc");
  options.filter = "SchedulingBasics";
  const absl::Status status = RunPerf(options).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("SchedulingBasic/5000Nodes_10000Pods"));
}

TEST(RunPerf, FailsWhereAThresholdIsNotMet) {
  const std::string file = Folder() + "threshold.yaml";
  ASSERT_TRUE(WriteFile(file, R"(
- name: A
  workloadTemplate:
  - {opcode: createNodes, count: 1}
  - {opcode: createPods, count: 1, collectMetrics: true}
  workloads:
  - {name: high, threshold: 99999}
  - {name: low, threshold: 99999, thresholdMetricSelector: {name: SchedulingThroughput, expectLower: true}}
)")
                  .ok());
  PerfOptions options;
  options.file = file;
  options.json = Folder() + "results.json";
  options.quiet = true;
  options.filter = "A/high";
  EXPECT_THAT(RunPerf(options), testing::Property(&absl::StatusOr<bool>::value, false));
  options.filter = "A/low";
  EXPECT_THAT(RunPerf(options), testing::Property(&absl::StatusOr<bool>::value, true));
}

TEST(RunPerfWorkload, IsTheSameEveryTime) {
  const char* const operations = R"(
  - {opcode: createNodes, count: 20}
  - {opcode: createPods, count: 50, collectMetrics: true})";
  const PerfResult first = ResultOf(operations);
  EXPECT_TRUE(first.status.ok()) << first.status;
  ASSERT_EQ(first.measured.size(), 1u);
  EXPECT_EQ(first.measured[0].throughput.pods, 50u);
  EXPECT_EQ(first.nodes, 20u);
  EXPECT_EQ(first.pods, 50u);
  const PerfResult second = ResultOf(operations);
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(first.virtual_time, second.virtual_time);
  EXPECT_NE(first.digest, ResultOf(operations, 2).digest);
}

TEST(RunPerfWorkload, SaysWhichOperationNeverEnds) {
  const PerfResult result = ResultOf(R"(
  - {opcode: createNodes, count: 1, nodeAllocatableStrategy: {nodeAllocatable: {pods: "2"}}}
  - {opcode: createPods, count: 3})");
  EXPECT_THAT(std::string(result.status.message()),
              HasSubstr("workloadTemplate[1] (createPods): not done after 30m"));
  EXPECT_FALSE(result.Held());
}

TEST(RunPerfWorkload, MeasuresWhatIsAskedFor) {
  const PerfResult result = ResultOf(R"(
  - {opcode: createNodes, count: 3}
  - {opcode: createPods, count: 4, namespace: before}
  - {opcode: startCollectingMetrics, name: part, namespaces: [a-0, a-1]}
  - {opcode: createPodSets, count: 3, namespacePrefix: a, createPodsOp: {opcode: createPods, count: 5}}
  - {opcode: stopCollectingMetrics}
  - {opcode: createPodSets, count: 2, namespacePrefix: b, createPodsOp: {count: 6, collectMetrics: true}})");
  EXPECT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.measured.size(), 3u);
  EXPECT_EQ(result.measured[0].name, "part");
  EXPECT_EQ(result.measured[0].throughput.pods, 10u);
  EXPECT_EQ(result.measured[1].name, "b-0");
  EXPECT_EQ(result.measured[1].throughput.pods, 6u);
  EXPECT_EQ(result.measured[2].name, "b-1");
  EXPECT_EQ(result.measured[2].throughput.pods, 6u);
  EXPECT_EQ(result.pods, 31u);
}

TEST(RunPerfWorkload, WaitsForWhatBarriersName) {
  WritePod("gated.yaml", "  schedulingGates: [{name: a/b}]\n");
  WritePod("free.yaml", "");
  const std::string operations = R"(
  - {opcode: createNodes, count: 1}
  - {opcode: createPods, count: 2, namespace: some, podTemplatePath: gated.yaml, skipWaitToCompletion: true}
  - {opcode: createPods, count: 3, namespace: some, podTemplatePath: free.yaml, skipWaitToCompletion: true}
  - {opcode: barrier, stageRequirement: Attempted}
  - {opcode: barrier, labelSelector: {from: free.yaml}})";
  EXPECT_TRUE(ResultOf(operations).status.ok());
  // Pods behind a gate are not scheduled.
  const PerfResult stuck = ResultOf(operations + "\n  - {opcode: barrier, namespaces: [some]}");
  EXPECT_THAT(std::string(stuck.status.message()), HasSubstr("workloadTemplate[5] (barrier)"));
}

TEST(RunPerfWorkload, DeletesPodsAtTheRateThatIsAskedFor) {
  WritePod("free.yaml", "");
  const std::string operations = R"(
  - {opcode: createNodes, count: 1, nodeAllocatableStrategy: {nodeAllocatable: {pods: "10"}}}
  - {opcode: createPods, count: 10, namespace: some, podTemplatePath: free.yaml}
  - {opcode: deletePods, namespace: some, deletePodsPerSecond: 2)";
  // Nothing fits before there is room.
  const std::string more = "\n  - {opcode: createPods, count: 10, podTemplatePath: free.yaml}";
  const PerfResult waited = ResultOf(operations + "}" + more);
  EXPECT_TRUE(waited.status.ok()) << waited.status;
  EXPECT_GE(waited.virtual_time, absl::Seconds(5));
  const PerfResult beside = ResultOf(operations + ", skipWaitToCompletion: true}" + more);
  EXPECT_TRUE(beside.status.ok()) << beside.status;
  EXPECT_GE(beside.virtual_time, absl::Seconds(5));
}

TEST(RunPerfWorkload, ChurnsInBothModes) {
  WritePod("first.yaml", "  priority: 7\n");
  // Whether a node of `room` pods is full of churning pods after ten cycles.
  const auto fits = [](const std::string& churn, int room) {
    const PerfResult result = ResultOf(absl::StrCat(
        "  - {opcode: createNodes, count: 1, nodeAllocatableStrategy: {nodeAllocatable: {pods: \"",
        room, "\"}}}\n  - {opcode: churn, intervalMilliseconds: 100, templatePaths: [first.yaml], ",
        churn, "}\n  - {opcode: sleep, duration: 1050ms}\n  - {opcode: createPods, count: 1}"));
    return result.status.ok();
  };
  EXPECT_TRUE(fits("mode: create, number: 3", 4));
  EXPECT_FALSE(fits("mode: create, number: 3", 3));
  EXPECT_FALSE(fits("mode: create, number: 20", 10));
  EXPECT_TRUE(fits("mode: recreate, number: 2", 3));
}

TEST(RunPerfWorkload, CreatesObjectsOfAnyKind) {
  ASSERT_TRUE(WriteFile(Folder() + "class.yaml", R"(
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: "class-{{.Index}}"}
value: {{MultiplyInt 10 .Index}}
)")
                  .ok());
  WritePod("classy.yaml", "  priorityClassName: class-2\n");
  const PerfResult result = ResultOf(R"(
  - {opcode: createNodes, count: 1}
  - {opcode: createAny, count: 3, templatePath: class.yaml}
  - {opcode: sleep, duration: 1s}
  - {opcode: createPods, count: 1, podTemplatePath: classy.yaml})");
  EXPECT_TRUE(result.status.ok()) << result.status;
}

}  // namespace
}  // namespace drydock::sim

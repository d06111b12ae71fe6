// From files to scenarios: the values, and what is said of files that are wrong.
//
// After a deliberate change of messages, errors.txt as it should be is among the
// test's outputs (bazel-testlogs/.../test.outputs).
#include "sim/scenario/parse.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"
#include "sim/scenario/scenario.h"

namespace drydock::sim {
namespace {

using Sets = std::vector<std::pair<std::string, std::string>>;

constexpr char kHead[] = R"(apiVersion: sim.drydock.dev/v1
kind: Scenario
metadata: {name: test}
spec:
  duration: 1h
  cluster: {nodePools: [{name: a, count: 1, capacity: {cpu: 1}}]}
)";

std::string TempFile(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/", name);
  EXPECT_TRUE(WriteFile(path, text).ok());
  return path;
}

absl::StatusOr<Scenario> Parse(const std::string& spec, const Sets& set = {}) {
  return LoadScenario(TempFile("test.yaml", kHead + spec), set);
}

// The message about `document`, without the folder of its file.
std::string ErrorOf(const std::string& document) {
  const bool whole = absl::StartsWith(document, "apiVersion") || absl::StartsWith(document, "-");
  const std::string path = TempFile("test.yaml", whole ? document : kHead + document);
  const absl::StatusOr<Scenario> scenario = LoadScenario(path, {});
  if (scenario.ok()) return "no error";
  std::string message(scenario.status().message());
  const std::string folder = absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/");
  for (size_t at = message.find(folder); at != std::string::npos; at = message.find(folder)) {
    message.erase(at, folder.size());
  }
  return message;
}

TEST(LoadScenario, NamesThePlaceAndTheFieldOfWhatIsWrong) {
  const absl::StatusOr<std::string> text = ReadFile("tests/sim/scenario/errors.txt");
  ASSERT_TRUE(text.ok()) << text.status();
  std::vector<std::string> lines = absl::StrSplit(absl::StripSuffix(*text, "\n"), '\n');
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
  EXPECT_GE(cases, 60);
  if (rewritten == *text) return;
  if (const char* outputs = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR")) {
    EXPECT_TRUE(WriteFile(absl::StrCat(outputs, "/errors.txt"), rewritten).ok());
  }
}

TEST(LoadScenario, NamesAFileThatDoesNotExist) {
  const absl::Status status = LoadScenario("no/such.yaml", {}).status();
  EXPECT_TRUE(absl::StrContains(status.message(), "no/such.yaml")) << status;
}

TEST(LoadScenario, HasDefaults) {
  const absl::StatusOr<Scenario> scenario = Parse("");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->name, "test");
  EXPECT_EQ(scenario->seed, 1u);
  EXPECT_EQ(scenario->duration, absl::Hours(1));
  EXPECT_EQ(scenario->sample_every, absl::Seconds(10));
  EXPECT_EQ(absl::FormatTime(absl::RFC3339_sec, scenario->start, absl::UTCTimeZone()),
            "2026-01-01T00:00:00+00:00");
  const ClusterSpec& cluster = scenario->cluster;
  EXPECT_EQ(cluster.zones, 1);
  ASSERT_EQ(cluster.node_pools.size(), 1u);
  EXPECT_EQ(cluster.node_pools[0].capacity,
            (std::vector<std::pair<std::string, std::string>>{{"cpu", "1"}, {"pods", "110"}}));
  EXPECT_EQ(cluster.images.default_size_bytes, int64_t{150} << 20);
  EXPECT_EQ(cluster.latency.api_write, absl::Milliseconds(2));
  EXPECT_EQ(cluster.container_start, "");
  EXPECT_TRUE(scenario->workload.empty());
  EXPECT_FALSE(scenario->trace.has_value());
}

TEST(LoadScenario, ReadsTheCluster) {
  const absl::StatusOr<Scenario> scenario = Parse("", {{"cluster", R"({
      zones: 3,
      nodePools: [{name: gpu, count: 7, capacity: {cpu: 96, memory: 512Gi, pods: 250},
                   labels: {tier: gpu}, taints: [{key: gpu, effect: NoSchedule}]}],
      images: {defaultSize: 1Gi, sizes: {"app:1": 50Mi}, bandwidth: 1G, preloaded: true},
      latency: {sameZone: 1ms, crossZone: 2ms, apiRead: 3ms, apiWrite: 4ms, schedulePod: 5ms},
      containerStart: {lognormal: {median: 1s, sigma: 0.5}},
      scheduler: {profiles: []},
      controllers: {qps: 20, burst: 30}})"}});
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const ClusterSpec& cluster = scenario->cluster;
  EXPECT_EQ(cluster.zones, 3);
  EXPECT_EQ(cluster.node_pools[0].count, 7);
  EXPECT_EQ(cluster.node_pools[0].capacity.size(), 3u);
  EXPECT_EQ(cluster.node_pools[0].labels[0].second, "gpu");
  EXPECT_EQ(cluster.node_pools[0].taints.items().size(), 1u);
  EXPECT_EQ(cluster.images.default_size_bytes, int64_t{1} << 30);
  EXPECT_EQ(cluster.images.sizes[0].second, int64_t{50} << 20);
  EXPECT_EQ(cluster.images.node_bandwidth, 1'000'000'000);
  EXPECT_TRUE(cluster.images.preloaded);
  EXPECT_EQ(cluster.latency.same_zone, absl::Milliseconds(1));
  EXPECT_EQ(cluster.latency.cross_zone, absl::Milliseconds(2));
  EXPECT_EQ(cluster.latency.api_read, absl::Milliseconds(3));
  EXPECT_EQ(cluster.latency.api_write, absl::Milliseconds(4));
  EXPECT_EQ(cluster.latency.schedule_pod, absl::Milliseconds(5));
  EXPECT_EQ(cluster.container_start, "lognormal(1s, 0.5)");
  EXPECT_TRUE(cluster.scheduler.is_object());
  EXPECT_EQ(cluster.controller_qps, 20);
  EXPECT_EQ(cluster.controller_burst, 30);
}

TEST(LoadScenario, ReadsContainerStartInEveryForm) {
  for (const auto& [yaml, text] : std::vector<std::pair<std::string, std::string>>{
           {"2s", "2s"},
           {"{uniform: [200ms, 2s]}", "uniform(200ms, 2s)"},
           {"{exponential: 3s}", "exp(3s)"},
           {"{normal: {mean: 3s, deviation: 1s}}", "normal(3s, 1s)"}}) {
    const absl::StatusOr<Scenario> scenario = Parse("", {{"cluster.containerStart", yaml}});
    ASSERT_TRUE(scenario.ok()) << scenario.status();
    EXPECT_EQ(scenario->cluster.container_start, text);
  }
}

TEST(LoadScenario, ReadsTheWorkload) {
  const absl::StatusOr<Scenario> scenario = Parse(R"(
  workload:
  - {at: 1s, apply: [{apiVersion: v1, kind: Pod, metadata: {name: a}}]}
  - at: 1m30s
    generate:
      count: 10
      over: 5m
      arrivals: poisson
      object: {apiVersion: v1, kind: Pod, metadata: {name: "p-{{i}}"}}
      vary:
        spec.priority: {uniform: [1, 5]}
        metadata.annotations[sim.drydock.dev/run-for]: {exponential: 20s}
        spec.nodeName: {choice: [a, b, c]}
      lifetime: {uniform: [1m, 2m]}
  - {at: 2m, scale: {target: deployment/web, replicas: 0}}
  - {at: 3m, patch: {target: deployment/web, type: merge, patch: {spec: {paused: true}}}}
  - {at: 4m, delete: {target: deployment, selector: a=b}}
  - {at: 5m, churn: {target: deployment, every: 2s, until: 6m, scale: 0, restart: 2, kill: 3}}
)");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const std::vector<WorkloadItem>& items = scenario->workload;
  ASSERT_EQ(items.size(), 6u);
  EXPECT_EQ(items[1].at, absl::Seconds(90));
  EXPECT_EQ(std::get<ApplyAction>(items[0].action).objects.size(), 1u);
  const auto& generate = std::get<GenerateAction>(items[1].action);
  EXPECT_EQ(generate.count, 10);
  EXPECT_EQ(generate.over, absl::Minutes(5));
  EXPECT_TRUE(generate.poisson);
  ASSERT_EQ(generate.vary.size(), 3u);
  EXPECT_EQ(generate.vary[0].kind, VaryRule::Kind::kNumber);
  EXPECT_EQ(generate.vary[0].distribution->Mean(), 3);
  EXPECT_EQ(generate.vary[1].kind, VaryRule::Kind::kDuration);
  EXPECT_EQ(generate.vary[1].distribution->Mean(), 20e9);
  EXPECT_EQ(generate.vary[2].kind, VaryRule::Kind::kChoice);
  EXPECT_EQ(generate.vary[2].choices.size(), 3u);
  EXPECT_EQ(generate.lifetime->Mean(), 90e9);
  EXPECT_EQ(std::get<ScaleAction>(items[2].action).target, "deployment/web");
  EXPECT_EQ(std::get<PatchAction>(items[3].action).type, "merge");
  EXPECT_EQ(std::get<DeleteAction>(items[4].action).selector, "a=b");
  const auto& churn = std::get<ChurnAction>(items[5].action);
  EXPECT_EQ(churn.every, absl::Seconds(2));
  EXPECT_EQ(churn.until, absl::Minutes(6));
  EXPECT_EQ(churn.restart_weight, 2);
  EXPECT_EQ(churn.kill_weight, 3);
}

TEST(LoadScenario, ReadsManifestsOfAFileBesideIt) {
  TempFile("web.yaml",
           "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n"
           "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n");
  const absl::StatusOr<Scenario> scenario = Parse("  workload: [{at: 0s, apply: web.yaml}]\n");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const auto& apply = std::get<ApplyAction>(scenario->workload[0].action);
  EXPECT_EQ(apply.objects.size(), 2u);
  EXPECT_TRUE(absl::EndsWith(apply.source, "/web.yaml")) << apply.source;
}

TEST(LoadScenario, ReadsFaultsAndChecks) {
  const absl::StatusOr<Scenario> scenario = Parse(R"(
  faults:
  - {at: 1m, powerOff: {machines: [a-0, a-1]}, for: 10m}
  - {at: 2m, powerOff: {zone: zone-b}}
  - {at: 3m, crash: {process: kubelet, randomNodes: 4}}
  - {at: 4m, partition: {from: zone-a, to: masters, oneWay: true}, for: 1m}
  - {at: 5m, network: {loss: 0.25, extraLatency: 20ms}}
  checks:
  - {by: 10m, expect: converged}
  - {from: 5m, always: ready(nodes) >= 1}
)");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const std::vector<FaultItem>& faults = scenario->faults;
  ASSERT_EQ(faults.size(), 5u);
  EXPECT_EQ(std::get<PowerOffFault>(faults[0].fault).machines.size(), 2u);
  EXPECT_EQ(faults[0].lasts, absl::Minutes(10));
  EXPECT_EQ(std::get<PowerOffFault>(faults[1].fault).zone, "zone-b");
  EXPECT_FALSE(faults[1].lasts.has_value());
  EXPECT_EQ(std::get<CrashFault>(faults[2].fault).random_nodes, 4);
  EXPECT_TRUE(std::get<PartitionFault>(faults[3].fault).one_way);
  EXPECT_EQ(std::get<NetworkDegradation>(faults[4].fault).loss, 0.25);
  EXPECT_EQ(std::get<NetworkDegradation>(faults[4].fault).extra_latency, absl::Milliseconds(20));
  ASSERT_EQ(scenario->checks.size(), 2u);
  EXPECT_FALSE(scenario->checks[0].always);
  EXPECT_EQ(scenario->checks[0].at, absl::Minutes(10));
  EXPECT_TRUE(scenario->checks[1].always);
  EXPECT_EQ(scenario->checks[1].expect, "ready(nodes) >= 1");
}

TEST(LoadScenario, ChangesFieldsBySet) {
  const absl::StatusOr<Scenario> scenario =
      Parse("", {{"cluster.nodePools[0].count", "100"}, {"seed", "7"}, {"policy", "bestfit"}});
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->cluster.node_pools[0].count, 100);
  EXPECT_EQ(scenario->seed, 7u);
  EXPECT_EQ(scenario->policy, "bestfit");
}

TEST(LoadScenario, NamesTheSetThatIsWrong) {
  const auto message = [](const std::string& path, const std::string& value) {
    return std::string(Parse("", {{path, value}}).status().message());
  };
  EXPECT_EQ(message("cluster..zones", "3"),
            "--set cluster..zones: bad path \"spec.cluster..zones\": expected a name");
  EXPECT_EQ(message("cluster.nodePools[3].count", "3"),
            "--set cluster.nodePools[3].count: bad path \"spec.cluster.nodePools[3].count\": there "
            "is no item 3, the list has 1");
  EXPECT_EQ(message("seed", "[1"), "--set seed: expected one YAML value, got \"[1\"");
  EXPECT_TRUE(absl::StrContains(message("cluster.zone", "3"), "spec.cluster.zone: unknown field"))
      << message("cluster.zone", "3");
}

TEST(LoadScenario, ReadsTheShippedScenarios) {
  for (const char* name : {"quickstart", "density-5000", "openb", "policy"}) {
    const absl::StatusOr<Scenario> scenario =
        LoadScenario(absl::StrCat("scenarios/", name, ".yaml"), {});
    ASSERT_TRUE(scenario.ok()) << scenario.status();
    EXPECT_EQ(scenario->name, name);
  }
}

}  // namespace
}  // namespace drydock::sim

// What users make and delete, and when: seen at the API server, which may be away.
#include "sim/workload/driver.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/core/v1/config.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "tests/sim/workload/driver_fixture.h"

namespace drydock::sim {
namespace {

constexpr char kTenConfigMaps[] = R"(
  - at: 10s
    generate:
      count: 10
      over: 100s
      object: {apiVersion: v1, kind: ConfigMap, metadata: {name: "c-{{i}}", labels: {g: x}}}
)";

TEST_F(WorkloadDriverTest, SpreadsArrivalsEvenly) {
  Play(kTenConfigMaps);
  for (int i = 0; i < 10; ++i) {
    RunTo(10 + 10 * i + 5);
    EXPECT_EQ(ConfigMaps(), static_cast<size_t>(i + 1));
  }
  RunTo(200);
  EXPECT_EQ(ConfigMaps(), 10u);
}

TEST_F(WorkloadDriverTest, DrawsArrivalsAtRandomWithTheSameMeanRate) {
  Play(R"(
  - at: 10s
    generate:
      count: 200
      over: 200s
      arrivals: poisson
      object: {apiVersion: v1, kind: ConfigMap, metadata: {name: "c-{{i}}"}}
)");
  std::map<size_t, int> in_a_second;
  size_t before = 0;
  for (int second = 11; second < 111; ++second) {
    RunTo(second);
    const size_t now = ConfigMaps();
    ++in_a_second[now - before];
    before = now;
  }
  EXPECT_NEAR(static_cast<double>(before), 100, 30);
  EXPECT_GT(in_a_second[0], 20);  // 37 of 100 on average, none if they were even.
  RunTo(400);
  EXPECT_EQ(ConfigMaps(), 200u);
}

TEST_F(WorkloadDriverTest, DeletesCopiesAfterTheirLifetime) {
  Play(R"(
  - at: 10s
    generate:
      count: 3
      object: {apiVersion: v1, kind: ConfigMap, metadata: {name: "c-{{i}}"}}
      lifetime: 30s
)");
  RunTo(39);
  EXPECT_EQ(ConfigMaps(), 3u);
  RunTo(42);
  EXPECT_EQ(ConfigMaps(), 0u);
}

TEST_F(WorkloadDriverTest, DeletesWhatASelectorSelects) {
  Play(absl::StrCat(kTenConfigMaps, R"(
  - at: 150s
    apply: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c-other}}]
  - {at: 200s, delete: {target: configmap, selector: g=x}}
)"));
  RunTo(190);
  EXPECT_EQ(ConfigMaps(), 11u);
  RunTo(220);
  EXPECT_EQ(ConfigMaps(), 1u);
}

TEST_F(WorkloadDriverTest, KillsPodsOfWhatItChurns) {
  Play(absl::StrCat(kWeb, R"(
  - at: 2s
    generate:
      count: 5
      object:
        apiVersion: v1
        kind: Pod
        metadata: {name: "web-{{i}}", labels: {app: web}}
        spec: {containers: [{name: main, image: app}]}
  - {at: 10s, churn: {target: deployment, every: 10s, until: 35s, scale: 0, restart: 0, kill: 1}}
)"));
  RunTo(9);
  EXPECT_EQ(cluster_.List<api::Pod>("default").size(), 5u);
  RunTo(100);
  EXPECT_EQ(cluster_.List<api::Pod>("default").size(), 2u);  // At 10 s, 20 s and 30 s.
}

TEST_F(WorkloadDriverTest, TriesAgainWhileTheServerIsAway) {
  Play(R"(
  - at: 3s
    apply: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c-1, labels: {g: x}}}]
  - {at: 10s, delete: {target: configmap, selector: g=x}}
  - at: 11s
    apply: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c-2}}]
)");
  RunTo(9);
  EXPECT_EQ(ConfigMaps(), 1u);
  cluster_.server_process().Kill();
  RunTo(15);
  cluster_.server_process().Start();
  RunTo(60);
  EXPECT_FALSE(cluster_.Get<api::ConfigMap>("default", "c-1"));
  EXPECT_TRUE(cluster_.Get<api::ConfigMap>("default", "c-2"));
  EXPECT_EQ(errors_.count, 0u) << errors_.first.front();
}

}  // namespace
}  // namespace drydock::sim

// A cluster for the tests of users' actions: its API server, and a user who does what
// the scenario says.
#ifndef DRYDOCK_TESTS_SIM_WORKLOAD_DRIVER_FIXTURE_H_
#define DRYDOCK_TESTS_SIM_WORKLOAD_DRIVER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/files/files.h"
#include "sim/machine/machine.h"
#include "sim/scenario/parse.h"
#include "sim/scenario/scenario.h"
#include "sim/workload/driver.h"
#include "sim/workload/manifest.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/config.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "tests/support/test_cluster.h"

namespace drydock::sim {

inline constexpr char kScenarioHead[] = R"(apiVersion: sim.drydock.dev/v1
kind: Scenario
metadata: {name: test}
spec:
  duration: 1h
  cluster: {nodePools: [{name: a, count: 1, capacity: {cpu: 1}}]}
  workload:
)";

// A Deployment, at 1 s.
inline constexpr char kWeb[] = R"(
  - at: 1s
    apply:
    - apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {a: "1", b: "1"}}
      spec:
        replicas: 3
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: main, image: "app:1"}]}
)";

class WorkloadDriverTest : public testing::Test {
 protected:
  void Play(const std::string& actions) {
    const std::string path =
        absl::StrCat(absl::StripSuffix(testing::TempDir(), "/"), "/workload.yaml");
    ASSERT_TRUE(WriteFile(path, kScenarioHead + actions).ok());
    absl::StatusOr<Scenario> scenario = LoadScenario(path, {});
    ASSERT_TRUE(scenario.ok()) << scenario.status();
    scenario_ = *std::move(scenario);
    ASSERT_TRUE(CheckWorkload(scenario_).ok()) << CheckWorkload(scenario_);
    Machine& user = cluster_.AddMachine("user");
    client::Client& client = cluster_.NewClient(user, "kubectl");
    driver_ = std::make_unique<WorkloadDriver>(user, client, scenario_, errors_);
    user.Spawn(driver_->Run());
  }
  void RunTo(int seconds) { cluster_.world().Run(absl::Seconds(seconds)); }

  api::Ref<api::Deployment> Web() { return cluster_.Get<api::Deployment>("default", "web"); }
  size_t ConfigMaps() {
    size_t ours = 0;
    for (const auto& map : cluster_.List<api::ConfigMap>("default")) {
      ours += map->metadata().name().rfind("c-", 0) == 0 ? 1 : 0;
    }
    return ours;
  }

  Scenario scenario_;
  WorkloadErrors errors_;
  testing_support::TestCluster cluster_;
  std::unique_ptr<WorkloadDriver> driver_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_TESTS_SIM_WORKLOAD_DRIVER_FIXTURE_H_

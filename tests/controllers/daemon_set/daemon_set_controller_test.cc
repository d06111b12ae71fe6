// DaemonSets in virtual time, with the real API server.
#include "src/controllers/daemon_set/daemon_set_controller.h"

#include <algorithm>
#include <map>
#include <string>

#include "gtest/gtest.h"
#include "src/api/core/v1/selection.h"
#include "src/api/int_or_string.h"
#include "src/api/maps.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/daemon_set/daemon_pods.h"
#include "src/controllers/manager.h"
#include "tests/controllers/support/workload_cluster.h"

namespace drydock::controllers {
namespace {

class DaemonSetTest : public testing::Test {
 protected:
  static void Start(sim::Process& process, client::Client& client) {
    ControllerManagerOptions options;
    options.controllers = {"daemonset-controller"};
    process.Spawn(process.Emplace<ControllerManager>(process, client, options).Run());
  }

  testing_support::TestCluster& cluster() { return workloads_.cluster(); }
  api::Ref<api::DaemonSet> Get() { return cluster().Get<api::DaemonSet>("default", "agent"); }
  static std::string NameOf(int i) { return "node-" + std::to_string(i); }
  void AddNodes(int count) {
    for (int i = 0; i < count; ++i) {
      api::Node node;
      node.mutable_metadata()->set_name(NameOf(i));
      api::Set(node.mutable_metadata()->mutable_labels(), "parity", i % 2 == 0 ? "even" : "odd");
      cluster().Create(node);
    }
  }
  bool WaitForAvailable(int nodes) {
    return cluster().RunUntil([&] {
      const api::DaemonSetStatus& status = Get()->status();
      return status.desired_number_scheduled() == nodes && status.number_available() == nodes &&
             status.updated_number_scheduled() == nodes;
    });
  }
  std::map<std::string, int> PodsByNode() {
    std::map<std::string, int> pods;
    for (const auto& pod : workloads_.ActivePods()) ++pods[TargetNode(*pod)];
    return pods;
  }
  void SetImage(const std::string& image) {
    for (;;) {
      api::DaemonSet update = *Get();
      update.mutable_spec()->mutable_template_()->mutable_spec()->mutable_containers(0)->set_image(
          image);
      if (cluster().Await(cluster().client().Update(update)).ok()) return;
    }
  }
  int Updated(const std::string& image) {
    int count = 0;
    for (const auto& pod : workloads_.ActivePods()) {
      if (pod->spec().containers(0).image() == image) ++count;
    }
    return count;
  }

  WorkloadCluster workloads_{Start};
};

TEST_F(DaemonSetTest, RunsOnePodOnEachNode) {
  AddNodes(5);
  cluster().Create(MakeDaemonSet("agent"));
  ASSERT_TRUE(WaitForAvailable(5));
  const std::map<std::string, int> pods = PodsByNode();
  EXPECT_EQ(pods.size(), 5u);
  for (const auto& [node, count] : pods) EXPECT_EQ(count, 1) << node;
  EXPECT_EQ(Get()->status().current_number_scheduled(), 5);
  EXPECT_EQ(Get()->status().number_misscheduled(), 0);
}

TEST_F(DaemonSetTest, FollowsNodesThatComeLater) {
  AddNodes(1);
  cluster().Create(MakeDaemonSet("agent"));
  ASSERT_TRUE(WaitForAvailable(1));
  api::Node late;
  late.mutable_metadata()->set_name("late");
  cluster().Create(late);
  ASSERT_TRUE(WaitForAvailable(2));
  EXPECT_EQ(PodsByNode().count("late"), 1u);
}

TEST_F(DaemonSetTest, RunsOnlyWhereItsNodeSelectorSays) {
  AddNodes(4);
  api::DaemonSet set = MakeDaemonSet("agent");
  api::Set(set.mutable_spec()->mutable_template_()->mutable_spec()->mutable_node_selector(),
           "parity", "even");
  cluster().Create(set);
  ASSERT_TRUE(WaitForAvailable(2));
  EXPECT_EQ(PodsByNode(), (std::map<std::string, int>{{"node-0", 1}, {"node-2", 1}}));
  api::Node turned = *cluster().Get<api::Node>("", "node-0");
  api::Set(turned.mutable_metadata()->mutable_labels(), "parity", "odd");
  cluster().Update(turned);
  ASSERT_TRUE(WaitForAvailable(1));
  cluster().RunFor(absl::Seconds(5));
  EXPECT_EQ(PodsByNode(), (std::map<std::string, int>{{"node-2", 1}}));
}

TEST_F(DaemonSetTest, StaysOffTaintedNodesUnlessTheTaintIsOneThatDaemonsOutlive) {
  AddNodes(2);
  const auto taint = [this](const std::string& name, const std::string& key) {
    api::Node node = *cluster().Get<api::Node>("", name);
    api::Taint* added = node.mutable_spec()->add_taints();
    added->set_key(key);
    added->set_effect("NoSchedule");
    cluster().Update(node);
  };
  taint("node-0", "dedicated");
  taint("node-1", "node.kubernetes.io/unschedulable");
  cluster().Create(MakeDaemonSet("agent"));
  ASSERT_TRUE(WaitForAvailable(1));
  EXPECT_EQ(PodsByNode(), (std::map<std::string, int>{{"node-1", 1}}));
}

TEST_F(DaemonSetTest, RollsOverWithinMaxUnavailable) {
  AddNodes(6);
  api::DaemonSet set = MakeDaemonSet("agent");
  *set.mutable_spec()
       ->mutable_update_strategy()
       ->mutable_rolling_update()
       ->mutable_max_unavailable() = api::FromInt(2);
  cluster().Create(set);
  ASSERT_TRUE(WaitForAvailable(6));
  SetImage("agent:2");
  int fewest = 6;
  ASSERT_TRUE(cluster().RunUntil([&] {
    int available = 0;
    for (const auto& pod : workloads_.ActivePods()) available += IsReady(*pod) ? 1 : 0;
    fewest = std::min(fewest, available);
    return Updated("agent:2") == 6 && available == 6;
  }));
  EXPECT_EQ(fewest, 4);
  ASSERT_TRUE(WaitForAvailable(6));
  EXPECT_EQ(cluster().List<api::ControllerRevision>("default").size(), 2u);
}

TEST_F(DaemonSetTest, SurgesSoThatNoNodeIsWithoutAnAvailablePod) {
  AddNodes(4);
  api::DaemonSet set = MakeDaemonSet("agent");
  auto* const rolling = set.mutable_spec()->mutable_update_strategy()->mutable_rolling_update();
  *rolling->mutable_max_surge() = api::FromInt(1);
  *rolling->mutable_max_unavailable() = api::FromInt(0);
  cluster().Create(set);
  ASSERT_TRUE(WaitForAvailable(4));
  SetImage("agent:2");
  int fewest = 4;
  size_t most = 0;
  ASSERT_TRUE(cluster().RunUntil([&] {
    std::map<std::string, int> available;
    for (const auto& pod : workloads_.ActivePods()) {
      if (IsReady(*pod)) ++available[TargetNode(*pod)];
    }
    fewest = std::min(fewest, static_cast<int>(available.size()));
    most = std::max(most, workloads_.ActivePods().size());
    return Updated("agent:2") == 4 && workloads_.ActivePods().size() == 4;
  }));
  EXPECT_EQ(fewest, 4);
  EXPECT_EQ(most, 5u);
}

TEST_F(DaemonSetTest, LeavesOldPodsAloneWithOnDelete) {
  AddNodes(2);
  api::DaemonSet set = MakeDaemonSet("agent");
  set.mutable_spec()->mutable_update_strategy()->set_type("OnDelete");
  set.mutable_spec()->mutable_update_strategy()->clear_rolling_update();
  cluster().Create(set);
  ASSERT_TRUE(WaitForAvailable(2));
  SetImage("agent:2");
  cluster().RunFor(absl::Minutes(1));
  EXPECT_EQ(Updated("agent:1"), 2);
  ASSERT_TRUE(cluster().Delete<api::Pod>("default", workloads_.Pods()[0]->metadata().name()).ok());
  cluster().RunFor(absl::Seconds(20));
  EXPECT_EQ(Updated("agent:1"), 1);
  EXPECT_EQ(Updated("agent:2"), 1);
}

TEST_F(DaemonSetTest, AnUndoMakesTheOldRevisionTheNewest) {
  AddNodes(1);
  cluster().Create(MakeDaemonSet("agent"));
  ASSERT_TRUE(WaitForAvailable(1));
  SetImage("agent:2");
  ASSERT_TRUE(cluster().RunUntil([&] { return Updated("agent:2") == 1; }));
  SetImage("agent:1");
  ASSERT_TRUE(cluster().RunUntil([&] { return Updated("agent:1") == 1; }));
  int64_t newest = 0;
  for (const auto& revision : cluster().List<api::ControllerRevision>("default")) {
    newest = std::max(newest, revision->revision());
  }
  EXPECT_EQ(newest, 3);
  EXPECT_EQ(cluster().List<api::ControllerRevision>("default").size(), 2u);
}

}  // namespace
}  // namespace drydock::controllers

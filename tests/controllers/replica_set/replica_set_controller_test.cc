// ReplicaSets in virtual time, with the real API server.
#include "src/controllers/replica_set/replica_set_controller.h"

#include <string>

#include "gtest/gtest.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/controllers/common/controller_ref.h"
#include "src/controllers/manager.h"
#include "tests/controllers/support/workload_cluster.h"

namespace drydock::controllers {
namespace {

class ReplicaSetTest : public testing::Test {
 protected:
  static void Start(sim::Process& process, client::Client& client) {
    ControllerManagerOptions options;
    options.controllers = {"replicaset-controller"};
    process.Spawn(process.Emplace<ControllerManager>(process, client, options).Run());
  }

  testing_support::TestCluster& cluster() { return workloads_.cluster(); }
  api::Ref<api::ReplicaSet> Set() { return cluster().Get<api::ReplicaSet>("default", "web"); }
  bool WaitForAvailable(int replicas) {
    return cluster().RunUntil([&] {
      return Set()->status().available_replicas() == replicas &&
             Set()->status().replicas() == replicas;
    });
  }
  void Resize(int replicas) {
    api::ReplicaSet update = *Set();
    update.mutable_spec()->set_replicas(replicas);
    cluster().Update(update);
  }

  WorkloadCluster workloads_{Start};
};

TEST_F(ReplicaSetTest, CreatesItsPodsAndReportsThemAvailable) {
  cluster().Create(MakeReplicaSet("web", 20));
  ASSERT_TRUE(WaitForAvailable(20));
  EXPECT_EQ(workloads_.Pods().size(), 20u);
  EXPECT_EQ(Set()->status().ready_replicas(), 20);
  EXPECT_EQ(Set()->status().fully_labeled_replicas(), 20);
  EXPECT_EQ(Set()->status().observed_generation(), Set()->metadata().generation());
}

TEST_F(ReplicaSetTest, DeletesWhatIsTooMuch) {
  cluster().Create(MakeReplicaSet("web", 10));
  ASSERT_TRUE(WaitForAvailable(10));
  Resize(4);
  ASSERT_TRUE(WaitForAvailable(4));
  cluster().RunFor(absl::Seconds(10));
  EXPECT_EQ(workloads_.Pods().size(), 4u);
  EXPECT_EQ(Set()->status().terminating_replicas(), 0);
}

TEST_F(ReplicaSetTest, ReplacesAPodThatIsDeleted) {
  cluster().Create(MakeReplicaSet("web", 3));
  ASSERT_TRUE(WaitForAvailable(3));
  const std::string victim = workloads_.Pods()[0]->metadata().name();
  ASSERT_TRUE(cluster().Delete<api::Pod>("default", victim).ok());
  cluster().RunFor(absl::Seconds(10));
  ASSERT_TRUE(WaitForAvailable(3));
  EXPECT_EQ(cluster().Get<api::Pod>("default", victim), nullptr);
  EXPECT_EQ(workloads_.Pods().size(), 3u);
}

TEST_F(ReplicaSetTest, AdoptsOrphansThatMatch) {
  api::Pod orphan;
  orphan.mutable_metadata()->set_name("orphan");
  orphan.mutable_metadata()->set_namespace_("default");
  api::Set(orphan.mutable_metadata()->mutable_labels(), "app", "web");
  *orphan.mutable_spec() = MakeTemplate("web", "web:1").spec();
  cluster().Create(orphan);
  cluster().Create(MakeReplicaSet("web", 2));
  ASSERT_TRUE(WaitForAvailable(2));
  EXPECT_EQ(workloads_.Pods().size(), 2u);
  EXPECT_TRUE(
      IsControlledBy(cluster().Get<api::Pod>("default", "orphan")->metadata(), Set()->metadata()));
}

TEST_F(ReplicaSetTest, ReleasesPodsThatNoLongerMatch) {
  cluster().Create(MakeReplicaSet("web", 2));
  ASSERT_TRUE(WaitForAvailable(2));
  api::Pod stray = *workloads_.Pods()[0];
  const std::string name = stray.metadata().name();
  api::Set(stray.mutable_metadata()->mutable_labels(), "app", "quarantine");
  cluster().Update(stray);
  cluster().RunFor(absl::Seconds(10));
  EXPECT_EQ(ControllerRefOf(cluster().Get<api::Pod>("default", name)->metadata()), nullptr);
  EXPECT_EQ(workloads_.Pods().size(), 3u);
}

TEST_F(ReplicaSetTest, MakesNoPodTwiceWhenItsProcessDiesInTheMiddle) {
  cluster().Create(MakeReplicaSet("web", 50));
  for (int i = 0; i < 5; ++i) {
    cluster().RunFor(absl::Milliseconds(7));
    workloads_.RestartControllers();
  }
  ASSERT_TRUE(WaitForAvailable(50));
  EXPECT_EQ(workloads_.Pods().size(), 50u);
}

TEST_F(ReplicaSetTest, WaitsForMinReadySeconds) {
  api::ReplicaSet set = MakeReplicaSet("web", 2);
  set.mutable_spec()->set_min_ready_seconds(30);
  cluster().Create(set);
  ASSERT_TRUE(cluster().RunUntil([&] { return Set()->status().ready_replicas() == 2; }));
  EXPECT_EQ(Set()->status().available_replicas(), 0);
  cluster().RunFor(absl::Seconds(32));
  EXPECT_EQ(Set()->status().available_replicas(), 2);
}

TEST_F(ReplicaSetTest, TellsWhatItCreatesInEvents) {
  cluster().Create(MakeReplicaSet("web", 1));
  ASSERT_TRUE(WaitForAvailable(1));
  cluster().RunFor(absl::Seconds(5));
  EXPECT_EQ(workloads_.Events("web"),
            std::vector<std::string>{"SuccessfulCreate: Created pod: " +
                                     workloads_.Pods()[0]->metadata().name()});
}

}  // namespace
}  // namespace drydock::controllers

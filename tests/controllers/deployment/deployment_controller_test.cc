// Deployments in virtual time, with the real API server and ReplicaSet controller.
#include "src/controllers/deployment/deployment_controller.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/api/int_or_string.h"
#include "src/api/maps.h"
#include "src/controllers/deployment/deployment_status.h"
#include "src/controllers/manager.h"
#include "tests/controllers/support/workload_cluster.h"

namespace drydock::controllers {
namespace {

class DeploymentTest : public testing::Test {
 protected:
  static void Start(sim::Process& process, client::Client& client) {
    ControllerManagerOptions options;
    options.controllers = {"deployment-controller", "replicaset-controller"};
    process.Spawn(process.Emplace<ControllerManager>(process, client, options).Run());
  }

  testing_support::TestCluster& cluster() { return workloads_.cluster(); }
  api::Ref<api::Deployment> Get() { return cluster().Get<api::Deployment>("default", "web"); }
  std::vector<api::Ref<api::ReplicaSet>> Sets() {
    return cluster().List<api::ReplicaSet>("default");
  }
  bool WaitForComplete() {
    return cluster().RunUntil([&] { return IsComplete(*Get(), Get()->status()); },
                              absl::Minutes(20));
  }
  // Changes the spec, again if somebody else was quicker.
  void Change(const std::function<void(api::DeploymentSpec*)>& change) {
    for (;;) {
      api::Deployment update = *Get();
      change(update.mutable_spec());
      if (cluster().Await(cluster().client().Update(update)).ok()) return;
    }
  }
  void SetImage(const std::string& image) {
    Change([&image](api::DeploymentSpec* spec) {
      spec->mutable_template_()->mutable_spec()->mutable_containers(0)->set_image(image);
    });
  }
  std::string Reason(const char* type) {
    const api::DeploymentCondition* condition = FindCondition(Get()->status(), type);
    return condition == nullptr ? "" : condition->status() + " " + condition->reason();
  }
  std::string Revision() {
    const std::string* revision = api::Find(Get()->metadata().annotations(), kRevision);
    return revision == nullptr ? "" : *revision;
  }
  std::string ImageOfPods() {
    std::string images;
    for (const auto& pod : workloads_.ActivePods()) {
      const std::string& image = pod->spec().containers(0).image();
      if (images.find(image) == std::string::npos) images += image + " ";
    }
    return images;
  }

  Fate fate_ = Fate::kReady;
  WorkloadCluster workloads_{Start, {.fate = [this](const api::Pod&) { return fate_; }}};
};

TEST_F(DeploymentTest, MakesARevisionThatBecomesAvailable) {
  cluster().Create(MakeDeployment("web", 4));
  ASSERT_TRUE(WaitForComplete());
  cluster().RunFor(absl::Seconds(5));
  EXPECT_EQ(Sets().size(), 1u);
  EXPECT_EQ(Revision(), "1");
  EXPECT_EQ(Reason("Available"), "True MinimumReplicasAvailable");
  EXPECT_EQ(Reason("Progressing"), "True NewReplicaSetAvailable");
  EXPECT_EQ(workloads_.Events("web")[0], "ScalingReplicaSet: Scaled up replica set " +
                                             Sets()[0]->metadata().name() + " from 0 to 4");
}

TEST_F(DeploymentTest, RollsANewTemplateOver) {
  cluster().Create(MakeDeployment("web", 10));
  ASSERT_TRUE(WaitForComplete());
  SetImage("web:2");
  ASSERT_TRUE(cluster().RunUntil([&] { return Revision() == "2"; }));
  ASSERT_TRUE(WaitForComplete());
  cluster().RunFor(absl::Seconds(5));
  EXPECT_EQ(ImageOfPods(), "web:2 ");
  EXPECT_EQ(workloads_.ActivePods().size(), 10u);
  EXPECT_EQ(Sets().size(), 2u);
}

TEST_F(DeploymentTest, GivesAnOldReplicaSetANewRevisionOnUndo) {
  cluster().Create(MakeDeployment("web", 2));
  ASSERT_TRUE(WaitForComplete());
  const std::string first = Sets()[0]->metadata().name();
  SetImage("web:2");
  ASSERT_TRUE(cluster().RunUntil([&] { return Revision() == "2"; }));
  ASSERT_TRUE(WaitForComplete());
  SetImage("web:1");
  ASSERT_TRUE(cluster().RunUntil([&] { return Revision() == "3"; }));
  ASSERT_TRUE(WaitForComplete());
  EXPECT_EQ(Sets().size(), 2u);
  const auto set = cluster().Get<api::ReplicaSet>("default", first);
  EXPECT_EQ(*api::Find(set->metadata().annotations(), kRevision), "3");
  EXPECT_EQ(*api::Find(set->metadata().annotations(), kRevisionHistory), "1");
}

TEST_F(DeploymentTest, RecreateRunsNoTwoRevisionsAtOnce) {
  api::Deployment deployment = MakeDeployment("web", 3);
  deployment.mutable_spec()->mutable_strategy()->set_type("Recreate");
  deployment.mutable_spec()->mutable_strategy()->clear_rolling_update();
  cluster().Create(deployment);
  ASSERT_TRUE(WaitForComplete());
  SetImage("web:2");
  bool mixed = false;
  ASSERT_TRUE(cluster().RunUntil([&] {
    bool old_pods = false;
    bool new_pods = false;
    for (const auto& pod : workloads_.Pods()) {
      if (pod->status().phase() == "Failed") continue;
      (pod->spec().containers(0).image() == "web:1" ? old_pods : new_pods) = true;
    }
    mixed = mixed || (old_pods && new_pods);
    return !old_pods && new_pods && IsComplete(*Get(), Get()->status());
  }));
  EXPECT_FALSE(mixed);
}

TEST_F(DeploymentTest, DoesNotRollWhilePaused) {
  cluster().Create(MakeDeployment("web", 3));
  ASSERT_TRUE(WaitForComplete());
  Change([](api::DeploymentSpec* spec) { spec->set_paused(true); });
  SetImage("web:2");
  cluster().RunFor(absl::Minutes(1));
  EXPECT_EQ(ImageOfPods(), "web:1 ");
  EXPECT_EQ(Reason("Progressing"), "Unknown DeploymentPaused");
  Change([](api::DeploymentSpec* spec) { spec->set_paused(false); });
  ASSERT_TRUE(cluster().RunUntil([&] { return ImageOfPods() == "web:2 "; }));
}

TEST_F(DeploymentTest, SaysWhenItMakesNoProgressForTooLong) {
  fate_ = Fate::kStay;
  api::Deployment deployment = MakeDeployment("web", 2);
  deployment.mutable_spec()->set_progress_deadline_seconds(60);
  cluster().Create(deployment);
  cluster().RunFor(absl::Seconds(50));
  EXPECT_NE(Reason("Progressing"), "False ProgressDeadlineExceeded");
  cluster().RunFor(absl::Seconds(30));
  EXPECT_EQ(Reason("Progressing"), "False ProgressDeadlineExceeded");
  EXPECT_EQ(Reason("Available"), "False MinimumReplicasUnavailable");
}

TEST_F(DeploymentTest, KeepsNoMoreOldReplicaSetsThanItsHistoryLimit) {
  api::Deployment deployment = MakeDeployment("web", 1);
  deployment.mutable_spec()->set_revision_history_limit(2);
  cluster().Create(deployment);
  for (int i = 2; i <= 6; ++i) {
    ASSERT_TRUE(WaitForComplete());
    SetImage("web:" + std::to_string(i));
    ASSERT_TRUE(cluster().RunUntil([&] { return Revision() == std::to_string(i); }));
  }
  ASSERT_TRUE(WaitForComplete());
  cluster().RunFor(absl::Seconds(20));
  EXPECT_EQ(Sets().size(), 3u);
}

TEST_F(DeploymentTest, SharesNewReplicasAmongRevisionsInTheMiddleOfARollout) {
  cluster().Create(MakeDeployment("web", 10));
  ASSERT_TRUE(WaitForComplete());
  fate_ = Fate::kStay;  // The new revision never becomes ready: 8 old, 5 new.
  SetImage("web:2");
  cluster().RunFor(absl::Seconds(20));
  Change([](api::DeploymentSpec* spec) { spec->set_replicas(20); });
  cluster().RunFor(absl::Seconds(20));
  std::vector<int> sizes;
  for (const auto& set : Sets()) sizes.push_back(set->spec().replicas());
  std::sort(sizes.begin(), sizes.end());
  EXPECT_EQ(sizes, (std::vector<int>{10, 15}));
}

}  // namespace
}  // namespace drydock::controllers

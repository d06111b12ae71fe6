// The composition: which controllers run, who leads, and what a reconcile costs.
#include "src/controllers/manager.h"

#include <string>

#include "gtest/gtest.h"
#include "src/client/informer.h"
#include "src/controllers/replica_set/replica_set_controller.h"
#include "src/rt/task.h"
#include "tests/controllers/support/workload_cluster.h"

namespace drydock::controllers {
namespace {

TEST(ControllerManagerOptions, NamesTheControllersThatItKnowsWhenAskedForAnother) {
  ControllerManagerOptions options;
  options.controllers = {"*", "-job-controller"};
  EXPECT_TRUE(Validate(options).ok());
  options.controllers = {"jobs"};
  const absl::Status invalid = Validate(options);
  EXPECT_EQ(invalid.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(invalid.message().find("\"jobs\" is not in the list of known controllers: "),
            std::string::npos);
}

TEST(ControllerManager, DoesOnlyWhatItsOptionsSelect) {
  WorkloadCluster workloads([](sim::Process& process, client::Client& client) {
    ControllerManagerOptions options;
    options.controllers = {"*", "-replicaset-controller"};
    process.Spawn(process.Emplace<ControllerManager>(process, client, options).Run());
  });
  workloads.cluster().Create(MakeDeployment("web", 2));
  workloads.cluster().RunFor(absl::Minutes(1));
  EXPECT_EQ(workloads.cluster().List<api::ReplicaSet>("default").size(), 1u);
  EXPECT_TRUE(workloads.Pods().empty());
}

TEST(ControllerManager, HandsTheLeadOverWhenTheLeaderDies) {
  WorkloadCluster workloads([](sim::Process& process, client::Client& client) {
    ControllerManagerOptions options;
    options.leader_election = true;
    options.identity = "first_" + std::to_string(process.starts());
    process.Spawn(process.Emplace<ControllerManager>(process, client, options).Run());
  });
  testing_support::TestCluster& cluster = workloads.cluster();
  ControllerManager* second = nullptr;
  cluster.RunFor(absl::Seconds(1));
  cluster.AddMachine("master-2").AddProcess("controllers", [&](sim::Process& process) {
    ControllerManagerOptions options;
    options.leader_election = true;
    options.identity = "second";
    second = &process.Emplace<ControllerManager>(
        process, cluster.NewClient(process, "kube-controller-manager"), options);
    process.Spawn(second->Run());
  });
  cluster.Create(MakeDeployment("web", 3));
  const auto available = [&] {
    return cluster.Get<api::Deployment>("default", "web")->status().available_replicas();
  };
  ASSERT_TRUE(cluster.RunUntil([&] { return available() == 3; }));
  EXPECT_FALSE(second->working());
  workloads.StopControllers();
  ASSERT_TRUE(cluster.RunUntil([&] { return second->working(); }));
  ASSERT_TRUE(cluster.Delete<api::Pod>("default", workloads.Pods()[0]->metadata().name()).ok());
  cluster.RunFor(absl::Seconds(10));
  EXPECT_EQ(workloads.ActivePods().size(), 3u);
  EXPECT_EQ(available(), 3);
}

// Not a time, which depends on the machine: how often a Deployment of many pods is
// looked at while they start.
TEST(ControllerManager, LooksAtAReplicaSetNoOftenerThanItsPodsBecomeReady) {
  const ReplicaSetController* sets = nullptr;
  WorkloadCluster workloads([&sets](sim::Process& process, client::Client& client) {
    auto& informers = process.Emplace<client::InformerFactory>(client);
    auto& controller =
        process.Emplace<ReplicaSetController>(process, client, informers, ReplicaSetOptions());
    auto& tasks = process.Emplace<rt::TaskGroup>();
    informers.Start(tasks);
    sets = &controller;
    process.Spawn(controller.Run());
  });
  workloads.cluster().Create(MakeReplicaSet("web", 500));
  ASSERT_TRUE(workloads.cluster().RunUntil([&] {
    return workloads.cluster()
               .Get<api::ReplicaSet>("default", "web")
               ->status()
               .available_replicas() == 500;
  }));
  EXPECT_EQ(workloads.Pods().size(), 500u);
  EXPECT_LT(sets->controller().metrics().reconciles, 600u);
}

}  // namespace
}  // namespace drydock::controllers

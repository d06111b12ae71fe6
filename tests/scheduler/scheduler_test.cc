// The component against an API server in a simulated world.
#include "src/scheduler/scheduler.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/core/v1/event.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"
#include "src/api/maps.h"
#include "src/api/scheduling_v1.h"
#include "tests/support/test_cluster.h"

namespace drydock::scheduler {
namespace {

class SchedulerTest : public testing::Test {
 protected:
  void StartScheduler(SchedulerOptions options = {}) {
    sim::Machine& machine = *cluster.world().FindMachine("master-0");
    process = &machine.AddProcess("scheduler", [this, options](sim::Process& self) {
      client::Client& client =
          self.Emplace<client::Client>(self, testing_support::kServerAddress,
                                       client::ClientOptions{.user_agent = "kube-scheduler"});
      auto made = Scheduler::Create(self, client, options);
      ASSERT_TRUE(made.ok()) << made.status();
      scheduler = made->get();
      self.Own(std::shared_ptr<Scheduler>(*std::move(made)));
      self.Spawn(scheduler->Run());
    });
  }

  void AddNode(const std::string& name, const std::string& cpu) {
    api::Node node;
    node.mutable_metadata()->set_name(name);
    auto* allocatable = node.mutable_status()->mutable_allocatable();
    api::Set(allocatable, "cpu", cpu);
    api::Set(allocatable, "memory", "32Gi");
    api::Set(allocatable, "pods", "110");
    const api::Ref<api::Node> made = cluster.Create(node);
    *node.mutable_metadata() = made->metadata();
    cluster.UpdateStatus(node);  // Status is not taken on creation of every kind.
  }

  api::Pod NewPod(const std::string& name, const std::string& cpu) {
    api::Pod pod;
    pod.mutable_metadata()->set_namespace_("default");
    pod.mutable_metadata()->set_name(name);
    api::Container* container = pod.mutable_spec()->add_containers();
    container->set_name("main");
    container->set_image("app");
    api::Set(container->mutable_resources()->mutable_requests(), "cpu", cpu);
    return pod;
  }

  std::string NodeOf(const std::string& pod) {
    const api::Ref<api::Pod> found = cluster.Get<api::Pod>("default", pod);
    return found ? found->spec().node_name() : "";
  }
  bool RunUntilBound(const std::string& pod) {
    for (int i = 0; i < 600; ++i) {
      if (!NodeOf(pod).empty()) return true;
      cluster.RunFor(absl::Milliseconds(500));
    }
    return false;
  }
  // "status reason: message" of the PodScheduled condition.
  std::string Condition(const std::string& pod) {
    const api::Ref<api::Pod> found = cluster.Get<api::Pod>("default", pod);
    for (const auto& condition : found->status().conditions()) {
      if (condition.type() != "PodScheduled") continue;
      return absl::StrCat(condition.status(), " ", condition.reason(), ": ", condition.message());
    }
    return "";
  }
  bool HasEvent(const std::string& reason, const std::string& text) {
    for (const api::Ref<api::corev1::Event>& event : cluster.List<api::corev1::Event>("default")) {
      if (event->reason() == reason && absl::StrContains(event->message(), text)) return true;
    }
    return false;
  }

  testing_support::TestCluster cluster;
  sim::Process* process = nullptr;
  Scheduler* scheduler = nullptr;
};

TEST_F(SchedulerTest, BindsAPodAndSaysSo) {
  AddNode("a", "4");
  cluster.Create(NewPod("web", "1"));
  StartScheduler();
  ASSERT_TRUE(RunUntilBound("web"));
  EXPECT_EQ(NodeOf("web"), "a");
  cluster.RunFor(absl::Seconds(2));
  EXPECT_TRUE(HasEvent("Scheduled", "Successfully assigned default/web to a"));
  EXPECT_EQ(scheduler->metrics().bound, 1u);
}

TEST_F(SchedulerTest, SaysWhyAPodCannotBePlacedAndPlacesItWhenANodeComes) {
  AddNode("a", "1");
  StartScheduler();
  cluster.Create(NewPod("web", "2"));
  cluster.RunFor(absl::Seconds(5));
  EXPECT_EQ(Condition("web"),
            "False Unschedulable: 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 "
            "nodes are available: 1 Preemption is not helpful for scheduling.");
  EXPECT_TRUE(HasEvent("FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu."));
  EXPECT_EQ(scheduler->metrics().pending_unschedulable, 1u);
  AddNode("b", "4");
  ASSERT_TRUE(RunUntilBound("web"));
  EXPECT_EQ(NodeOf("web"), "b");
}

TEST_F(SchedulerTest, PlacesAWaitingPodWhenAnotherLeaves) {
  AddNode("a", "4");
  StartScheduler();
  cluster.Create(NewPod("first", "3"));
  ASSERT_TRUE(RunUntilBound("first"));
  cluster.Create(NewPod("second", "3"));
  cluster.RunFor(absl::Seconds(5));
  EXPECT_EQ(NodeOf("second"), "");
  client::DeleteOptions now;
  now.grace_period_seconds = 0;
  ASSERT_TRUE(cluster.Delete<api::Pod>("default", "first", now).ok());
  ASSERT_TRUE(RunUntilBound("second"));
}

TEST_F(SchedulerTest, LeavesPodsOfOtherSchedulersAlone) {
  AddNode("a", "4");
  StartScheduler();
  api::Pod pod = NewPod("theirs", "1");
  pod.mutable_spec()->set_scheduler_name("other");
  cluster.Create(pod);
  cluster.RunFor(absl::Seconds(10));
  EXPECT_EQ(NodeOf("theirs"), "");
}

TEST_F(SchedulerTest, HoldsAGatedPodUntilItsGatesAreGone) {
  AddNode("a", "4");
  StartScheduler();
  api::Pod pod = NewPod("gated", "1");
  pod.mutable_spec()->add_scheduling_gates()->set_name("example.com/wait");
  cluster.Create(pod);
  cluster.RunFor(absl::Seconds(10));
  EXPECT_EQ(NodeOf("gated"), "");
  EXPECT_EQ(scheduler->metrics().pending_gated, 1u);
  api::Pod opened = *cluster.Get<api::Pod>("default", "gated");
  opened.mutable_spec()->clear_scheduling_gates();
  cluster.Update(opened);
  EXPECT_TRUE(RunUntilBound("gated"));
}

TEST_F(SchedulerTest, PreemptsPodsOfLowerPriority) {
  AddNode("a", "4");
  api::PriorityClass high;
  high.mutable_metadata()->set_name("high");
  high.set_value(1000);
  cluster.Create(high);
  StartScheduler();
  cluster.Create(NewPod("low", "3"));
  ASSERT_TRUE(RunUntilBound("low"));
  api::Pod important = NewPod("important", "3");
  important.mutable_spec()->set_priority_class_name("high");
  important.mutable_spec()->set_priority(1000);
  cluster.Create(important);
  cluster.RunFor(absl::Seconds(5));
  EXPECT_EQ(cluster.Get<api::Pod>("default", "important")->status().nominated_node_name(), "a");
  const api::Ref<api::Pod> victim = cluster.Get<api::Pod>("default", "low");
  ASSERT_TRUE(victim);
  EXPECT_TRUE(victim->metadata().has_deletion_timestamp());
  EXPECT_TRUE(HasEvent("Preempted", "on node a"));
  // A pod of low priority must not take the place that is being made.
  cluster.Create(NewPod("late", "3"));
  // The kubelet's part.
  client::DeleteOptions now;
  now.grace_period_seconds = 0;
  ASSERT_TRUE(cluster.Delete<api::Pod>("default", "low", now).ok());
  ASSERT_TRUE(RunUntilBound("important"));
  EXPECT_EQ(NodeOf("late"), "");
}

TEST_F(SchedulerTest, NeverPutsMoreOnANodeThanItHasAndUsesAllOfIt) {
  for (int i = 0; i < 10; ++i) AddNode(absl::StrCat("node-", i), "4");
  SchedulerOptions options;
  options.decision_base = absl::Microseconds(200);
  StartScheduler(options);
  for (int i = 0; i < 45; ++i) cluster.Create(NewPod(absl::StrCat("p", i), "1"));
  cluster.RunFor(absl::Seconds(30));
  std::map<std::string, int> pods;
  for (const api::Ref<api::Pod>& pod : cluster.List<api::Pod>("default")) {
    ++pods[pod->spec().node_name()];
  }
  EXPECT_EQ(pods[""], 5);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pods[absl::StrCat("node-", i)], 4);
}

TEST_F(SchedulerTest, GoesOnWhereItWasAfterACrash) {
  AddNode("a", "4");
  StartScheduler();
  cluster.Create(NewPod("before", "2"));
  ASSERT_TRUE(RunUntilBound("before"));
  process->Kill();
  cluster.Create(NewPod("after", "2"));
  cluster.Create(NewPod("too-many", "2"));
  cluster.RunFor(absl::Seconds(1));
  process->Start();
  ASSERT_TRUE(RunUntilBound("after") || !NodeOf("too-many").empty());
  cluster.RunFor(absl::Seconds(10));
  EXPECT_NE(NodeOf("after").empty(), NodeOf("too-many").empty()) << "room for one of the two";
}

TEST_F(SchedulerTest, TriesAgainWhenTheApiServerWasAway) {
  AddNode("a", "4");
  StartScheduler();
  cluster.Create(NewPod("first", "1"));
  ASSERT_TRUE(RunUntilBound("first"));
  cluster.Create(NewPod("second", "1"));
  cluster.server_process().Kill();
  cluster.RunFor(absl::Seconds(40));
  cluster.server_process().Start();
  cluster.RunFor(absl::Seconds(60));
  EXPECT_TRUE(RunUntilBound("second"));
}

}  // namespace
}  // namespace drydock::scheduler

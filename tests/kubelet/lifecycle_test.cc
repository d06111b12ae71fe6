// The life of a pod: phases, conditions, restarts, back-offs, graceful deletion.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/api/coordination_v1.h"
#include "src/api/core/v1/node.h"
#include "tests/kubelet/harness.h"

namespace drydock::kubelet {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Kubelet, RegistersItsNodeAndRenewsItsLease) {
  Harness harness;
  harness.RunFor(absl::Seconds(5));
  const auto node = api::As<api::Node>(harness.server.Find(api::KindOf<api::Node>(), "", "node"));
  ASSERT_TRUE(node);
  bool ready = false;
  for (const api::NodeCondition& condition : node->status().conditions()) {
    if (condition.type() == "Ready") ready = condition.status() == "True";
  }
  EXPECT_TRUE(ready);
  const auto lease = [&] {
    return api::As<api::Lease>(
        harness.server.Find(api::KindOf<api::Lease>(), "kube-node-lease", "node"));
  };
  ASSERT_TRUE(lease());
  const int64_t before = lease()->spec().renew_time().seconds();
  harness.RunFor(absl::Seconds(11));
  EXPECT_GE(lease()->spec().renew_time().seconds(), before + 9);
}

TEST(Kubelet, BringsAPodUpWithTwoStatusWrites) {
  Harness harness;
  harness.server.CreatePod(MakePod("web"));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  harness.RunFor(absl::Minutes(1));
  const std::vector<api::PodStatus>& statuses = harness.server.StatusesOf("web");
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[0].phase(), "Pending");
  EXPECT_EQ(statuses[0].container_statuses(0).state().waiting().reason(), "ContainerCreating");
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "True");
  EXPECT_EQ(harness.ConditionOf("web", "ContainersReady"), "True");
  EXPECT_EQ(harness.ConditionOf("web", "Initialized"), "True");
  EXPECT_EQ(harness.ConditionOf("web", "PodScheduled"), "True");
  EXPECT_EQ(harness.ConditionOf("web", "PodReadyToStartContainers"), "True");
  EXPECT_EQ(harness.server.GetPod("web").status().pod_ip(), "10.1.2.2");
  EXPECT_EQ(harness.server.GetPod("web").status().qos_class(), "BestEffort");
  EXPECT_TRUE(harness.Main("web").started());
  EXPECT_THAT(harness.server.EventReasons("web"),
              ElementsAre("Pulling", "Pulled", "Created", "Started"));
}

TEST(Kubelet, EndsAPodThatSucceeds) {
  Harness harness;
  api::Pod pod = MakePod("job", "Never");
  Annotate(&pod, "run-for", "5s");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("job", "Succeeded"));
  EXPECT_EQ(harness.Main("job").state().terminated().reason(), "Completed");
  EXPECT_EQ(harness.ConditionReason("job", "Ready"), "PodCompleted");
  EXPECT_EQ(harness.ConditionReason("job", "Initialized"), "PodCompleted");
  EXPECT_EQ(harness.Main("job").restart_count(), 0);
}

TEST(Kubelet, EndsAPodThatFailsAndMayNotRestart) {
  Harness harness;
  api::Pod pod = MakePod("job", "Never");
  Annotate(&pod, "run-for", "5s");
  Annotate(&pod, "exit-code", "3");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("job", "Failed"));
  EXPECT_EQ(harness.Main("job").state().terminated().exit_code(), 3);
  EXPECT_EQ(harness.Main("job").state().terminated().reason(), "Error");
  EXPECT_EQ(harness.ConditionReason("job", "Ready"), "PodFailed");
  harness.RunFor(absl::Hours(1));
  EXPECT_EQ(harness.witness.Starts("job", "main").size(), 1u);
}

TEST(Kubelet, RestartsOnFailureUntilItSucceeds) {
  Harness harness;
  api::Pod pod = MakePod("job", "OnFailure");
  Annotate(&pod, "run-for", "5s");
  Annotate(&pod, "fail-attempts", "2");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("job", "Succeeded"));
  EXPECT_EQ(harness.Main("job").restart_count(), 2);
  EXPECT_EQ(harness.Main("job").last_state().terminated().exit_code(), 1);
}

TEST(Kubelet, DoublesTheRestartDelayFromTenSecondsToFiveMinutes) {
  Harness harness;
  api::Pod pod = MakePod("crash");
  Annotate(&pod, "run-for", "2s");
  Annotate(&pod, "exit-code", "1");
  harness.server.CreatePod(std::move(pod));
  harness.RunFor(absl::Minutes(30));
  const std::vector<absl::Duration> starts = harness.witness.Starts("crash", "main");
  ASSERT_GE(starts.size(), 9u);
  // Run time and start latency besides the back-off.
  const std::vector<int> delays = {0, 10, 20, 40, 80, 160, 300, 300};
  for (size_t i = 0; i < delays.size(); ++i) {
    const absl::Duration gap = starts[i + 1] - starts[i] - absl::Milliseconds(2100);
    EXPECT_NEAR(absl::ToDoubleSeconds(gap), delays[i], 0.5) << i;
  }
  EXPECT_EQ(harness.Main("crash").state().waiting().reason(), "CrashLoopBackOff");
  EXPECT_EQ(harness.Main("crash").last_state().terminated().exit_code(), 1);
  EXPECT_EQ(harness.server.GetPod("crash").status().phase(), "Running");
  EXPECT_THAT(harness.server.EventReasons("crash"), Contains("BackOff"));
}

TEST(Kubelet, ForgetsTheRestartDelayAfterTenGoodMinutes) {
  Harness harness;
  api::Pod pod = MakePod("crash");
  Annotate(&pod, "run-for", "21m");
  harness.server.CreatePod(std::move(pod));
  harness.RunFor(absl::Hours(2));
  const std::vector<absl::Duration> starts = harness.witness.Starts("crash", "main");
  ASSERT_GE(starts.size(), 4u);
  for (size_t i = 1; i < starts.size(); ++i) {
    EXPECT_LT(starts[i] - starts[i - 1], absl::Minutes(21) + absl::Seconds(1));
  }
}

TEST(Kubelet, ReportsAContainerThatUsesMoreMemoryThanItsLimit) {
  Harness harness;
  api::Pod pod = MakePod("hungry", "Never");
  auto* const limit = pod.mutable_spec()->mutable_containers(0)->mutable_resources()->add_limits();
  limit->set_key("memory");
  limit->mutable_value()->set_string("64Mi");
  Annotate(&pod, "usage-memory", "128Mi");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("hungry", "Failed"));
  EXPECT_EQ(harness.Main("hungry").state().terminated().reason(), "OOMKilled");
  EXPECT_EQ(harness.Main("hungry").state().terminated().exit_code(), 137);
}

TEST(Kubelet, RunsInitContainersInOrderAndSidecarsAlongside) {
  Harness harness;
  api::Pod pod = MakePod("web", "Never");
  for (const char* const name : {"first", "sidecar", "second"}) {
    api::Container* const init = pod.mutable_spec()->add_init_containers();
    init->set_name(name);
    init->set_image("app");
    init->set_image_pull_policy("IfNotPresent");
  }
  pod.mutable_spec()->mutable_init_containers(1)->set_restart_policy("Always");
  Annotate(&pod, "run-for", "10s");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  const absl::Duration first = harness.witness.Starts("web", "first").at(0);
  const absl::Duration sidecar = harness.witness.Starts("web", "sidecar").at(0);
  const absl::Duration second = harness.witness.Starts("web", "second").at(0);
  const absl::Duration main = harness.witness.Starts("web", "main").at(0);
  EXPECT_GE(sidecar - first, absl::Seconds(1));
  EXPECT_GT(second, sidecar);
  EXPECT_GE(main - second, absl::Seconds(1));
  // The sidecar does not keep the pod from ending, and ends last.
  ASSERT_TRUE(harness.RunUntilPhase("web", "Succeeded"));
  EXPECT_EQ(harness.witness.ends().back().container.name, "sidecar");
}

TEST(Kubelet, FailsAPodWhoseInitContainerFails) {
  Harness harness;
  api::Pod pod = MakePod("web", "Never");
  api::Container* const init = pod.mutable_spec()->add_init_containers();
  init->set_name("init");
  init->set_image("app");
  init->set_image_pull_policy("IfNotPresent");
  Annotate(&pod, "exit-code.init", "1");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Failed"));
  EXPECT_THAT(harness.witness.Starts("web", "main"), IsEmpty());
}

TEST(Kubelet, SaysThatItCannotPullAnImageAndBacksOff) {
  sim::RuntimeModel model = PlainModel();
  model.images.SetMissing("app");
  Harness harness(std::move(model));
  harness.server.CreatePod(MakePod("web"));
  ASSERT_TRUE(harness.RunUntil([&] {
    const auto pod = harness.server.FindPod("web");
    return pod->status().container_statuses_size() > 0 &&
           pod->status().container_statuses(0).state().waiting().reason() == "ErrImagePull";
  }));
  harness.RunFor(absl::Seconds(5));
  EXPECT_EQ(harness.Main("web").state().waiting().reason(), "ImagePullBackOff");
  EXPECT_EQ(harness.server.GetPod("web").status().phase(), "Pending");
  EXPECT_THAT(harness.server.EventReasons("web"), Contains("Failed"));
}

TEST(Kubelet, WaitsForTheReadinessProbe) {
  Harness harness;
  api::Pod pod = MakePod("web");
  pod.mutable_spec()->mutable_containers(0)->mutable_readiness_probe()->set_period_seconds(5);
  Annotate(&pod, "ready-after", "12s");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "False");
  EXPECT_EQ(harness.ConditionReason("web", "Ready"), "ContainersNotReady");
  harness.RunFor(absl::Seconds(14));
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "False");
  harness.RunFor(absl::Seconds(2));
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "True");
}

TEST(Kubelet, RestartsAContainerThatFailsItsLivenessProbe) {
  Harness harness;
  api::Pod pod = MakePod("web");
  pod.mutable_spec()->mutable_containers(0)->mutable_liveness_probe()->set_period_seconds(10);
  Annotate(&pod, "unhealthy-after", "60s");
  harness.server.CreatePod(std::move(pod));
  harness.RunFor(absl::Seconds(100));
  ASSERT_EQ(harness.witness.Starts("web", "main").size(), 2u);
  const absl::Duration lived =
      harness.witness.Starts("web", "main")[1] - harness.witness.Starts("web", "main")[0];
  // Three failures in a row, ten seconds apart, from the sixtieth second on.
  EXPECT_NEAR(absl::ToDoubleSeconds(lived), 80, 1.5);
}

TEST(Kubelet, DeletesAPodOnlyAfterItHasStopped) {
  Harness harness;
  harness.server.CreatePod(MakePod("web"));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  harness.server.DeletePod("web");
  ASSERT_TRUE(harness.RunUntil([&] {
    if (harness.runtime.running_count() > 0) EXPECT_TRUE(harness.server.FindPod("web"));
    return !harness.server.FindPod("web");
  }));
  EXPECT_EQ(harness.server.StatusesOf("web").back().phase(), "Succeeded");
  harness.RunFor(absl::Seconds(1));
  EXPECT_THAT(harness.witness.violations(), IsEmpty());
}

TEST(Kubelet, KillsAContainerThatIgnoresSigtermAtTheEndOfTheGracePeriod) {
  Harness harness;
  api::Pod pod = MakePod("stubborn");
  Annotate(&pod, "stop-latency", "never");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("stubborn", "Running"));
  harness.server.DeletePod("stubborn");
  ASSERT_TRUE(harness.RunUntil([&] { return !harness.server.FindPod("stubborn"); }));
  const Witness::End& end = harness.witness.ends().at(0);
  EXPECT_TRUE(end.end.killed);
  EXPECT_EQ(end.end.after_term, absl::Seconds(30));
  EXPECT_EQ(harness.server.StatusesOf("stubborn").back().phase(), "Failed");
  EXPECT_THAT(harness.witness.violations(), IsEmpty());
}

TEST(Kubelet, StopsSoonerWhenASecondDeletionAsksForIt) {
  Harness harness;
  api::Pod pod = MakePod("stubborn");
  Annotate(&pod, "stop-latency", "never");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("stubborn", "Running"));
  harness.server.DeletePod("stubborn");
  harness.RunFor(absl::Seconds(5));
  harness.server.DeletePod("stubborn", 3);
  ASSERT_TRUE(harness.RunUntil([&] { return !harness.server.FindPod("stubborn"); }));
  EXPECT_NEAR(absl::ToDoubleSeconds(harness.witness.ends().at(0).end.after_term), 8, 0.1);
}

TEST(Kubelet, DoesNotRunANamesakeBeforeTheOldPodHasStopped) {
  Harness harness;
  api::Pod pod = MakePod("web-0");
  Annotate(&pod, "stop-latency", "20s");
  harness.server.CreatePod(pod);
  ASSERT_TRUE(harness.RunUntilPhase("web-0", "Running"));
  harness.server.DeletePod("web-0", 0);  // By force: the object is gone, the container is not.
  harness.server.CreatePod(pod);
  harness.RunFor(absl::Minutes(2));
  EXPECT_EQ(harness.witness.Starts("web-0", "main").size(), 2u);
  EXPECT_THAT(harness.witness.violations(), IsEmpty());
  EXPECT_EQ(harness.server.GetPod("web-0").status().phase(), "Running");
}

TEST(Kubelet, RejectsAPodThatDoesNotFit) {
  Harness harness;
  harness.RunFor(absl::Seconds(5));
  for (const char* const name : {"first", "second"}) {
    api::Pod pod = MakePod(name);
    auto* const request =
        pod.mutable_spec()->mutable_containers(0)->mutable_resources()->add_requests();
    request->set_key("cpu");
    request->mutable_value()->set_string("3");
    harness.server.CreatePod(std::move(pod));
    harness.RunFor(absl::Seconds(5));
  }
  EXPECT_EQ(harness.server.GetPod("first").status().phase(), "Running");
  EXPECT_EQ(harness.server.GetPod("second").status().phase(), "Failed");
  EXPECT_EQ(harness.server.GetPod("second").status().reason(), "OutOfcpu");
  EXPECT_EQ(harness.server.GetPod("second").status().message(),
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, "
            "used: 3000, capacity: 4000");
}

TEST(Kubelet, EndsAPodThatIsActiveForTooLong) {
  Harness harness;
  api::Pod pod = MakePod("late", "OnFailure");
  pod.mutable_spec()->set_active_deadline_seconds(60);
  Annotate(&pod, "run-for", "never");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("late", "Failed"));
  EXPECT_NEAR(absl::ToDoubleSeconds(harness.world.Now()), 60, 3);
  EXPECT_EQ(harness.server.GetPod("late").status().reason(), "DeadlineExceeded");
}

TEST(Kubelet, WaitsForReadinessGates) {
  Harness harness;
  api::Pod pod = MakePod("web");
  pod.mutable_spec()->add_readiness_gates()->set_condition_type("example.com/ready");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  EXPECT_EQ(harness.ConditionReason("web", "Ready"), "ReadinessGatesNotReady");
  harness.server.ChangePod("web", [](api::Pod& changed) {
    api::PodCondition* const gate = changed.mutable_status()->add_conditions();
    gate->set_type("example.com/ready");
    gate->set_status("True");
  });
  harness.RunFor(absl::Seconds(1));
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "True");
  EXPECT_EQ(harness.ConditionOf("web", "example.com/ready"), "True");
}

}  // namespace
}  // namespace drydock::kubelet

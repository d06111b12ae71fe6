// A kubelet that dies at any moment and comes back: no container runs twice, none that is
// healthy is stopped, nothing that has ended runs again.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kubelet/harness.h"

namespace drydock::kubelet {
namespace {

using testing::IsEmpty;

void Restart(Harness& harness) {
  harness.kubelet->Kill();
  harness.kubelet->Start();
}

api::Pod PodWithInit(const std::string& name) {
  api::Pod pod = MakePod(name);
  api::Container* const init = pod.mutable_spec()->add_init_containers();
  init->set_name("init");
  init->set_image("app");
  init->set_image_pull_policy("IfNotPresent");
  return pod;
}

TEST(KubeletRestart, LeavesRunningContainersAlone) {
  Harness harness;
  harness.server.CreatePod(PodWithInit("web"));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  const int writes = harness.server.status_writes();
  harness.kubelet->Kill();
  harness.RunFor(absl::Minutes(1));
  harness.kubelet->Start();
  harness.RunFor(absl::Minutes(10));
  EXPECT_EQ(harness.witness.Starts("web", "main").size(), 1u);
  EXPECT_EQ(harness.witness.Starts("web", "init").size(), 1u);
  EXPECT_EQ(harness.Main("web").restart_count(), 0);
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "True");
  EXPECT_EQ(harness.server.status_writes(), writes);
}

TEST(KubeletRestart, DoesNotRunAFinishedPodAgainEvenWithoutTheRuntimesHistory) {
  Harness harness;
  api::Pod pod = MakePod("job", "Never");
  Annotate(&pod, "run-for", "5s");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("job", "Succeeded"));
  harness.kubelet->Kill();
  harness.runtime.ForgetHistory();
  harness.kubelet->Start();
  harness.RunFor(absl::Hours(1));
  EXPECT_EQ(harness.witness.Starts("job", "main").size(), 1u);
  EXPECT_EQ(harness.server.GetPod("job").status().phase(), "Succeeded");
}

TEST(KubeletRestart, SeesWhatEndedWhileItWasAway) {
  Harness harness;
  api::Pod pod = MakePod("job", "Never");
  Annotate(&pod, "run-for", "30s");
  Annotate(&pod, "exit-code", "7");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("job", "Running"));
  harness.kubelet->Kill();
  harness.RunFor(absl::Minutes(1));
  harness.kubelet->Start();
  ASSERT_TRUE(harness.RunUntilPhase("job", "Failed"));
  EXPECT_EQ(harness.Main("job").state().terminated().exit_code(), 7);
  EXPECT_EQ(harness.witness.Starts("job", "main").size(), 1u);
}

TEST(KubeletRestart, ReportsAContainerThatVanishedInsteadOfRunningItAgain) {
  Harness harness;
  api::Pod pod = MakePod("job", "Never");
  Annotate(&pod, "run-for", "30s");
  harness.server.CreatePod(std::move(pod));
  ASSERT_TRUE(harness.RunUntilPhase("job", "Running"));
  harness.kubelet->Kill();
  harness.RunFor(absl::Minutes(1));
  harness.runtime.ForgetHistory();
  harness.kubelet->Start();
  ASSERT_TRUE(harness.RunUntilPhase("job", "Failed"));
  EXPECT_EQ(harness.Main("job").state().terminated().reason(), "ContainerStatusUnknown");
  EXPECT_EQ(harness.Main("job").state().terminated().exit_code(), 137);
  EXPECT_EQ(harness.witness.Starts("job", "main").size(), 1u);
}

TEST(KubeletRestart, StopsWhatWasDeletedWhileItWasAway) {
  Harness harness;
  harness.server.CreatePod(MakePod("web"));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  harness.kubelet->Kill();
  harness.server.DeletePod("web", 0);
  harness.RunFor(absl::Minutes(1));
  EXPECT_EQ(harness.runtime.running_count(), 1u);
  harness.kubelet->Start();
  harness.RunFor(absl::Seconds(5));
  EXPECT_EQ(harness.runtime.running_count(), 0u);
  EXPECT_THAT(harness.witness.violations(), IsEmpty());
}

TEST(KubeletRestart, RunsPodsAgainAfterTheMachineLostPower) {
  Harness harness;
  harness.server.CreatePod(PodWithInit("web"));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  harness.node.PowerOff();
  harness.RunFor(absl::Minutes(1));
  EXPECT_EQ(harness.runtime.running_count(), 0u);
  harness.node.PowerOn();
  harness.RunFor(absl::Minutes(2));
  EXPECT_EQ(harness.runtime.running_count(), 1u);
  EXPECT_EQ(harness.witness.Starts("web", "init").size(), 2u);
  EXPECT_EQ(harness.Main("web").restart_count(), 1);
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "True");
}

TEST(KubeletRestart, KeepsPodsRunningWhileTheApiServerIsAway) {
  Harness harness;
  harness.server.CreatePod(MakePod("web"));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  harness.server.Fail(absl::UnavailableError("no"));
  Restart(harness);
  harness.RunFor(absl::Minutes(30));
  EXPECT_EQ(harness.runtime.running_count(), 1u);
  harness.server.Fail(absl::OkStatus());
  harness.RunFor(absl::Minutes(2));
  EXPECT_EQ(harness.witness.Starts("web", "main").size(), 1u);
  EXPECT_THAT(harness.witness.ends(), IsEmpty());
}

// How a story goes when the kubelet dies after `turns` turns of it. Returns false when the
// story was over before.
bool RunStory(int turns, const char* restart_policy, bool deletes) {
  SCOPED_TRACE(absl::StrCat("killed after turn ", turns));
  Harness harness;
  api::Pod pod = PodWithInit("web");
  pod.mutable_spec()->set_restart_policy(restart_policy);
  const bool ends = std::string(restart_policy) != "Always";
  if (ends) Annotate(&pod, "run-for", "3s");
  Annotate(&pod, "run-for.init", "1s");
  harness.server.CreatePod(std::move(pod));
  bool deleted = false;
  bool killed = false;
  int turn = 0;
  const absl::Duration limit = absl::Minutes(2);
  while (harness.world.Now() < limit) {
    if (turn++ == turns) {
      Restart(harness);
      killed = true;
    }
    if (deletes && !deleted && harness.world.Now() > absl::Seconds(5)) {
      deleted = true;
      harness.server.DeletePod("web");
    }
    if (!harness.world.kernel().Step()) break;
    if (!killed && harness.world.Now() > absl::Seconds(12)) return false;
  }
  EXPECT_THAT(harness.witness.violations(), IsEmpty());
  EXPECT_EQ(harness.witness.Starts("web", "main").size(), 1u);
  EXPECT_EQ(harness.witness.Starts("web", "init").size(), 1u);
  for (const Witness::End& end : harness.witness.ends()) EXPECT_FALSE(end.end.killed);
  if (deletes) {
    EXPECT_FALSE(harness.server.FindPod("web"));
    EXPECT_EQ(harness.runtime.running_count(), 0u);
  } else {
    EXPECT_EQ(harness.server.GetPod("web").status().phase(), ends ? "Succeeded" : "Running");
  }
  return true;
}

void RunEveryCrash(const char* restart_policy, bool deletes) {
  int turns = 0;
  while (RunStory(turns, restart_policy, deletes) && !testing::Test::HasFailure()) ++turns;
  EXPECT_GT(turns, 50);
}

TEST(KubeletRestart, AtAnyTurnStartsEachContainerOnce) { RunEveryCrash("Always", false); }
TEST(KubeletRestart, AtAnyTurnRunsATaskOnce) { RunEveryCrash("Never", false); }
TEST(KubeletRestart, AtAnyTurnEndsWhatIsDeleted) { RunEveryCrash("Always", true); }

TEST(KubeletFaults, LostRepliesOfTheRuntimeStartNothingTwice) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Harness harness(PlainModel(), PlainConfig(), seed);
    harness.runtime.faults().reply_lost = 0.4;
    for (int i = 0; i < 5; ++i) harness.server.CreatePod(PodWithInit(absl::StrCat("web-", i)));
    harness.RunFor(absl::Minutes(5));
    harness.runtime.faults().reply_lost = 0;
    harness.RunFor(absl::Minutes(2));
    EXPECT_EQ(harness.runtime.running_count(), 5u);
    EXPECT_THAT(harness.witness.violations(), IsEmpty());
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(harness.ConditionOf(absl::StrCat("web-", i), "Ready"), "True");
      EXPECT_EQ(harness.witness.Starts(absl::StrCat("web-", i), "main").size(), 1u);
    }
  }
}

TEST(KubeletFaults, AKubeletThatStandsStillDoesNothingUntilItGoesOn) {
  Harness harness;
  harness.server.CreatePod(PodWithInit("web"));
  harness.RunFor(absl::Milliseconds(100));  // Its sandbox is being made.
  harness.kubelet->Freeze();
  harness.RunFor(absl::Minutes(5));
  EXPECT_THAT(harness.witness.Starts("web", "init"), IsEmpty());
  harness.kubelet->Thaw();
  harness.RunFor(absl::Seconds(10));
  EXPECT_EQ(harness.ConditionOf("web", "Ready"), "True");
  EXPECT_EQ(harness.witness.Starts("web", "init").size(), 1u);
}

TEST(KubeletFaults, ARuntimeThatIsDownMakesTheNodeUnreadyAndStopsNothing) {
  Harness harness;
  harness.server.CreatePod(MakePod("web"));
  ASSERT_TRUE(harness.RunUntilPhase("web", "Running"));
  harness.runtime.faults().down = true;
  harness.runtime.FaultsChanged();
  harness.RunFor(absl::Minutes(1));
  harness.server.DeletePod("web");
  harness.RunFor(absl::Minutes(1));
  EXPECT_TRUE(harness.server.FindPod("web"));
  harness.runtime.faults().down = false;
  harness.runtime.FaultsChanged();
  harness.RunFor(absl::Minutes(1));
  EXPECT_FALSE(harness.server.FindPod("web"));
  EXPECT_THAT(harness.witness.violations(), IsEmpty());
}

}  // namespace
}  // namespace drydock::kubelet

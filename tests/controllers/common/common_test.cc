// Ranking, expectations, and what counts as a change of a pod.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/controllers/common/expectations.h"
#include "src/controllers/common/pod_ranking.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'000'000);

struct PodMaker {
  explicit PodMaker(const std::string& name) {
    pod.mutable_metadata()->set_name(name);
    pod.mutable_metadata()->set_uid("uid-" + name);
    *pod.mutable_metadata()->mutable_creation_timestamp() = api::MakeTime(kNow - absl::Hours(1));
    pod.mutable_spec()->set_node_name("node-" + name);
    pod.mutable_status()->set_phase(kPodRunning);
  }
  PodMaker& On(const std::string& node) {
    pod.mutable_spec()->set_node_name(node);
    return *this;
  }
  PodMaker& Phase(const std::string& phase) {
    pod.mutable_status()->set_phase(phase);
    return *this;
  }
  PodMaker& ReadyFor(absl::Duration age) {
    api::PodCondition* const ready = pod.mutable_status()->add_conditions();
    ready->set_type("Ready");
    ready->set_status("True");
    *ready->mutable_last_transition_time() = api::MakeTime(kNow - age);
    return *this;
  }
  PodMaker& Cost(const std::string& cost) {
    api::Set(pod.mutable_metadata()->mutable_annotations(), kPodDeletionCost, cost);
    return *this;
  }
  PodMaker& Restarts(int count) {
    pod.mutable_status()->add_container_statuses()->set_restart_count(count);
    return *this;
  }
  operator api::Ref<api::Pod>() const { return api::MakeObject(pod); }
  api::Pod pod;
};

std::string First(std::vector<api::Ref<api::Pod>> pods) {
  return ChooseForDeletion(pods, pods, 1, kNow)[0]->metadata().name();
}

TEST(ChooseForDeletion, TakesUnassignedPodsFirst) {
  EXPECT_EQ(First({PodMaker("a"), PodMaker("b").On("").Cost("9")}), "b");
}
TEST(ChooseForDeletion, TakesPendingBeforeUnknownBeforeRunning) {
  EXPECT_EQ(
      First({PodMaker("a"), PodMaker("b").Phase(kPodUnknown), PodMaker("c").Phase(kPodPending)}),
      "c");
  EXPECT_EQ(First({PodMaker("a"), PodMaker("b").Phase(kPodUnknown)}), "b");
}
TEST(ChooseForDeletion, TakesPodsThatAreNotReadyFirst) {
  EXPECT_EQ(First({PodMaker("a").ReadyFor(absl::Hours(1)), PodMaker("b")}), "b");
}
TEST(ChooseForDeletion, TakesTheCheapestByAnnotation) {
  EXPECT_EQ(First({PodMaker("a"), PodMaker("b").Cost("-5"), PodMaker("c").Cost("5")}), "b");
}
TEST(ChooseForDeletion, TakesFromCrowdedNodesFirst) {
  EXPECT_EQ(First({PodMaker("a").On("n1"), PodMaker("b").On("n2"), PodMaker("c").On("n2")}), "b");
}
TEST(ChooseForDeletion, TakesTheYoungerByMagnitude) {
  EXPECT_EQ(
      First({PodMaker("a").ReadyFor(absl::Hours(10)), PodMaker("b").ReadyFor(absl::Minutes(1))}),
      "b");
  // Of about one age: by uid.
  EXPECT_EQ(First({PodMaker("b").ReadyFor(absl::Seconds(3000)),
                   PodMaker("a").ReadyFor(absl::Seconds(3100))}),
            "a");
}
TEST(ChooseForDeletion, TakesThoseThatRestartedMost) {
  EXPECT_EQ(First({PodMaker("a"), PodMaker("b").Restarts(3), PodMaker("c").Restarts(1)}), "b");
}

TEST(IsAvailable, NeedsToHaveBeenReadyLongEnough) {
  const api::Pod pod = PodMaker("a").ReadyFor(absl::Seconds(30)).pod;
  EXPECT_TRUE(IsAvailable(pod, 30, kNow));
  EXPECT_FALSE(IsAvailable(pod, 31, kNow));
  EXPECT_EQ(AvailableAt(pod, 31, kNow), kNow + absl::Seconds(1));
}

TEST(ChangesItsCounts, IgnoresHowAPodGetsToRun) {
  const api::Pod pending = PodMaker("a").Phase(kPodPending).On("").pod;
  EXPECT_FALSE(ChangesItsCounts(pending, PodMaker("a").Phase(kPodPending).pod));
  EXPECT_FALSE(ChangesItsCounts(pending, PodMaker("a").pod));
  EXPECT_TRUE(ChangesItsCounts(pending, PodMaker("a").ReadyFor(absl::Seconds(1)).pod));
  EXPECT_TRUE(ChangesItsCounts(pending, PodMaker("a").Phase(kPodFailed).pod));
}

class ExpectationsTest : public testing::Test {
 protected:
  sim::World world_;
  Expectations expectations_{world_.AddMachine("m").executor()};
  const client::ObjectKey key_{"default", "web"};
};

TEST_F(ExpectationsTest, AreMetWhenAllCreationsWereSeen) {
  EXPECT_TRUE(expectations_.Satisfied(key_));
  expectations_.ExpectCreations(key_, 2);
  expectations_.CreationObserved(key_);
  EXPECT_FALSE(expectations_.Satisfied(key_));
  expectations_.CreationObserved(key_);
  EXPECT_TRUE(expectations_.Satisfied(key_));
}
TEST_F(ExpectationsTest, CountADeletionOnce) {
  expectations_.ExpectDeletions(key_, {"a", "b"});
  expectations_.DeletionObserved(key_, "a");
  expectations_.DeletionObserved(key_, "a");
  EXPECT_FALSE(expectations_.Satisfied(key_));
  expectations_.DeletionObserved(key_, "b");
  EXPECT_TRUE(expectations_.Satisfied(key_));
}
TEST_F(ExpectationsTest, LapseAfterFiveMinutes) {
  expectations_.ExpectCreations(key_, 1);
  world_.RunFor(absl::Minutes(5) - absl::Seconds(1));
  EXPECT_FALSE(expectations_.Satisfied(key_));
  world_.RunFor(absl::Seconds(2));
  EXPECT_TRUE(expectations_.Satisfied(key_));
}

}  // namespace
}  // namespace drydock::controllers

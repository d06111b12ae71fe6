// Zones' states, and the pace of evictions in them.
#include "src/controllers/node_lifecycle/zone_disruption.h"

#include "gtest/gtest.h"

namespace drydock::controllers {
namespace {

TEST(ComputeZoneState, FollowsTheShareOfNodesThatAreNotReady) {
  EXPECT_EQ(ComputeZoneState({.ready = 10, .not_ready = 0}, 0.55), ZoneState::kNormal);
  EXPECT_EQ(ComputeZoneState({.ready = 0, .not_ready = 1}, 0.55), ZoneState::kFullDisruption);
  EXPECT_EQ(ComputeZoneState({.ready = 4, .not_ready = 5}, 0.55), ZoneState::kPartialDisruption);
  EXPECT_EQ(ComputeZoneState({.ready = 5, .not_ready = 5}, 0.55), ZoneState::kNormal);
}

TEST(ComputeZoneState, TwoNodesAreTooFewForAPartialDisruption) {
  EXPECT_EQ(ComputeZoneState({.ready = 1, .not_ready = 2}, 0.55), ZoneState::kNormal);
}

TEST(EvictionQueue, GivesOneNodeAtOnceAndThenKeepsItsRate) {
  EvictionQueue queue(0.1);
  for (const char* node : {"a", "b", "c"}) EXPECT_TRUE(queue.Add(node));
  EXPECT_EQ(queue.Take(absl::Seconds(100)), "a");
  EXPECT_EQ(queue.Take(absl::Seconds(100)), "");
  EXPECT_EQ(queue.Take(absl::Seconds(109)), "");
  EXPECT_EQ(queue.Take(absl::Seconds(110)), "b");
  EXPECT_EQ(queue.Take(absl::Seconds(120)), "c");
}

TEST(EvictionQueue, ANodeThatWasTakenComesAgainOnlyWhenForgotten) {
  EvictionQueue queue(100);
  queue.Add("a");
  EXPECT_EQ(queue.Take(absl::Seconds(1)), "a");
  EXPECT_FALSE(queue.Add("a"));
  queue.Remove("a");
  EXPECT_TRUE(queue.Add("a"));
  queue.Remove("a");
  EXPECT_EQ(queue.Take(absl::Seconds(2)), "");
}

TEST(EvictionQueue, ANodeThatWasPutBackWaitsBehindTheOthers) {
  EvictionQueue queue(100);
  queue.Add("a");
  queue.Add("b");
  EXPECT_EQ(queue.Take(absl::Seconds(1)), "a");
  queue.PutBack("a");
  EXPECT_EQ(queue.Take(absl::Seconds(2)), "b");
  EXPECT_EQ(queue.Take(absl::Seconds(3)), "a");
}

TEST(EvictionQueue, ANewRateDoesNotGiveBackASpentToken) {
  EvictionQueue queue(0.1);
  queue.Add("a");
  queue.Add("b");
  EXPECT_EQ(queue.Take(absl::Seconds(100)), "a");
  queue.SetRate(0, absl::Seconds(101));
  EXPECT_EQ(queue.Take(absl::Seconds(1000)), "");
  queue.SetRate(0.01, absl::Seconds(1000));
  EXPECT_EQ(queue.Take(absl::Seconds(1050)), "");
  EXPECT_EQ(queue.Take(absl::Seconds(1100)), "b");
}

}  // namespace
}  // namespace drydock::controllers

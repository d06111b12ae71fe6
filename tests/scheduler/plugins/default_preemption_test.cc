// Preemption: who may, who must go, and which node is chosen.
#include "gtest/gtest.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

PodRef Sized(World& world, const std::string& name, int32_t priority, int64_t cpu,
             const Labels& labels = {}) {
  return world.NewPod(name, [&](PodShape& shape) {
    shape.priority = priority;
    shape.requests.cpu_millis = cpu;
    shape.labels = labels;
  });
}

PostFilterResult Preempt(World& world, const PodRef& pod) {
  EXPECT_EQ(world.engine().Schedule(*pod).node, kNoNode);
  return world.engine().PostFilter(*pod);
}

std::vector<std::string> Names(const std::vector<PodRef>& pods) {
  std::vector<std::string> names;
  for (const PodRef& pod : pods) names.push_back(pod->name);
  return names;
}

using Strings = std::vector<std::string>;

TEST(DefaultPreemption, TakesAsFewAsMakeRoomAndSparesTheMoreImportant) {
  World world;
  world.AddNode("a");
  world.Place(Sized(world, "low", 1, 1000), "a");
  world.Place(Sized(world, "middle", 5, 1000), "a");
  world.Place(Sized(world, "high", 9, 2000), "a");
  const PostFilterResult result = Preempt(world, Sized(world, "p", 9, 1000));
  EXPECT_TRUE(result.success);
  EXPECT_EQ(result.nominated_node, "a");
  EXPECT_EQ(Names(result.victims), Strings{"low"});
}

TEST(DefaultPreemption, LeavesTheClusterAsItWas) {
  World world;
  world.AddNode("a");
  world.Place(Sized(world, "low", 1, 3000), "a");
  const PodRef pod = Sized(world, "p", 9, 2000);
  EXPECT_TRUE(Preempt(world, pod).success);
  EXPECT_EQ(world.cluster.nodes.pods(0).size(), 1u);
  EXPECT_EQ(world.cluster.nodes.requested_cpu()[0], 3000);
  EXPECT_TRUE(Preempt(world, pod).success) << "and would do the same again";
}

TEST(DefaultPreemption, DoesNotTouchPodsOfTheSamePriority) {
  World world;
  world.AddNode("a");
  world.AddNode("tainted",
                [](NodeSpec& spec) { spec.taints = {{"x", "", TaintEffect::kNoSchedule}}; });
  world.Place(Sized(world, "equal", 9, 3000), "a");
  const PodRef pod = Sized(world, "p", 9, 2000);
  const PostFilterResult result = Preempt(world, pod);
  EXPECT_FALSE(result.success);
  EXPECT_TRUE(result.clear_nomination);
  EXPECT_EQ(world.engine().diagnosis().Message(),
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {x: }. "
            "preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, "
            "1 Preemption is not helpful for scheduling.");
}

TEST(DefaultPreemption, IsNotForPodsThatNeverPreempt) {
  World world;
  world.AddNode("a");
  world.Place(Sized(world, "low", 1, 4000), "a");
  const PodRef pod = world.NewPod("p", [](PodShape& shape) {
    shape.priority = 9;
    shape.preempts = false;
    shape.requests.cpu_millis = 1000;
  });
  EXPECT_FALSE(Preempt(world, pod).success);
  EXPECT_EQ(world.engine().diagnosis().Message(),
            "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to "
            "preemptionPolicy=Never.");
}

TEST(DefaultPreemption, WaitsForVictimsThatAreOnTheirWayOut) {
  World world;
  world.AddNode("a");
  const PodRef victim = Sized(world, "low", 1, 4000);
  victim->terminating = victim->terminating_by_preemption = true;
  world.Place(victim, "a");
  const PodRef pod = Sized(world, "p", 9, 1000);
  pod->nominated_node = "a";
  const PostFilterResult result = Preempt(world, pod);
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.message,
            "preemption: not eligible due to a terminating pod on the nominated node.");
}

TEST(DefaultPreemption, PrefersNodesWhereNoBudgetIsViolated) {
  World world;
  world.AddNode("a");
  world.AddNode("b");
  world.Place(Sized(world, "guarded", 1, 4000, {{"app", "db"}}), "a");
  world.Place(Sized(world, "free", 5, 4000), "b");
  world.cluster.budgets = {{"default", "db", World::Match("app", "db"), 0, {}}};
  const PostFilterResult result = Preempt(world, Sized(world, "p", 9, 1000));
  EXPECT_EQ(Names(result.victims), Strings{"free"});
}

TEST(DefaultPreemption, SparesPodsUnderABudgetOnTheSameNode) {
  World world;
  world.AddNode("a");
  world.Place(Sized(world, "guarded", 1, 2000, {{"app", "db"}}), "a");
  world.Place(Sized(world, "free", 5, 2000), "a");
  world.cluster.budgets = {{"default", "db", World::Match("app", "db"), 0, {}}};
  EXPECT_EQ(Names(Preempt(world, Sized(world, "p", 9, 1000)).victims), Strings{"free"});
  world.cluster.budgets[0].disruptions_allowed = 1;
  EXPECT_EQ(Names(Preempt(world, Sized(world, "q", 9, 1000)).victims), Strings{"guarded"});
}

TEST(DefaultPreemption, ViolatesABudgetWhenNothingElseHelps) {
  World world;
  world.AddNode("a");
  world.Place(Sized(world, "guarded", 1, 4000, {{"app", "db"}}), "a");
  world.cluster.budgets = {{"default", "db", World::Match("app", "db"), 0, {}}};
  EXPECT_EQ(Names(Preempt(world, Sized(world, "p", 9, 1000)).victims), Strings{"guarded"});
}

struct Victim {
  const char* node;
  int32_t priority;
  int64_t cpu;
  int started;  // Seconds.
};

struct ChoiceCase {
  const char* name;
  std::vector<Victim> victims;
  const char* node;
};

TEST(DefaultPreemption, ChoosesTheNodeWhereLeastIsLost) {
  const ChoiceCase cases[] = {
      {"the lowest highest priority",
       {{"a", 5, 4000, 1}, {"b", 3, 4000, 1}, {"c", 4, 4000, 1}},
       "b"},
      {"the lowest sum",
       {{"a", 5, 2000, 1},
        {"a", 4, 2000, 1},
        {"b", 5, 2000, 1},
        {"b", 3, 2000, 1},
        {"c", 5, 2000, 1},
        {"c", 5, 2000, 1}},
       "b"},
      {"the fewest",
       {{"a", 5, 2000, 1}, {"a", -5, 2000, 1}, {"b", 5, 4000, 1}, {"c", 6, 4000, 1}},
       "b"},
      {"the latest start", {{"a", 5, 4000, 1}, {"b", 5, 4000, 3}, {"c", 5, 4000, 2}}, "b"},
  };
  for (const ChoiceCase& c : cases) {
    World world;
    for (const char* name : {"a", "b", "c"}) world.AddNode(name);
    int number = 0;
    for (const Victim& victim : c.victims) {
      const PodRef pod = Sized(world, absl::StrCat("v", number++), victim.priority, victim.cpu);
      pod->started = absl::UnixEpoch() + absl::Seconds(victim.started);
      world.Place(pod, victim.node);
    }
    EXPECT_EQ(Preempt(world, Sized(world, "p", 9, 3000)).nominated_node, c.node) << c.name;
  }
}

TEST(DefaultPreemption, MakesRoomForAntiAffinityAndSpreading) {
  World world;
  for (const char* name : {"a", "b"}) world.AddNode(name);
  world.Place(Sized(world, "low", 1, 100, {{"app", "web"}}), "a");
  world.Place(Sized(world, "high", 9, 100, {{"app", "web"}}), "b");
  const PodRef pod = world.NewPod("p", [&](PodShape& shape) {
    shape.priority = 9;
    shape.labels = {{"app", "web"}};
    shape.required_anti_affinity = {
        world.Term(World::Match("app", "web"), "kubernetes.io/hostname")};
  });
  EXPECT_EQ(Names(Preempt(world, pod).victims), Strings{"low"});
  const PodRef spread = world.NewPod("q", [&](PodShape& shape) {
    shape.priority = 9;
    shape.labels = {{"app", "web"}};
    shape.requests.cpu_millis = 3950;
    shape.spread.push_back(
        world.Spread(World::Match("app", "web"), "kubernetes.io/hostname", 1, true));
  });
  EXPECT_EQ(Names(Preempt(world, spread).victims), Strings{"low"});
}

TEST(DefaultPreemption, LeavesRoomForPodsNominatedBefore) {
  World world;
  world.AddNode("a");
  world.AddNode("b", 500, World::kGi);
  const PodRef waiting = Sized(world, "waiting", 9, 4000);
  world.nominations.Add(waiting, "a");
  EXPECT_EQ(world.Where(Sized(world, "same", 9, 1000)), "");
  EXPECT_EQ(world.Where(Sized(world, "lower", 1, 1000)), "");
  EXPECT_EQ(world.Where(Sized(world, "higher", 10, 1000)), "a");
  waiting->nominated_node = "a";
  EXPECT_EQ(world.Where(waiting), "a");
}

}  // namespace
}  // namespace drydock::scheduler

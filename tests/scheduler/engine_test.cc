// The cycle itself: choice, sampling, messages, and that what is remembered from
// cycle to cycle never differs from what a fresh look gives.
#include "src/scheduler/engine.h"

#include <set>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

TEST(Engine, SaysThatThereAreNoNodes) {
  World world;
  EXPECT_EQ(world.Message(world.NewPod("p")), "no nodes available to schedule pods");
}

TEST(Engine, CountsReasonsOverNodesInOrderOfText) {
  World world;
  for (const char* name : {"a", "b", "c"}) world.AddNode(name, 100, World::kGi);
  for (const char* name : {"d", "e"}) {
    world.AddNode(name,
                  [](NodeSpec& spec) { spec.taints = {{"k", "v", TaintEffect::kNoSchedule}}; });
  }
  EXPECT_EQ(world.Message(world.NewPod("p", 200, 0)),
            "0/5 nodes are available: 2 node(s) had untolerated taint {k: v}, 3 Insufficient cpu.");
}

TEST(Engine, GivesTheSameDiagnosisTwiceUntilSomethingChanges) {
  World world;
  world.AddNode("a", 100, World::kGi);
  const PodRef pod = world.NewPod("p", 200, 0);
  const std::string first = world.Message(pod);
  EXPECT_EQ(world.Message(pod), first);
  world.AddNode("b", 100, World::kGi);
  EXPECT_EQ(world.Message(pod), "0/2 nodes are available: 2 Insufficient cpu.");
}

TEST(Engine, SpreadsTiesOverAllBestNodes) {
  World world;
  for (int i = 0; i < 200; ++i) world.AddNode(absl::StrCat("n", i));
  std::set<std::string> chosen;
  for (int i = 0; i < 200; ++i) chosen.insert(world.Run(world.NewPod("p", 100, World::kGi)));
  EXPECT_EQ(chosen.size(), 200u) << "each node is best until it has a pod";
}

TEST(Engine, DoesNotUseANodeThatHasGone) {
  World world;
  world.AddNode("a");
  world.AddNode("b");
  const PodRef first = world.NewPod("p", 100, 0);
  world.Where(first);
  world.cluster.nodes.RemoveNode("a");
  EXPECT_EQ(world.Where(world.Replica(first->shape, "q")), "b");
  world.cluster.nodes.RemoveNode("b");
  EXPECT_EQ(world.Where(first), "");
}

class LowestIndex final : public TieBreak {
 public:
  NodeIndex Choose(const std::vector<NodeIndex>& best) override { return best.front(); }
};

class LikesC final : public ScorePlugin {
 public:
  explicit LikesC(const Cluster& cluster) : nodes_(cluster.nodes) {}
  Scope score_scope() const override { return Scope::kNode; }
  bool exclusive() const override { return true; }
  int64_t Score(const PodInfo&, NodeIndex node) const override {
    return nodes_.name(node) == "c" ? 1 : 0;
  }

 private:
  const NodeTable& nodes_;
};

TEST(Engine, CountsAnExclusiveScoreAlone) {
  World world;
  world.registry.Add("LikesC", [](const PluginArgs&, const PluginContext& context) {
    return absl::StatusOr<PluginInstance>(
        MakePlugin("LikesC", std::make_shared<LikesC>(context.cluster)));
  });
  world.profile.plugins.push_back({"LikesC", 1, {}});
  for (const char* name : {"a", "b", "c"}) world.AddNode(name);
  world.Place(world.NewPod("old", 3000, 0), "c");
  EXPECT_EQ(world.Where(world.NewPod("p", 100, 0)), "c");
}

TEST(Engine, BreaksTiesAsAPluginSays) {
  World world;
  world.registry.Add("LowestIndex", [](const PluginArgs&, const PluginContext&) {
    return absl::StatusOr<PluginInstance>(
        MakePlugin("LowestIndex", std::make_shared<LowestIndex>()));
  });
  world.profile.plugins.push_back({"LowestIndex", 1, {}});
  for (const char* name : {"a", "b", "c"}) world.AddNode(name);
  for (const char* expected : {"a", "b", "c", "a"}) {
    EXPECT_EQ(world.Run(world.NewPod("p", 100, World::kGi)), expected);
  }
}

TEST(Engine, SamplesNodesFromWhereItStoppedWhenAskedTo) {
  World world;
  world.profile.percentage_of_nodes_to_score = 10;
  for (int i = 0; i < 1500; ++i) world.AddNode(absl::StrCat("n", i));
  const PodRef pod = world.NewPod("p", 100, 0);
  const Decision first = world.engine().Schedule(*pod);
  EXPECT_EQ(first.feasible, 150u);
  EXPECT_LT(first.node, 150u);
  const Decision second = world.engine().Schedule(*pod);
  EXPECT_EQ(second.evaluated, 150u);
  EXPECT_GE(second.node, 150u);
  EXPECT_LT(second.node, 300u);
}

TEST(Engine, SamplesAdaptivelyAsKubernetesDoes) {
  World world;
  world.profile.percentage_of_nodes_to_score = 0;
  for (int i = 0; i < 1000; ++i) world.AddNode(absl::StrCat("n", i));
  EXPECT_EQ(world.engine().Schedule(*world.NewPod("p", 100, 0)).feasible, 420u);  // 50 - 1000/125
}

TEST(Engine, RejectsAProfileWithAnUnknownPlugin) {
  World world;
  world.profile.plugins.push_back({"Nonsense", 1, {}});
  const auto made = MakeProfile(world.profile, world.registry, {world.cluster, rt::Random(1, "x")});
  EXPECT_EQ(made.status().message(), "profile default-scheduler: unknown plugin Nonsense");
}

// Random additions, removals and changes: an engine that has followed them all and one
// that has just been made give every node the same fate and the same scores.
RC_GTEST_PROP(Engine, RemembersNothingThatIsNoLongerTrue, ()) {
  World world;
  std::vector<PodRef> placed;
  std::vector<rt::Ref<const PodShape>> shapes;
  for (int i = 0; i < 4; ++i) {
    shapes.push_back(
        world
            .NewPod("shape",
                    [&](PodShape& shape) {
                      shape.labels = {{"app", i % 2 == 0 ? "web" : "db"}};
                      shape.requests.cpu_millis = 300 * i;
                      shape.requests.memory = i * World::kGi;
                      if (i == 1) {
                        shape.required_anti_affinity = {
                            world.Term(World::Match("app", "db"), "kubernetes.io/hostname")};
                      }
                      if (i == 2) {
                        shape.spread.push_back(world.Spread(
                            World::Match("app", "web"), "topology.kubernetes.io/zone", 2, true));
                      }
                      if (i == 3) shape.ports = {{"0.0.0.0", "TCP", 80}};
                    })
            ->shape);
  }
  world.AddZoned("n0", "a");
  const int steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    const int node = *rc::gen::inRange(0, 6);
    const std::string name = absl::StrCat("n", node);
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
        world.AddZoned(name, node % 2 == 0 ? "a" : "b");
        break;
      case 1:
        world.AddNode(name, [&](NodeSpec& spec) {
          spec.unschedulable = *rc::gen::arbitrary<bool>();
          spec.allocatable.cpu_millis = 1000;
        });
        break;
      case 2:
        world.cluster.nodes.RemoveNode(name);
        break;
      case 3:
        if (!placed.empty()) {
          world.cluster.nodes.RemovePod(*placed.back());
          placed.pop_back();
        }
        break;
      default: {
        const PodRef pod = world.Replica(shapes[*rc::gen::inRange<size_t>(0, shapes.size())],
                                         absl::StrCat("p", step));
        if (world.Run(pod) != "") placed.push_back(pod);
      }
    }
    for (const auto& shape : shapes) {
      const PodRef probe = world.Replica(shape, "probe");
      const Decision known = world.engine().Schedule(*probe);
      auto made = MakeProfile(world.profile, world.registry, {world.cluster, rt::Random(1, "p")});
      RC_ASSERT(made.ok());
      Engine fresh(world.cluster, *std::move(made), world.nominations, rt::Random(1, "t"));
      const Decision anew = fresh.Schedule(*probe);
      RC_ASSERT(known.feasible == anew.feasible);
      if (anew.node == kNoNode) {
        RC_ASSERT(known.node == kNoNode);
        RC_ASSERT(world.engine().diagnosis().Message() == fresh.diagnosis().Message());
        continue;
      }
      // Ties may fall differently: both must have the same total. Explaining decides by the
      // same draw as deciding.
      auto again = MakeProfile(world.profile, world.registry, {world.cluster, rt::Random(1, "p")});
      RC_ASSERT(again.ok());
      Engine told_by(world.cluster, *std::move(again), world.nominations, rt::Random(1, "t"));
      const Explanation explanation = told_by.Explain(*probe);
      RC_ASSERT(explanation.decision.node == anew.node);
      RC_ASSERT(explanation.decision.feasible == anew.feasible);
      int64_t best = -1;
      int64_t chosen = -2;
      for (const Explanation::Node& told : explanation.nodes) {
        if (told.rejected_by.empty()) best = std::max(best, told.total);
        if (told.name == world.cluster.nodes.name(known.node)) chosen = told.total;
      }
      RC_ASSERT(chosen == best);
    }
  }
}

}  // namespace
}  // namespace drydock::scheduler

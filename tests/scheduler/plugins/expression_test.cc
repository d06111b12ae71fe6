// Policies as expressions.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

// The default profile's filters, and no scores but the expression's.
class Policy : public testing::Test {
 protected:
  void Use(ExpressionArgs args) {
    for (PluginChoice& choice : world.profile.plugins) choice.disabled_points = {"score"};
    world.profile.plugins.push_back({"Expression", 1, {}});
    world.profile.args.expression = std::move(args);
  }
  // The final scores of the nodes, by name; -1 where it is rejected.
  std::vector<int64_t> Scores(const PodRef& pod, const std::vector<std::string>& nodes) {
    std::vector<int64_t> scores;
    for (const std::string& node : nodes) scores.push_back(world.ScoreOf(pod, node, "Expression"));
    return scores;
  }

  World world;
};

using Numbers = std::vector<int64_t>;

TEST_F(Policy, AScoreChoosesTheNode) {
  Use({.score = "100.0 * node.requested.cpu / node.allocatable.cpu"});
  world.AddNode("a", 4000, 32 * World::kGi);
  world.AddNode("b", 4000, 32 * World::kGi);
  world.Place(world.NewPod("old", 1999, World::kGi), "b");
  const PodRef pod = world.NewPod("web", 100, World::kGi);
  EXPECT_EQ(Scores(pod, {"a", "b"}), (Numbers{0, 49}));  // Cut, not rounded.
  EXPECT_EQ(world.Where(pod), "b");
}

TEST_F(Policy, ScoresFollowWhatHappensOnNodes) {
  Use({.score = "node.free.cpu * 10.0 + double(node.pods)"});
  world.AddNode("a", 4000, 32 * World::kGi);
  world.AddNode("b", 3900, 32 * World::kGi);
  const PodRef pod = world.NewPod("web", 1000, World::kGi);
  // Remembered by shape, and asked again for nodes that have changed.
  EXPECT_EQ(world.Run(world.Replica(pod->shape, "1")), "a");
  EXPECT_EQ(world.Run(world.Replica(pod->shape, "2")), "b");
  EXPECT_EQ(world.Run(world.Replica(pod->shape, "3")), "a");
}

TEST_F(Policy, AFilterRejectsWithItsReason) {
  Use({.filter = "!('gpu' in node.labels) || pod.requests['example.com/gpu'] > 0.0",
       .reason = "node(s) are kept for GPU work"});
  world.AddNode("a", [&](NodeSpec& spec) {
    world.Label(spec, "gpu", "a100");
    *spec.allocatable.MutableExtended(world.cluster.resource_names.Intern("example.com/gpu")) = 8;
  });
  world.AddNode("b");
  EXPECT_EQ(world.Why(world.NewPod("web"), "a"), "Expression: node(s) are kept for GPU work");
  EXPECT_EQ(world.Where(world.NewPod("web")), "b");
  const PodRef trainer = world.NewPod("trainer", [&](PodShape& shape) {
    *shape.requests.MutableExtended(world.cluster.resource_names.Intern("example.com/gpu")) = 1;
  });
  EXPECT_EQ(world.Where(trainer), "a");
}

TEST_F(Policy, WithoutAReasonThereIsADefault) {
  Use({.filter = "node.name != 'a'"});
  world.AddNode("a");
  EXPECT_EQ(world.Message(world.NewPod("web")),
            "0/1 nodes are available: 1 node(s) didn't match the filter expression.");
}

TEST_F(Policy, AFilterThatFailsRejectsAndSaysWhy) {
  Use({.filter = "node.labels.disk == 'ssd'"});
  world.AddNode("a");
  world.AddNode("b", [&](NodeSpec& spec) { world.Label(spec, "disk", "ssd"); });
  const PodRef pod = world.NewPod("web");
  EXPECT_EQ(world.Why(pod, "a"), "Expression: filter expression failed: no such key: disk");
  EXPECT_EQ(world.Where(pod), "b");
}

TEST_F(Policy, RemovingPodsMayHelpOnlyWherePodsCount) {
  Use({.filter = "node.free.cpu - pod.requests.cpu >= 1.0"});
  world.AddNode("a", 4000, 32 * World::kGi);
  world.Place(world.NewPod("old", 2500, World::kGi), "a");
  const PodRef pod = world.NewPod("urgent", [](PodShape& shape) {
    shape.priority = 100;
    shape.requests.cpu_millis = 1000;
  });
  EXPECT_EQ(world.Where(pod), "");
  EXPECT_EQ(world.engine().PostFilter(*pod).nominated_node, "a");
}

TEST_F(Policy, AllFieldsCanBeRead) {
  Use({.score = "(node.name == 'a' ? 1 : 0) + (node.labels.zone == 'north' ? 2 : 0) + "
                "(node.taints.exists(t, t.key == 'k' && t.value == 'v' && "
                "t.effect == 'PreferNoSchedule') ? 4 : 0) + "
                "(node.unschedulable ? 0 : 8) + (node.price == 1.25 ? 16 : 0) + "
                "(pod.name == 'web' && pod.namespace == 'default' && pod.labels.app == 'shop' && "
                "pod.priority == 7 ? 32 : 0)"});
  world.AddNode("a", [&](NodeSpec& spec) {
    world.Label(spec, "zone", "north");
    world.Label(spec, "drydock.dev/price", "1.25");
    spec.taints.push_back({"k", "v", TaintEffect::kPreferNoSchedule});
  });
  world.AddNode("b", [&](NodeSpec& spec) { world.Label(spec, "zone", "south"); });
  const PodRef pod = world.NewPod("web", [](PodShape& shape) {
    shape.labels = {{"app", "shop"}};
    shape.priority = 7;
  });
  EXPECT_EQ(Scores(pod, {"a", "b"}), (Numbers{63, 40}));
  // The name counts: the answer of a sibling must not be taken for its own.
  EXPECT_EQ(Scores(world.Replica(pod->shape, "other"), {"a", "b"}), (Numbers{31, 8}));
}

TEST_F(Policy, MapsCanBeReadWhole) {
  Use({.score = "['cpu', 'memory', 'pods', 'x.y/z'].all(r, node.free[r] <= node.allocatable[r]) && "
                "node.free.all(r, node.free[r] == node.allocatable[r] - node.requested[r]) && "
                "pod.requests.exists(r, r == 'cpu' && pod.requests[r] == 0.5) && "
                "node.labels.exists(l, l == 'kubernetes.io/hostname' && node.labels[l] == 'a') "
                "? 77 : 0"});
  world.AddNode("a");
  world.Place(world.NewPod("old", 1000, World::kGi), "a");
  world.AddNode("b");
  EXPECT_EQ(Scores(world.NewPod("web", 500, World::kGi), {"a", "b"}), (Numbers{77, 0}));
}

TEST_F(Policy, ScoresAreClamped) {
  Use({.score = "double(node.labels.score)"});
  const std::vector<std::string> labels = {"-5", "99.99", "1e30", "NaN", "Infinity", "much"};
  std::vector<std::string> nodes;
  for (const std::string& label : labels) {
    nodes.push_back("node-" + label);
    world.AddNode(nodes.back(), [&](NodeSpec& spec) { world.Label(spec, "score", label); });
  }
  // What is no number, and an expression that fails, is worth nothing.
  EXPECT_EQ(Scores(world.NewPod("web"), nodes), (Numbers{0, 99, 100, 0, 100, 0}));
}

TEST_F(Policy, NormalisingSpreadsScoresOver0To100) {
  Use({.score = "-node.price", .normalize = true});
  for (const std::string price : {"0.1", "0.3", "0.15"}) {
    world.AddNode("at-" + price,
                  [&](NodeSpec& spec) { world.Label(spec, "drydock.dev/price", price); });
  }
  const PodRef pod = world.NewPod("web");
  EXPECT_EQ(Scores(pod, {"at-0.1", "at-0.3", "at-0.15"}), (Numbers{100, 0, 75}));
  EXPECT_EQ(world.Where(pod), "at-0.1");
}

TEST_F(Policy, ItsBudgetIsBounded) {
  Use({.filter = "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, "
                 "[1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, "
                 "[1,2,3,4,5,6,7,8,9,10].all(e, node.free.cpu > 0.0)))))"});
  world.AddNode("a");
  EXPECT_EQ(
      world.Why(world.NewPod("web"), "a"),
      "Expression: filter expression failed: operation cancelled: actual cost limit exceeded");
}

}  // namespace
}  // namespace drydock::scheduler

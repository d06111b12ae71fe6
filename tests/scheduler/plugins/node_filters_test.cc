// The plugins that look at one node's labels, taints, ports and name.
#include "gtest/gtest.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

NodeRequirement Requirement(World& world, const std::string& key, SelectorOp op,
                            const std::vector<std::string>& values, int64_t number = 0) {
  NodeRequirement requirement;
  requirement.key = world.cluster.symbols.Intern(key);
  requirement.op = op;
  for (const std::string& value : values) {
    requirement.values.push_back(world.cluster.symbols.Intern(value));
  }
  requirement.number = number;
  return requirement;
}

// ---- NodeName ----

TEST(NodeName, LetsAPodGoOnlyToTheNodeItNames) {
  World world;
  world.AddNode("a");
  world.AddNode("b");
  const PodRef pod = world.NewPod(
      "p", [&](PodShape& shape) { shape.node_name = world.cluster.symbols.Intern("b"); });
  EXPECT_EQ(world.Where(pod), "b");
  EXPECT_EQ(world.Why(pod, "a"), "NodeName: node(s) didn't match the requested node name");
}

TEST(NodeName, LetsAPodWithoutOneGoAnywhere) {
  World world;
  world.AddNode("a");
  EXPECT_EQ(world.Where(world.NewPod("p")), "a");
}

TEST(NodeName, RejectsEveryNodeWhenTheNamedOneDoesNotExist) {
  World world;
  world.AddNode("a");
  const PodRef pod = world.NewPod(
      "p", [&](PodShape& shape) { shape.node_name = world.cluster.symbols.Intern("gone"); });
  EXPECT_EQ(world.Message(pod),
            "0/1 nodes are available: 1 node(s) didn't match the requested node name.");
}

// ---- NodeUnschedulable ----

struct CordonCase {
  const char* name;
  Toleration toleration;
  bool feasible;
};

TEST(NodeUnschedulable, FollowsTheTolerationOfTheTaintThatStandsForIt) {
  const char* key = "node.kubernetes.io/unschedulable";
  const CordonCase cases[] = {
      {"another key", {"other", true, "", std::nullopt}, false},
      {"the key", {key, true, "", std::nullopt}, true},
      {"every key", {"", true, "", std::nullopt}, true},
      {"equal to the empty value", {key, false, "", TaintEffect::kNoSchedule}, true},
      {"equal to another value", {key, false, "x", TaintEffect::kNoSchedule}, false},
      {"another effect", {key, true, "", TaintEffect::kNoExecute}, false},
  };
  for (const CordonCase& c : cases) {
    World world;
    world.AddNode("a", [](NodeSpec& spec) { spec.unschedulable = true; });
    const PodRef pod =
        world.NewPod("p", [&](PodShape& shape) { shape.tolerations = {c.toleration}; });
    EXPECT_EQ(world.Why(pod, "a"),
              c.feasible ? "" : "NodeUnschedulable: node(s) were unschedulable")
        << c.name;
  }
}

// ---- TaintToleration ----

struct TaintCase {
  const char* name;
  std::vector<Taint> taints;
  std::vector<Toleration> tolerations;
  const char* why;
};

TEST(TaintToleration, NamesTheFirstTaintThatIsNotTolerated) {
  const Taint gpu{"gpu", "yes", TaintEffect::kNoSchedule};
  const Taint down{"down", "", TaintEffect::kNoExecute};
  const Taint soft{"soft", "x", TaintEffect::kPreferNoSchedule};
  const TaintCase cases[] = {
      {"no taint", {}, {}, ""},
      {"soft taint", {soft}, {}, ""},
      {"hard taint", {gpu}, {}, "TaintToleration: node(s) had untolerated taint {gpu: yes}"},
      {"execute taint", {down}, {}, "TaintToleration: node(s) had untolerated taint {down: }"},
      {"tolerated by equality", {gpu}, {{"gpu", false, "yes", std::nullopt}}, ""},
      {"other value",
       {gpu},
       {{"gpu", false, "no", std::nullopt}},
       "TaintToleration: node(s) had untolerated taint {gpu: yes}"},
      {"one of two",
       {gpu, down},
       {{"gpu", true, "", std::nullopt}},
       "TaintToleration: node(s) had untolerated taint {down: }"},
      {"everything tolerated", {gpu, down}, {{"", true, "", std::nullopt}}, ""},
  };
  for (const TaintCase& c : cases) {
    World world;
    world.AddNode("a", [&](NodeSpec& spec) { spec.taints = c.taints; });
    const PodRef pod =
        world.NewPod("p", [&](PodShape& shape) { shape.tolerations = c.tolerations; });
    EXPECT_EQ(world.Why(pod, "a"), c.why) << c.name;
  }
}

TEST(TaintToleration, PrefersNodesWithFewerIntolerableSoftTaints) {
  World world;
  const auto soft = [](int count) {
    return [count](NodeSpec& spec) {
      for (int i = 0; i < count; ++i) {
        spec.taints.push_back({absl::StrCat("t", i), "", TaintEffect::kPreferNoSchedule});
      }
    };
  };
  world.AddNode("none");
  world.AddNode("one", soft(1));
  world.AddNode("three", soft(3));
  const PodRef pod = world.NewPod("p", 100, 100);
  EXPECT_EQ(world.ScoreOf(pod, "none", "TaintToleration"), 100);
  EXPECT_EQ(world.ScoreOf(pod, "one", "TaintToleration"), 67);
  EXPECT_EQ(world.ScoreOf(pod, "three", "TaintToleration"), 0);
  EXPECT_EQ(world.Where(pod), "none");
}

TEST(TaintToleration, ScoresAllNodesHighestWhereThereAreNoSoftTaints) {
  World world;
  world.AddNode("a");
  EXPECT_EQ(world.ScoreOf(world.NewPod("p"), "a", "TaintToleration"), 100);
}

// ---- NodePorts ----

struct PortCase {
  const char* name;
  HostPort taken;
  HostPort wanted;
  bool conflict;
};

TEST(NodePorts, RejectsWhatOverlapsWithAPortInUse) {
  const PortCase cases[] = {
      {"same", {"0.0.0.0", "TCP", 80}, {"0.0.0.0", "TCP", 80}, true},
      {"other port", {"0.0.0.0", "TCP", 80}, {"0.0.0.0", "TCP", 81}, false},
      {"other protocol", {"0.0.0.0", "TCP", 80}, {"0.0.0.0", "UDP", 80}, false},
      {"other address", {"127.0.0.1", "TCP", 80}, {"127.0.0.2", "TCP", 80}, false},
      {"all addresses in use", {"0.0.0.0", "TCP", 80}, {"127.0.0.2", "TCP", 80}, true},
      {"all addresses wanted", {"127.0.0.1", "TCP", 80}, {"0.0.0.0", "TCP", 80}, true},
      {"same address", {"127.0.0.1", "TCP", 80}, {"127.0.0.1", "TCP", 80}, true},
  };
  for (const PortCase& c : cases) {
    World world;
    world.AddNode("a");
    world.Place(world.NewPod("old", [&](PodShape& shape) { shape.ports = {c.taken}; }), "a");
    const PodRef pod = world.NewPod("p", [&](PodShape& shape) { shape.ports = {c.wanted}; });
    EXPECT_EQ(
        world.Why(pod, "a"),
        c.conflict ? "NodePorts: node(s) didn't have free ports for the requested pod ports" : "")
        << c.name;
  }
}

TEST(NodePorts, FreesThePortWhenThePodLeaves) {
  World world;
  world.AddNode("a");
  const auto port = [](PodShape& shape) { shape.ports = {{"0.0.0.0", "TCP", 80}}; };
  const PodRef old = world.Place(world.NewPod("old", port), "a");
  const PodRef pod = world.NewPod("p", port);
  EXPECT_EQ(world.Where(pod), "");
  world.cluster.nodes.RemovePod(*old);
  EXPECT_EQ(world.Where(pod), "a");
}

// ---- NodeAffinity ----

struct AffinityCase {
  const char* name;
  std::function<void(World&, PodShape&)> pod;
  bool feasible;
};

TEST(NodeAffinity, EvaluatesSelectorsAndRequiredTerms) {
  const auto term = [](World& world, const char* key, SelectorOp op,
                       const std::vector<std::string>& values, int64_t number = 0) {
    return NodeTerm{{Requirement(world, key, op, values, number)}, {}};
  };
  const AffinityCase cases[] = {
      {"selector matches",
       [](World& w, PodShape& s) {
         s.node_selector = {{w.cluster.symbols.Intern("disk"), w.cluster.symbols.Intern("ssd")}};
       },
       true},
      {"selector of another value",
       [](World& w, PodShape& s) {
         s.node_selector = {{w.cluster.symbols.Intern("disk"), w.cluster.symbols.Intern("hdd")}};
       },
       false},
      {"selector of a missing label",
       [](World& w, PodShape& s) {
         s.node_selector = {{w.cluster.symbols.Intern("none"), w.cluster.symbols.Intern("x")}};
       },
       false},
      {"in",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "disk", SelectorOp::kIn, {"a", "ssd"})}};
       },
       true},
      {"not in",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "disk", SelectorOp::kNotIn, {"ssd"})}};
       },
       false},
      {"not in, label missing",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "none", SelectorOp::kNotIn, {"x"})}};
       },
       true},
      {"exists",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "disk", SelectorOp::kExists, {})}};
       },
       true},
      {"does not exist",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "disk", SelectorOp::kDoesNotExist, {})}};
       },
       false},
      {"greater",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "gen", SelectorOp::kGt, {}, 6)}};
       },
       true},
      {"greater than itself",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "gen", SelectorOp::kGt, {}, 7)}};
       },
       false},
      {"less, not a number",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{{term(w, "disk", SelectorOp::kLt, {}, 9)}};
       },
       false},
      {"second of two terms",
       [&](World& w, PodShape& s) {
         s.required_node_affinity = NodeSelector{
             {term(w, "none", SelectorOp::kExists, {}), term(w, "disk", SelectorOp::kExists, {})}};
       },
       true},
      {"a term without requirements matches nothing",
       [](World&, PodShape& s) { s.required_node_affinity = NodeSelector{{NodeTerm{}}}; }, false},
      {"no terms match nothing",
       [](World&, PodShape& s) { s.required_node_affinity = NodeSelector{}; }, false},
  };
  for (const AffinityCase& c : cases) {
    World world;
    world.AddNode("a", [&](NodeSpec& spec) {
      world.Label(spec, "disk", "ssd");
      world.Label(spec, "gen", "7");
    });
    const PodRef pod = world.NewPod("p", [&](PodShape& shape) { c.pod(world, shape); });
    EXPECT_EQ(world.Why(pod, "a"),
              c.feasible ? "" : "NodeAffinity: node(s) didn't match Pod's node affinity/selector")
        << c.name;
  }
}

PodRef PinnedTo(World& world, const std::vector<std::string>& nodes) {
  return world.NewPod("p", [&](PodShape& shape) {
    shape.required_node_affinity =
        NodeSelector{{NodeTerm{{}, {Requirement(world, "", SelectorOp::kIn, nodes)}}}};
  });
}

TEST(NodeAffinity, LooksAtNoOtherNodeThanTheNamedOnes) {
  World world;
  for (const char* name : {"a", "b", "c"}) world.AddNode(name);
  const Decision decision = world.engine().Schedule(*PinnedTo(world, {"b"}));
  EXPECT_EQ(world.cluster.nodes.name(decision.node), "b");
  EXPECT_EQ(decision.evaluated, 1u);
}

TEST(NodeAffinity, SaysWhyTheNodesThatAreNotNamedAreOut) {
  World world;
  world.AddNode("a");
  world.AddNode("b", 100, World::kGi);
  const PodRef pod = world.NewPod("p", [&](PodShape& shape) {
    shape.requests.cpu_millis = 1000;
    shape.required_node_affinity =
        NodeSelector{{NodeTerm{{}, {Requirement(world, "", SelectorOp::kIn, {"b"})}}}};
  });
  EXPECT_EQ(world.Where(pod), "");
  EXPECT_EQ(world.engine().diagnosis().Message(),
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) "
            "[NodeAffinity].");
}

TEST(NodeAffinity, PrefersNodesByTheWeightOfTermsThatMatch) {
  World world;
  world.AddNode("plain");
  world.AddNode("ssd", [&](NodeSpec& spec) { world.Label(spec, "disk", "ssd"); });
  world.AddNode("both", [&](NodeSpec& spec) {
    world.Label(spec, "disk", "ssd");
    world.Label(spec, "fast", "yes");
  });
  const PodRef pod = world.NewPod("p", [&](PodShape& shape) {
    shape.preferred_node_affinity = {
        {10, NodeTerm{{Requirement(world, "disk", SelectorOp::kIn, {"ssd"})}, {}}},
        {30, NodeTerm{{Requirement(world, "fast", SelectorOp::kExists, {})}, {}}}};
  });
  EXPECT_EQ(world.ScoreOf(pod, "plain", "NodeAffinity"), 0);
  EXPECT_EQ(world.ScoreOf(pod, "ssd", "NodeAffinity"), 25);
  EXPECT_EQ(world.ScoreOf(pod, "both", "NodeAffinity"), 100);
}

TEST(NodeAffinity, HoldsEveryPodToTheAddedAffinityOfTheProfile) {
  World world;
  world.profile.args.node_affinity.has_added_required = true;
  world.profile.args.node_affinity.added_required = {
      {{LabelRequirement{"pool", SelectorOp::kIn, {"batch"}}}, {}}};
  world.AddNode("a");
  world.AddNode("b", [&](NodeSpec& spec) { world.Label(spec, "pool", "batch"); });
  const PodRef pod = world.NewPod("p");
  EXPECT_EQ(world.Where(pod), "b");
  EXPECT_EQ(world.Why(pod, "a"),
            "NodeAffinity: node(s) didn't match scheduler-enforced node affinity");
}

// ---- SchedulingGates ----

TEST(SchedulingGates, HoldsAPodBackAndNamesItsGates) {
  World world;
  const Profile profile =
      *MakeProfile(DefaultProfile(), world.registry, {world.cluster, rt::Random(1, "x")});
  ASSERT_EQ(profile.pre_enqueue.size(), 1u);
  const PodRef gated =
      world.NewPod("p", [](PodShape& shape) { shape.scheduling_gates = {"one", "two"}; });
  EXPECT_EQ(profile.pre_enqueue[0].plugin->PreEnqueue(*gated),
            "waiting for scheduling gates: [one two]");
  EXPECT_EQ(profile.pre_enqueue[0].plugin->PreEnqueue(*world.NewPod("q")), "");
}

}  // namespace
}  // namespace drydock::scheduler

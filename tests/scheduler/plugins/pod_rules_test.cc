// PodTopologySpread and InterPodAffinity: rules about where other pods are.
#include "gtest/gtest.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

constexpr char kZone[] = "topology.kubernetes.io/zone";
constexpr char kHost[] = "kubernetes.io/hostname";
constexpr char kSkewed[] =
    "PodTopologySpread: node(s) didn't match pod topology spread constraints";
constexpr char kNoLabel[] =
    "PodTopologySpread: node(s) didn't match pod topology spread constraints (missing required "
    "label)";

void Web(PodShape& shape) { shape.labels = {{"app", "web"}}; }

// Nodes a1, a2 in zone a and b1 in zone b; web pods on each as given.
void ThreeNodes(World& world, int on_a1, int on_a2, int on_b1) {
  world.AddZoned("a1", "a");
  world.AddZoned("a2", "a");
  world.AddZoned("b1", "b");
  int number = 0;
  const auto place = [&](const char* node, int count) {
    for (int i = 0; i < count; ++i) {
      world.Place(world.NewPod(absl::StrCat("old", number++), Web), node);
    }
  };
  place("a1", on_a1);
  place("a2", on_a2);
  place("b1", on_b1);
}

PodRef Spreading(World& world, const char* key, int skew, bool required,
                 const std::function<void(SpreadConstraint&)>& edit = {}) {
  return world.NewPod("p", [&](PodShape& shape) {
    Web(shape);
    shape.spread.push_back(world.Spread(World::Match("app", "web"), key, skew, required));
    if (edit) edit(shape.spread.back());
  });
}

struct SkewCase {
  const char* name;
  int a1, a2, b1;
  const char* key;
  int skew;
  std::vector<std::string> feasible;
};

TEST(PodTopologySpread, RejectsWhereTheSkewWouldBeTooLarge) {
  const SkewCase cases[] = {
      {"empty", 0, 0, 0, kZone, 1, {"a1", "a2", "b1"}},
      {"even", 1, 1, 2, kZone, 1, {"a1", "a2", "b1"}},
      {"zone a is ahead", 1, 1, 1, kZone, 1, {"b1"}},
      {"wider skew", 1, 1, 1, kZone, 2, {"a1", "a2", "b1"}},
      {"by host", 1, 0, 1, kHost, 1, {"a2"}},
      {"zone b is far ahead", 0, 0, 3, kZone, 1, {"a1", "a2"}},
      {"by host, two behind", 2, 2, 1, kHost, 1, {"b1"}},
  };
  for (const SkewCase& c : cases) {
    World world;
    ThreeNodes(world, c.a1, c.a2, c.b1);
    const PodRef pod = Spreading(world, c.key, c.skew, true);
    for (const std::string node : {"a1", "a2", "b1"}) {
      const bool feasible =
          std::find(c.feasible.begin(), c.feasible.end(), node) != c.feasible.end();
      EXPECT_EQ(world.Why(pod, node), feasible ? "" : kSkewed) << c.name << " " << node;
    }
  }
}

TEST(PodTopologySpread, RejectsNodesWithoutTheLabelForGood) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  world.AddNode("nowhere");
  EXPECT_EQ(world.Why(Spreading(world, kZone, 1, true), "nowhere"), kNoLabel);
}

TEST(PodTopologySpread, TakesTheMinimumAsZeroWhileThereAreFewerDomainsThanAsked) {
  World world;
  ThreeNodes(world, 1, 0, 1);
  const auto three = [](SpreadConstraint& constraint) { constraint.min_domains = 3; };
  EXPECT_EQ(world.Why(Spreading(world, kZone, 1, true, three), "a2"), kSkewed);
  world.AddZoned("c1", "c");
  EXPECT_EQ(world.Where(Spreading(world, kZone, 1, true, three)), "c1");
}

TEST(PodTopologySpread, DoesNotCountTerminatingPodsOrThoseOfOtherNamespaces) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  const PodRef ending = world.NewPod("ending", Web);
  ending->terminating = true;
  world.Place(ending, "a1");
  world.Place(world.NewPod("foreign",
                           [](PodShape& shape) {
                             Web(shape);
                             shape.ns = "other";
                           }),
              "a1");
  EXPECT_EQ(world.Why(Spreading(world, kHost, 1, true), "a1"), "");
}

TEST(PodTopologySpread, LeavesOutNodesThatThePodCannotUse) {
  // Zone b has no web pod, but the pod may not go there, so it does not hold zone a
  // to the minimum of zero.
  World world;
  ThreeNodes(world, 1, 1, 0);
  const auto pinned = [&](bool honor) {
    return world.NewPod("p", [&, honor](PodShape& shape) {
      Web(shape);
      shape.spread.push_back(world.Spread(World::Match("app", "web"), kZone, 1, true));
      shape.spread.back().honor_node_affinity = honor;
      shape.node_selector = {
          {world.cluster.symbols.Intern(kZone), world.cluster.symbols.Intern("a")}};
    });
  };
  EXPECT_EQ(world.Why(pinned(true), "a1"), "");
  EXPECT_EQ(world.Why(pinned(false), "a1"), kSkewed);
}

TEST(PodTopologySpread, LeavesOutTaintedNodesWhenToldToHonorTaints) {
  World world;
  ThreeNodes(world, 1, 0, 1);
  world.AddNode("c1", [&](NodeSpec& spec) {
    world.Label(spec, kZone, "c");
    spec.taints = {{"down", "", TaintEffect::kNoSchedule}};
  });
  EXPECT_EQ(world.Why(Spreading(world, kZone, 1, true), "a1"), kSkewed);
  const auto honor = [](SpreadConstraint& constraint) { constraint.honor_node_taints = true; };
  EXPECT_EQ(world.Why(Spreading(world, kZone, 1, true, honor), "a1"), "");
}

TEST(PodTopologySpread, PrefersDomainsWithFewerFellows) {
  World world;
  ThreeNodes(world, 2, 1, 1);
  const PodRef pod = Spreading(world, kZone, 1, false);
  // Weight log(2 + 2): zone a scores round(3 * 1.386) = 4, zone b round(1.386) = 1.
  EXPECT_EQ(world.ScoreOf(pod, "a1", "PodTopologySpread"), 100 * (4 + 1 - 4) / 4);
  EXPECT_EQ(world.ScoreOf(pod, "b1", "PodTopologySpread"), 100 * (4 + 1 - 1) / 4);
}

TEST(PodTopologySpread, CountsHostsOneByOne) {
  World world;
  ThreeNodes(world, 2, 1, 0);
  const PodRef pod = Spreading(world, kHost, 1, false);
  // Weight log(3 + 2): 2 pods score round(3.219) = 3, 1 round(1.609) = 2, 0 scores 0.
  EXPECT_EQ(world.ScoreOf(pod, "a1", "PodTopologySpread"), 0);
  EXPECT_EQ(world.ScoreOf(pod, "a2", "PodTopologySpread"), 100 * (3 + 0 - 2) / 3);
  EXPECT_EQ(world.ScoreOf(pod, "b1", "PodTopologySpread"), 100);
}

TEST(PodTopologySpread, GivesNothingToNodesWithoutTheLabelOfAPreferredConstraint) {
  World world;
  ThreeNodes(world, 1, 0, 0);
  world.AddNode("nowhere");
  EXPECT_EQ(world.ScoreOf(Spreading(world, kZone, 1, false), "nowhere", "PodTopologySpread"), 0);
}

TEST(PodTopologySpread, ScoresAllHighestWhereNoFellowIs) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  EXPECT_EQ(world.ScoreOf(Spreading(world, kZone, 1, false), "a1", "PodTopologySpread"), 100);
}

class OwnedByService final : public SpreadDefaults {
 public:
  LabelSelector SelectorFor(const PodShape&) const override { return World::Match("app", "web"); }
  uint64_t version() const override { return 1; }
};

TEST(PodTopologySpread, SpreadsPodsOfAServiceByDefault) {
  World world;
  const OwnedByService services;
  world.cluster.spread_defaults = &services;
  ThreeNodes(world, 4, 0, 0);
  world.AddNode("nowhere");  // No zone: still spread by host.
  const PodRef pod = world.NewPod("p", Web);
  // Hosts weigh log(4 + 2) with 2 added, zones log(3 + 2) (a, b, none) with 4 added.
  // a1: 4*1.79+2 + 4*1.61+4 = 19.6; a2: 2 + 10.4; b1: 6; nowhere: 2.
  EXPECT_EQ(world.ScoreOf(pod, "a1", "PodTopologySpread"), 100 * (20 + 2 - 20) / 20);
  EXPECT_EQ(world.ScoreOf(pod, "a2", "PodTopologySpread"), 100 * (20 + 2 - 12) / 20);
  EXPECT_EQ(world.ScoreOf(pod, "b1", "PodTopologySpread"), 100 * (20 + 2 - 6) / 20);
  EXPECT_EQ(world.ScoreOf(pod, "nowhere", "PodTopologySpread"), 100);
}

// ---- InterPodAffinity ----

PodRef Near(World& world, const char* label, const char* key, bool anti) {
  return world.NewPod("p", [&](PodShape& shape) {
    Web(shape);
    (anti ? shape.required_anti_affinity : shape.required_affinity)
        .push_back(world.Term(World::Match("app", label), key));
  });
}

TEST(InterPodAffinity, KeepsAPodNearThoseItNames) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  world.Place(world.NewPod("db", [](PodShape& s) { s.labels = {{"app", "db"}}; }), "a1");
  const PodRef pod = Near(world, "db", kZone, false);
  EXPECT_EQ(world.Why(pod, "a1"), "");
  EXPECT_EQ(world.Why(pod, "a2"), "");
  EXPECT_EQ(world.Why(pod, "b1"), "InterPodAffinity: node(s) didn't match pod affinity rules");
}

TEST(InterPodAffinity, LetsTheFirstOfAGroupGoAnywhere) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  EXPECT_NE(world.Where(Near(world, "web", kZone, false)), "");
  EXPECT_EQ(world.Where(Near(world, "db", kZone, false)), "");
}

TEST(InterPodAffinity, WantsTheTopologyLabelEvenOfTheFirst) {
  World world;
  world.AddNode("nowhere");
  EXPECT_EQ(world.Where(Near(world, "web", kZone, false)), "");
}

TEST(InterPodAffinity, KeepsAPodAwayFromThoseItShuns) {
  World world;
  ThreeNodes(world, 1, 0, 0);
  const PodRef pod = Near(world, "web", kZone, true);
  EXPECT_EQ(world.Why(pod, "a2"), "InterPodAffinity: node(s) didn't match pod anti-affinity rules");
  EXPECT_EQ(world.Where(pod), "b1");
}

TEST(InterPodAffinity, KeepsAPodAwayFromThoseThatShunIt) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  world.Place(Near(world, "web", kHost, true), "a1");
  const PodRef pod = world.NewPod("q", Web);
  EXPECT_EQ(world.Why(pod, "a1"),
            "InterPodAffinity: node(s) didn't satisfy existing pods anti-affinity rules");
  EXPECT_EQ(world.Why(pod, "a2"), "");
  EXPECT_EQ(world.Why(world.NewPod("r"), "a1"), "") << "only web pods are shunned";
}

TEST(InterPodAffinity, WantsOnePodThatMatchesAllTerms) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  world.Place(world.NewPod("db", [](PodShape& s) { s.labels = {{"app", "db"}}; }), "a1");
  world.Place(world.NewPod("fast", [](PodShape& s) { s.labels = {{"tier", "fast"}}; }), "a1");
  const auto both = [&](const char* name) {
    return world.NewPod(name, [&](PodShape& shape) {
      shape.required_affinity = {world.Term(World::Match("app", "db"), kZone),
                                 world.Term(World::Match("tier", "fast"), kHost)};
    });
  };
  EXPECT_EQ(world.Where(both("p")), "");
  world.Place(
      world.NewPod("db2", [](PodShape& s) { s.labels = {{"app", "db"}, {"tier", "fast"}}; }), "a2");
  EXPECT_EQ(world.Where(both("q")), "a2");
}

TEST(InterPodAffinity, LooksAtOtherNamespacesByNameAndBySelector) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  world.Place(world.NewPod("db",
                           [](PodShape& s) {
                             s.ns = "data";
                             s.labels = {{"app", "db"}};
                           }),
              "b1");
  EXPECT_EQ(world.Where(Near(world, "db", kZone, false)), "") << "own namespace only";
  const auto with = [&](PodCondition condition) {
    condition.selector = World::Match("app", "db");
    return world.NewPod("p", [&](PodShape& shape) {
      shape.required_affinity = {
          world.cluster.counts.Term(condition, world.cluster.symbols.Intern(kZone))};
    });
  };
  EXPECT_EQ(world.Where(with({{"data"}, std::nullopt, {}})), "b1");
  const PodRef by_selector = with({{}, World::Match("team", "data"), {}});
  EXPECT_EQ(world.Where(by_selector), "");
  world.cluster.counts.SetNamespace("data", {{"team", "data"}});
  EXPECT_EQ(world.Where(by_selector), "b1");
}

TEST(InterPodAffinity, ScoresPreferencesOfBothSidesAndSigns) {
  World world;
  ThreeNodes(world, 1, 0, 0);
  world.Place(world.NewPod("db", [](PodShape& s) { s.labels = {{"app", "db"}}; }), "b1");
  const PodRef pod = world.NewPod("p", [&](PodShape& shape) {
    Web(shape);
    shape.preferred_affinity = {{world.Term(World::Match("app", "web"), kHost), 10},
                                {world.Term(World::Match("app", "db"), kHost), -10}};
  });
  // a1: 10, a2: 0, b1: -10; stretched to 0..100.
  EXPECT_EQ(world.ScoreOf(pod, "a1", "InterPodAffinity"), 100);
  EXPECT_EQ(world.ScoreOf(pod, "a2", "InterPodAffinity"), 50);
  EXPECT_EQ(world.ScoreOf(pod, "b1", "InterPodAffinity"), 0);
}

TEST(InterPodAffinity, HonorsWhatPodsOnNodesPrefer) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  world.Place(world.NewPod("fan",
                           [&](PodShape& shape) {
                             shape.preferred_affinity = {
                                 {world.Term(World::Match("app", "web"), kZone), 5}};
                           }),
              "b1");
  world.Place(
      world.NewPod("needs",
                   [&](PodShape& shape) {
                     shape.required_affinity = {world.Term(World::Match("app", "web"), kHost)};
                   }),
      "a1");
  const PodRef pod = world.NewPod("p", Web);
  // b1: 5; a1: 1 (the weight of hard affinity); a2: 0.
  EXPECT_EQ(world.ScoreOf(pod, "b1", "InterPodAffinity"), 100);
  EXPECT_EQ(world.ScoreOf(pod, "a1", "InterPodAffinity"), 20);
  EXPECT_EQ(world.ScoreOf(pod, "a2", "InterPodAffinity"), 0);
}

TEST(InterPodAffinity, CountsAgainWhenPodsLeave) {
  World world;
  ThreeNodes(world, 0, 0, 0);
  const PodRef old = world.Place(world.NewPod("old", Web), "a1");
  const PodRef pod = Near(world, "web", kZone, true);
  EXPECT_EQ(world.Where(pod), "b1");
  world.cluster.nodes.RemovePod(*old);
  EXPECT_EQ(world.Why(pod, "a1"), "");
}

}  // namespace
}  // namespace drydock::scheduler

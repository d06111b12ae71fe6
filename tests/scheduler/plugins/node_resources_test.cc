// NodeResourcesFit, NodeResourcesBalancedAllocation and ImageLocality: what fits, and
// the exact integers of the scores.
#include "gtest/gtest.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

constexpr int64_t kGi = World::kGi;
constexpr int64_t kMi = World::kMi;

struct FitCase {
  const char* name;
  Resources requests;
  const char* why;
};

TEST(NodeResourcesFit, NamesEveryResourceThatIsShort) {
  // The node has 4 CPUs, 32 GiB; 3 CPUs and 30 GiB are in use.
  const FitCase cases[] = {
      {"fits exactly", {1000, 2 * kGi, 0, {}}, ""},
      {"cpu", {1001, kGi, 0, {}}, "NodeResourcesFit: Insufficient cpu"},
      {"memory", {1000, 2 * kGi + 1, 0, {}}, "NodeResourcesFit: Insufficient memory"},
      {"both", {2000, 4 * kGi, 0, {}}, "NodeResourcesFit: Insufficient cpu Insufficient memory"},
      {"storage", {0, 0, 1, {}}, "NodeResourcesFit: Insufficient ephemeral-storage"},
      {"extended", {0, 0, 0, {{0, 2}}}, "NodeResourcesFit: Insufficient example.com/gpu"},
      {"extended that is there", {0, 0, 0, {{0, 1}}}, ""},
      {"nothing asked", {0, 0, 0, {}}, ""},
  };
  for (const FitCase& c : cases) {
    World world;
    world.cluster.resource_names.Intern("example.com/gpu");
    world.AddNode("a", [](NodeSpec& spec) { spec.allocatable.extended = {{0, 1}}; });
    world.Place(world.NewPod("old", 3000, 30 * kGi), "a");
    const PodRef pod = world.NewPod("p", [&](PodShape& shape) { shape.requests = c.requests; });
    EXPECT_EQ(world.Why(pod, "a"), c.why) << c.name;
  }
}

TEST(NodeResourcesFit, CountsPodsThatAskForNothing) {
  World world;
  world.AddNode("a", [](NodeSpec& spec) { spec.allowed_pods = 1; });
  world.Place(world.NewPod("old"), "a");
  EXPECT_EQ(world.Why(world.NewPod("p"), "a"), "NodeResourcesFit: Too many pods");
}

TEST(NodeResourcesFit, LetsAPodThatAsksForNoCpuOntoANodeThatIsOvercommitted) {
  World world;
  world.AddNode("a");
  world.Place(world.NewPod("old", 5000, 0), "a");
  EXPECT_EQ(world.Where(world.NewPod("p", 0, kGi)), "a");
  EXPECT_EQ(world.Where(world.NewPod("q", 1, kGi)), "");
}

TEST(NodeResourcesFit, TellsWhatPreemptionCannotSolve) {
  World world;
  world.AddNode("a");
  EXPECT_EQ(world.Where(world.NewPod("p", 4001, 0)), "");
  EXPECT_EQ(world.engine().diagnosis().verdicts[0], Verdict::kUnresolvable);
  world.Place(world.NewPod("old", 1000, 0), "a");
  EXPECT_EQ(world.Where(world.NewPod("q", 3500, 0)), "");
  EXPECT_EQ(world.engine().diagnosis().verdicts[0], Verdict::kUnschedulable);
}

TEST(NodeResourcesFit, IgnoresTheResourcesThatItIsToldTo) {
  World world;
  world.profile.args.node_resources_fit.ignored_resources = {"example.com/foo"};
  world.profile.args.node_resources_fit.ignored_resource_groups = {"ignored.io"};
  const ResourceId foo = world.cluster.resource_names.Intern("example.com/foo");
  const ResourceId bar = world.cluster.resource_names.Intern("ignored.io/bar");
  world.AddNode("a");
  EXPECT_EQ(world.Where(world.NewPod(
                "p", [&](PodShape& shape) { shape.requests.extended = {{foo, 3}, {bar, 2}}; })),
            "a");
}

struct ScoreCase {
  int64_t used_cpu;
  int64_t used_memory;
  int64_t cpu;
  int64_t memory;
  int64_t least;
  int64_t most;
  int64_t balanced;
};

TEST(NodeResourcesFit, ScoresByTheStrategyInWholePercents) {
  // A node of 4 CPUs and 32 GiB. Shares are cut to integers for each resource, then
  // their mean is.
  const ScoreCase cases[] = {
      {0, 0, 1000, 8 * kGi, 75, 25, 100},
      {0, 0, 1000, 16 * kGi, 62, 37, 87},          // (75+50)/2, (25+50)/2; |.25-.5|/2
      {2000, 8 * kGi, 1000, 8 * kGi, 37, 62, 87},  // cpu .75, memory .5
      {3000, 24 * kGi, 1000, 8 * kGi, 0, 100, 100},
      {0, 0, 4000, 32 * kMi, 49, 50, 50},         // 0 and 99, 100 and 0; 1 - (1 - 1/1024)/2
      {1333, 7 * kGi, 667, 3 * kGi, 59, 40, 90},  // 50 and 68; 50 and 31
  };
  for (const ScoreCase& c : cases) {
    for (const ScoringStrategy strategy :
         {ScoringStrategy::kLeastAllocated, ScoringStrategy::kMostAllocated}) {
      World world;
      world.profile.args.node_resources_fit.strategy = strategy;
      world.AddNode("a");
      world.Place(world.NewPod("old",
                               [&](PodShape& shape) {
                                 shape.requests.cpu_millis = shape.nonzero_cpu = c.used_cpu;
                                 shape.requests.memory = shape.nonzero_memory = c.used_memory;
                                 if (c.used_cpu == 0) shape.nonzero_cpu = 0;
                               }),
                  c.used_cpu == 0 ? "elsewhere" : "a");
      const PodRef pod = world.NewPod("p", c.cpu, c.memory);
      EXPECT_EQ(world.ScoreOf(pod, "a", "NodeResourcesFit"),
                strategy == ScoringStrategy::kLeastAllocated ? c.least : c.most)
          << c.cpu << " " << c.memory;
      EXPECT_EQ(world.ScoreOf(pod, "a", "NodeResourcesBalancedAllocation"), c.balanced)
          << c.cpu << " " << c.memory;
    }
  }
}

TEST(NodeResourcesFit, CountsPodsWithoutRequestsAsSmallOnes) {
  World world;
  world.AddNode("a", 1000, 2000 * kMi);
  // 100m of 1000m and 200 MiB of 2000 MiB each, the pod and the one that is there.
  world.Place(world.NewPod("old"), "a");
  EXPECT_EQ(world.ScoreOf(world.NewPod("p"), "a", "NodeResourcesFit"), 80);
}

TEST(NodeResourcesFit, WeighsResourcesAsConfigured) {
  World world;
  world.profile.args.node_resources_fit.resources = {{"cpu", 3}, {"memory", 1}};
  world.AddNode("a");
  // cpu 75 free, memory 50 free: (3*75 + 50) / 4.
  EXPECT_EQ(world.ScoreOf(world.NewPod("p", 1000, 16 * kGi), "a", "NodeResourcesFit"), 68);
}

TEST(NodeResourcesFit, LeavesOutExtendedResourcesThatThePodDoesNotWant) {
  World world;
  world.profile.args.node_resources_fit.resources = {{"cpu", 1}, {"example.com/gpu", 5}};
  const ResourceId gpu = world.cluster.resource_names.Intern("example.com/gpu");
  world.AddNode("a", [&](NodeSpec& spec) { spec.allocatable.extended = {{gpu, 4}}; });
  EXPECT_EQ(world.ScoreOf(world.NewPod("p", 1000, 0), "a", "NodeResourcesFit"), 75);
  const PodRef wants = world.NewPod("q", [&](PodShape& shape) {
    shape.requests.cpu_millis = 1000;
    shape.requests.extended = {{gpu, 2}};
  });
  EXPECT_EQ(world.ScoreOf(wants, "a", "NodeResourcesFit"), (75 + 5 * 50) / 6);
}

TEST(NodeResourcesFit, FollowsTheShapeOfRequestedToCapacityRatio) {
  World world;
  auto& args = world.profile.args.node_resources_fit;
  args.strategy = ScoringStrategy::kRequestedToCapacityRatio;
  args.resources = {{"cpu", 1}};
  args.shape = {{0, 0}, {50, 10}, {100, 5}};
  world.AddNode("a");
  EXPECT_EQ(world.ScoreOf(world.NewPod("p", 1000, 0), "a", "NodeResourcesFit"), 50);
  EXPECT_EQ(world.ScoreOf(world.NewPod("q", 2000, 0), "a", "NodeResourcesFit"), 100);
  EXPECT_EQ(world.ScoreOf(world.NewPod("r", 3000, 0), "a", "NodeResourcesFit"), 75);
  EXPECT_EQ(world.ScoreOf(world.NewPod("s", 4000, 0), "a", "NodeResourcesFit"), 50);
}

TEST(NodeResourcesBalancedAllocation, DoesNotCountForPodsThatRequestNothing) {
  World world;
  world.AddNode("a");
  EXPECT_EQ(world.ScoreOf(world.NewPod("p"), "a", "NodeResourcesBalancedAllocation"), -1);
}

TEST(NodeResourcesBalancedAllocation, TakesTheStandardDeviationOfMoreThanTwo) {
  World world;
  world.profile.args.balanced_allocation.resources = {
      {"cpu", 1}, {"memory", 1}, {"ephemeral-storage", 1}};
  world.AddNode("a", [](NodeSpec& spec) { spec.allocatable.ephemeral_storage = 100; });
  const PodRef pod = world.NewPod("p", [](PodShape& shape) {
    shape.requests = {2000, 16 * kGi, 100, {}};  // .5 .5 1: deviation .2357
  });
  EXPECT_EQ(world.ScoreOf(pod, "a", "NodeResourcesBalancedAllocation"), 76);
}

TEST(NodeResourcesBalancedAllocation, CountsNoMoreThanAllOfAResource) {
  World world;
  world.AddNode("a");
  world.Place(world.NewPod("old", 8000, 0), "a");  // Twice what there is.
  // cpu 1 (cut from 2), memory .5.
  EXPECT_EQ(world.ScoreOf(world.NewPod("p", 0, 16 * kGi), "a", "NodeResourcesBalancedAllocation"),
            75);
}

// ---- ImageLocality ----

struct ImageCase {
  const char* name;
  std::vector<int64_t> on_a;  // Sizes of the images that node a has, in MiB.
  int containers;
  int64_t score;
};

TEST(ImageLocality, ScoresTheBytesThatAreThereByTheShareOfNodesThatHaveThem) {
  // Two nodes; only a has images, so each counts half of its size.
  const ImageCase cases[] = {
      {"none", {}, 1, 0},
      {"below the threshold", {40}, 1, 0},
      {"at the threshold", {46}, 1, 0},
      {"above it", {500}, 1, 23},  // (250-23)*100/977
      {"at the ceiling", {2000}, 1, 100},
      {"above the ceiling", {4000}, 1, 100},
      {"two containers", {1000, 1000}, 2, 49},  // (1000-23)*100/1977
      {"one of two", {1000}, 2, 24},            // (500-23)*100/1977
  };
  for (const ImageCase& c : cases) {
    World world;
    const Symbol images[] = {world.cluster.symbols.Intern("one:latest"),
                             world.cluster.symbols.Intern("two:latest")};
    world.AddNode("a", [&](NodeSpec& spec) {
      for (size_t i = 0; i < c.on_a.size(); ++i)
        spec.images.emplace_back(images[i], c.on_a[i] * kMi);
    });
    world.AddNode("b");
    const PodRef pod = world.NewPod("p", [&](PodShape& shape) {
      shape.container_count = c.containers;
      shape.images.assign(images, images + c.containers);
    });
    EXPECT_EQ(world.ScoreOf(pod, "a", "ImageLocality"), c.score) << c.name;
    EXPECT_EQ(world.ScoreOf(pod, "b", "ImageLocality"), 0) << c.name;
  }
}

TEST(ImageLocality, ForgetsImagesOfNodesThatAreGone) {
  World world;
  const Symbol image = world.cluster.symbols.Intern("one:latest");
  for (const char* name : {"a", "b"}) {
    world.AddNode(name, [&](NodeSpec& spec) { spec.images = {{image, 1000 * kMi}}; });
  }
  const PodRef pod = world.NewPod("p", [&](PodShape& shape) { shape.images = {image}; });
  EXPECT_EQ(world.ScoreOf(pod, "a", "ImageLocality"), 100);
  world.cluster.nodes.RemoveNode("b");
  world.AddNode("c");
  EXPECT_EQ(world.ScoreOf(pod, "a", "ImageLocality"), 48);  // (500-23)*100/977
}

}  // namespace
}  // namespace drydock::scheduler

// WorstFit, FirstFit, RoundRobin, Tetris and PriceAware: the exact integers of the scores,
// and where pods go.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kGi = World::kGi;

// Only `plugin` scores.
void UsePolicy(World& world, const std::string& plugin) {
  for (PluginChoice& choice : world.profile.plugins) choice.disabled_points.push_back("score");
  world.profile.plugins.push_back({plugin, 1, {}});
}

struct ScoreCase {
  const char* name;
  Resources used;
  Resources asked;
  int64_t worst_fit;
  int64_t tetris;
};

TEST(PackingScores, AreThePublishedArithmetic) {
  // A node of 4 CPUs, 32 GiB and 8 devices.
  const ScoreCase cases[] = {
      // CPU: 3 of 4 left, memory 28 of 32. Tetris: empty in both.
      {"an empty node", {}, {1000, 4 * kGi, 0, {}}, 75, 100},
      {"the whole node", {}, {4000, 32 * kGi, 0, {}}, 0, 100},
      {"cpu alone", {2000, 0, 0, {}}, {1000, 0, 0, {}}, 25, 50},
      {"memory alone", {4000, 8 * kGi, 0, {}}, {0, 8 * kGi, 0, {}}, 50, 75},
      // Left after it: CPU 1/4, memory 16/32. Free: CPU 1/2, memory 3/4; asked 1/4 each.
      {"both", {2000, 8 * kGi, 0, {}}, {1000, 8 * kGi, 0, {}}, 25, 62},
      // Asked: CPU 1/2, memory 1/8: (1/2 * 1/2 + 1/8 * 1) / (5/8) = 0.6.
      {"mostly cpu", {2000, 0, 0, {}}, {2000, 4 * kGi, 0, {}}, 0, 60},
      // Asked: CPU 1/8, memory 1/2: (1/8 * 1/2 + 1/2 * 1) / (5/8) = 0.9.
      {"mostly memory", {2000, 0, 0, {}}, {500, 16 * kGi, 0, {}}, 37, 90},
      // Devices: 2 of 8 left; asked 4/8, free 6/8.
      {"devices", {0, 0, 0, {{0, 2}}}, {0, 0, 0, {{0, 4}}}, 25, 75},
      {"devices and cpu", {3000, 0, 0, {{0, 4}}}, {1000, 0, 0, {{0, 4}}}, 0, 41},
      {"nothing", {1000, kGi, 0, {}}, {}, 100, 0},
      {"exactly what is left", {3000, 0, 0, {}}, {1000, 0, 0, {}}, 0, 25},
  };
  for (const ScoreCase& c : cases) {
    for (const char* plugin : {"WorstFit", "Tetris"}) {
      World world;
      world.cluster.resource_names.Intern("example.com/device");
      UsePolicy(world, plugin);
      world.AddNode("a", [](NodeSpec& spec) { spec.allocatable.extended = {{0, 8}}; });
      world.Place(world.NewPod("old", [&](PodShape& shape) { shape.requests = c.used; }), "a");
      const PodRef pod = world.NewPod("p", [&](PodShape& shape) { shape.requests = c.asked; });
      const int64_t expected = plugin[0] == 'W' ? c.worst_fit : c.tetris;
      EXPECT_EQ(world.ScoreOf(pod, "a", plugin), expected) << c.name << ", " << plugin;
    }
  }
}

TEST(WorstFit, GoesWhereMostIsLeftOfTheScarcest) {
  World world;
  UsePolicy(world, "WorstFit");
  for (const char* node : {"a", "b", "c"}) world.AddNode(node);
  world.Place(world.NewPod("1", 3000, kGi), "a");
  world.Place(world.NewPod("2", 1000, 30 * kGi), "b");
  world.Place(world.NewPod("3", 2000, 8 * kGi), "c");
  EXPECT_EQ(world.Where(world.NewPod("p", 500, kGi)), "c");
}

TEST(Tetris, PutsDemandWhereItsKindIsFree) {
  World world;
  UsePolicy(world, "Tetris");
  for (const char* node : {"little-cpu", "little-memory"}) world.AddNode(node);
  world.Place(world.NewPod("1", 3000, kGi), "little-cpu");
  world.Place(world.NewPod("2", 100, 24 * kGi), "little-memory");
  EXPECT_EQ(world.Where(world.NewPod("cpu", 1000, kGi)), "little-memory");
  EXPECT_EQ(world.Where(world.NewPod("memory", 100, 8 * kGi)), "little-cpu");
}

std::vector<std::string> Places(World& world, int pods, int64_t cpu) {
  std::vector<std::string> places;
  for (int i = 0; i < pods; ++i) {
    places.push_back(world.Run(world.NewPod(absl::StrCat("p", i), cpu, kGi)));
  }
  return places;
}

TEST(FirstFit, FillsTheNodesOneAfterTheOther) {
  World world;
  UsePolicy(world, "FirstFit");
  for (const char* node : {"b", "a", "c"}) world.AddNode(node);
  EXPECT_THAT(Places(world, 7, 2000), ElementsAre("b", "b", "a", "a", "c", "c", ""));
}

TEST(FirstFit, CountsAloneWhateverOthersScore) {
  World world;
  world.profile.plugins.push_back({"FirstFit", 1, {}});
  for (const char* node : {"a", "b"}) world.AddNode(node);
  world.Place(world.NewPod("old", 3000, kGi), "a");
  EXPECT_EQ(world.Where(world.NewPod("p", 1000, kGi)), "a") << "LeastAllocated would take b";
}

TEST(RoundRobin, GoesRoundAndSkipsWhatIsFull) {
  World world;
  UsePolicy(world, "RoundRobin");
  for (const char* node : {"a", "b", "c"}) world.AddNode(node);
  world.Place(world.NewPod("old", 3000, kGi), "b");
  EXPECT_THAT(Places(world, 5, 2000), ElementsAre("a", "c", "a", "c", ""));
  EXPECT_THAT(Places(world, 2, 500), ElementsAre("b", "b"));
}

TEST(RoundRobin, PassesTheTurnOnOnlyWhenAPodIsPlaced) {
  World world;
  UsePolicy(world, "RoundRobin");
  for (const char* node : {"a", "b"}) world.AddNode(node);
  EXPECT_EQ(world.Where(world.NewPod("asked", 100, kGi)), "a");
  EXPECT_EQ(world.Where(world.NewPod("asked again", 100, kGi)), "a");
  EXPECT_THAT(Places(world, 3, 100), ElementsAre("a", "b", "a"));
}

void AddPriced(World& world, const std::string& name, const std::string& price,
               int64_t cpu = 4000) {
  world.AddNode(name, [&](NodeSpec& spec) {
    spec.allocatable.cpu_millis = cpu;
    if (!price.empty()) world.Label(spec, "drydock.dev/price-per-hour", price);
  });
}

TEST(PriceAware, ScoresTheCheapest100AndTheDearest0) {
  World world;
  UsePolicy(world, "PriceAware");
  AddPriced(world, "cheap", "1");
  AddPriced(world, "middle", "1.5");
  AddPriced(world, "dear", "3");
  AddPriced(world, "unknown", "");
  AddPriced(world, "nonsense", "much");
  AddPriced(world, "negative", "-1");
  const PodRef pod = world.NewPod("p", 1000, kGi);
  EXPECT_EQ(world.ScoreOf(pod, "cheap", "PriceAware"), 100);
  EXPECT_EQ(world.ScoreOf(pod, "middle", "PriceAware"), 75);
  for (const char* node : {"dear", "unknown", "nonsense", "negative"}) {
    EXPECT_EQ(world.ScoreOf(pod, node, "PriceAware"), 0) << node;
  }
  EXPECT_EQ(world.Where(pod), "cheap");
}

TEST(PriceAware, CountsThePartOfTheNodeThatThePodTakes) {
  World world;
  UsePolicy(world, "PriceAware");
  AddPriced(world, "small", "1", 2000);
  AddPriced(world, "large", "3", 16000);
  // Two CPUs: all of the small one (1), an eighth of the large one (0.375).
  EXPECT_EQ(world.Where(world.NewPod("cpu", 2000, kGi)), "large");
  // 16 of 32 GiB are half of either: 0.5 and 1.5.
  EXPECT_EQ(world.Where(world.NewPod("memory", 100, 16 * kGi)), "small");
  // A place among 110 each.
  EXPECT_EQ(world.Where(world.NewPod("nothing")), "small");
}

TEST(PriceAware, LikesAllAlikeWhenNobodyIsCheaper) {
  World world;
  UsePolicy(world, "PriceAware");
  AddPriced(world, "a", "2");
  AddPriced(world, "b", "2.0");
  const PodRef pod = world.NewPod("p", 1000, kGi);
  EXPECT_EQ(world.ScoreOf(pod, "a", "PriceAware"), 100);
  EXPECT_EQ(world.ScoreOf(pod, "b", "PriceAware"), 100);
}

TEST(PriceAware, FollowsAPriceThatChanges) {
  World world;
  UsePolicy(world, "PriceAware");
  AddPriced(world, "a", "1");
  AddPriced(world, "b", "2");
  const PodRef pod = world.NewPod("p", 1000, kGi);
  EXPECT_EQ(world.Where(pod), "a");
  AddPriced(world, "a", "3");
  EXPECT_EQ(world.Where(pod), "b");
}

TEST(PriceAware, ReadsAnotherLabelThatTheArgumentsName) {
  World world;
  UsePolicy(world, "PriceAware");
  world.profile.args.parameters = {{"PriceAware.label", "example.com/carbon"}};
  world.AddNode("dirty", [&](NodeSpec& spec) { world.Label(spec, "example.com/carbon", "480"); });
  world.AddNode("clean", [&](NodeSpec& spec) { world.Label(spec, "example.com/carbon", "30"); });
  EXPECT_EQ(world.Where(world.NewPod("p", 1000, kGi)), "clean");
}

TEST(PriceAware, RefusesArgumentsThatItDoesNotKnow) {
  World world;
  UsePolicy(world, "PriceAware");
  world.profile.args.parameters = {{"PriceAware.labl", "x"}};
  const auto made =
      MakeProfile(world.profile, world.registry, {world.cluster, rt::Random(1, "plugins")});
  EXPECT_THAT(std::string(made.status().message()),
              HasSubstr("plugin PriceAware: unknown argument labl"));
}

}  // namespace
}  // namespace drydock::scheduler

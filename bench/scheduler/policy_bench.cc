// What a policy costs as an expression, next to the same policy as a plugin: the score of
// NodeResourcesFit (LeastAllocated over cpu and memory), over 5,000 nodes, and whole decisions. The
// bar is at most three times the native one's time.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

constexpr int kNodes = 5000;
constexpr int kPerRun = 10000;

constexpr char kLeastAllocated[] =
    "((node.free.cpu - pod.requests.cpu) / node.allocatable.cpu + "
    "(node.free.memory - pod.requests.memory) / node.allocatable.memory) * 50.0";
constexpr char kWithConditions[] =
    "node.labels['topology.kubernetes.io/zone'] == 'zone-1' && node.free.cpu > 1.0 "
    "? 50.0 + 50.0 * node.free.cpu / node.allocatable.cpu : 10.0";

void Fill(World& world) {
  for (int i = 0; i < kNodes; ++i) {
    world.AddZoned(absl::StrCat("node-", i), absl::StrCat("zone-", i % 3));
  }
  for (int i = 0; i < kNodes; i += 3) {
    world.Place(world.NewPod(absl::StrCat("old-", i), 100 + i % 1000, World::kGi),
                absl::StrCat("node-", i));
  }
}

// The plugin called `name`, and nothing else that scores.
Profile OnlyScore(World& world, const std::string& name, const std::string& expression) {
  for (PluginChoice& choice : world.profile.plugins) {
    if (choice.name != name) choice.disabled_points = {"score"};
  }
  if (!expression.empty()) {
    world.profile.plugins.push_back({"Expression", 1, {}});
    world.profile.args.expression.score = expression;
  }
  auto made = MakeProfile(world.profile, world.registry, {world.cluster, rt::Random(1, "plugins")});
  DRYDOCK_CHECK(made.ok(), made.status().ToString());
  return *std::move(made);
}

// One iteration is one node.
void ScoreAll(benchmark::State& state, const std::string& name, const std::string& expression) {
  World world;
  Fill(world);
  const Profile profile = OnlyScore(world, name, expression);
  const PodRef pod = world.NewPod("web", 100, 500 * World::kMi);
  std::vector<NodeIndex> nodes(kNodes);
  for (int i = 0; i < kNodes; ++i) nodes[i] = static_cast<NodeIndex>(i);
  std::vector<int64_t> scores(kNodes);
  while (state.KeepRunningBatch(kNodes)) {
    profile.scores[0].plugin->ScoreAll(*pod, nodes, scores.data());
    benchmark::DoNotOptimize(scores.data());
  }
}

// One iteration is one pod, decided and assumed.
void Schedule(benchmark::State& state, const std::string& name, const std::string& expression,
              bool unique_shapes) {
  std::unique_ptr<World> world;
  PodRef first;
  int placed = kPerRun;
  for (auto _ : state) {
    if (placed == kPerRun) {
      state.PauseTiming();
      world = std::make_unique<World>();
      Fill(*world);
      OnlyScore(*world, name, expression);
      first = world->NewPod("web", 100, 500 * World::kMi);
      placed = 0;
      state.ResumeTiming();
    }
    const PodRef pod = unique_shapes ? world->NewPod("web", 100, 500 * World::kMi)
                                     : world->Replica(first->shape, absl::StrCat("pod-", placed));
    benchmark::DoNotOptimize(world->Run(pod));
    ++placed;
  }
}

void BM_ScoreNative(benchmark::State& state) { ScoreAll(state, "NodeResourcesFit", ""); }
BENCHMARK(BM_ScoreNative);
void BM_ScoreExpression(benchmark::State& state) { ScoreAll(state, "Expression", kLeastAllocated); }
BENCHMARK(BM_ScoreExpression);
void BM_ScoreExpressionWithConditions(benchmark::State& state) {
  ScoreAll(state, "Expression", kWithConditions);
}
BENCHMARK(BM_ScoreExpressionWithConditions);

void BM_ScheduleNative(benchmark::State& state) { Schedule(state, "NodeResourcesFit", "", false); }
BENCHMARK(BM_ScheduleNative)->Iterations(kPerRun);
void BM_ScheduleExpression(benchmark::State& state) {
  Schedule(state, "Expression", kLeastAllocated, false);
}
BENCHMARK(BM_ScheduleExpression)->Iterations(kPerRun);
void BM_ScheduleNativeUniqueShapes(benchmark::State& state) {
  Schedule(state, "NodeResourcesFit", "", true);
}
BENCHMARK(BM_ScheduleNativeUniqueShapes)->Iterations(kPerRun / 20);
void BM_ScheduleExpressionUniqueShapes(benchmark::State& state) {
  Schedule(state, "Expression", kLeastAllocated, true);
}
BENCHMARK(BM_ScheduleExpressionUniqueShapes)->Iterations(kPerRun / 20);

}  // namespace
}  // namespace drydock::scheduler

// How fast the pure core decides: 5,000 nodes of 4 CPUs, 32 GiB and 110 pods, 1,000
// pods on them, then pods of 100m and 500 MiB one after another, each decided and
// assumed. One iteration is one pod.
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "tests/scheduler/world.h"

namespace drydock::scheduler {
namespace {

constexpr int kNodes = 5000;
constexpr int kZones = 3;
constexpr int kPerRun = 10000;

void Fill(World& world) {
  for (int i = 0; i < kNodes; ++i) {
    world.AddZoned(absl::StrCat("node-", i), absl::StrCat("zone-", i % kZones));
  }
}

// `NewShape` makes the pod whose shape the others share; a new world every 10,000.
template <typename NewShape>
void Schedule(benchmark::State& state, NewShape new_shape, bool unique_shapes) {
  std::unique_ptr<World> world;
  rt::Ref<const PodShape> shape;
  int placed = kPerRun;
  for (auto _ : state) {
    if (placed == kPerRun) {
      state.PauseTiming();
      world = std::make_unique<World>();
      Fill(*world);
      shape = new_shape(*world)->shape;
      for (int i = 0; i < 1000; ++i) {
        world->Place(world->Replica(shape, absl::StrCat("old-", i)), absl::StrCat("node-", i));
      }
      placed = 0;
      state.ResumeTiming();
    }
    PodRef pod;
    if (unique_shapes) {
      pod = new_shape(*world);
    } else {
      pod = world->Replica(shape, absl::StrCat("pod-", placed));
    }
    const std::string node = world->Run(pod);
    benchmark::DoNotOptimize(node);
    ++placed;
  }
  state.SetItemsProcessed(state.iterations());
}

PodRef Basic(World& world) { return world.NewPod("web", 100, 500 * World::kMi); }

PodRef SpreadPreferred(World& world) {
  return world.NewPod("web", [&world](PodShape& shape) {
    shape.labels = {{"app", "web"}};
    shape.requests.cpu_millis = 100;
    shape.requests.memory = 500 * World::kMi;
    shape.spread.push_back(
        world.Spread(World::Match("app", "web"), "topology.kubernetes.io/zone", 5, false));
    shape.spread.push_back(
        world.Spread(World::Match("app", "web"), "kubernetes.io/hostname", 3, false));
  });
}

PodRef SpreadRequired(World& world) {
  return world.NewPod("web", [&world](PodShape& shape) {
    shape.labels = {{"app", "web"}};
    shape.requests.cpu_millis = 100;
    shape.requests.memory = 500 * World::kMi;
    shape.spread.push_back(
        world.Spread(World::Match("app", "web"), "topology.kubernetes.io/zone", 1, true));
  });
}

PodRef Affinity(World& world) {
  return world.NewPod("web", [&world](PodShape& shape) {
    shape.labels = {{"app", "web"}};
    shape.requests.cpu_millis = 100;
    shape.requests.memory = 500 * World::kMi;
    shape.required_affinity.push_back(
        world.Term(World::Match("app", "web"), "topology.kubernetes.io/zone"));
  });
}

void BM_Basic(benchmark::State& state) { Schedule(state, Basic, false); }
BENCHMARK(BM_Basic)->Iterations(kPerRun);
void BM_BasicEveryPodOfItsOwnShape(benchmark::State& state) { Schedule(state, Basic, true); }
BENCHMARK(BM_BasicEveryPodOfItsOwnShape)->Iterations(kPerRun);
void BM_SpreadPreferred(benchmark::State& state) { Schedule(state, SpreadPreferred, false); }
BENCHMARK(BM_SpreadPreferred)->Iterations(kPerRun);
void BM_SpreadRequired(benchmark::State& state) { Schedule(state, SpreadRequired, false); }
BENCHMARK(BM_SpreadRequired)->Iterations(kPerRun);
void BM_PodAffinity(benchmark::State& state) { Schedule(state, Affinity, false); }
BENCHMARK(BM_PodAffinity)->Iterations(kPerRun);

}  // namespace
}  // namespace drydock::scheduler

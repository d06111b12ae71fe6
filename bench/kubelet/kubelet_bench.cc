// What a pod costs its kubelet: from the watch event to the last status write, and while
// it idles. The API server is a fake that does nothing but keep objects.
#include <memory>

#include <malloc.h>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "src/api/maps.h"
#include "tests/kubelet/harness.h"

namespace drydock::kubelet {
namespace {

constexpr int kPods = 100;

KubeletConfig QuietConfig() {
  KubeletConfig config = PlainConfig();
  config.record_events = false;
  config.capacity = {{"cpu", "64"}, {"memory", "256Gi"}};
  return config;
}

api::Pod TypicalPod(int i) {
  api::Pod pod = MakePod(absl::StrCat("web-7c5ddbdf54-", i));
  auto* const resources = pod.mutable_spec()->mutable_containers(0)->mutable_resources();
  api::Set(resources->mutable_requests(), "cpu", "100m");
  api::Set(resources->mutable_requests(), "memory", "64Mi");
  return pod;
}

std::unique_ptr<Harness> ReadyNode() {
  auto harness = std::make_unique<Harness>(PlainModel(), QuietConfig());
  harness->server.CreatePod(MakePod("first"));  // Pulls the image.
  harness->RunFor(absl::Seconds(10));
  return harness;
}

void StartPods(Harness& harness) {
  for (int i = 0; i < kPods; ++i) harness.server.CreatePod(TypicalPod(i));
  harness.RunFor(absl::Seconds(5));
}

void StartOfAPod(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    std::unique_ptr<Harness> harness = ReadyNode();
    state.ResumeTiming();
    StartPods(*harness);
    state.PauseTiming();
    if (harness->runtime.running_count() != kPods + 1) state.SkipWithError("pods do not run");
    state.counters["writes_per_pod"] =
        static_cast<double>(harness->server.status_writes() - 2) / kPods;
    harness.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kPods);
}
BENCHMARK(StartOfAPod)->Unit(benchmark::kMillisecond);

// A virtual hour of a node with a hundred pods: leases, status reports, nothing for pods.
void IdleHourOfANode(benchmark::State& state) {
  std::unique_ptr<Harness> harness = ReadyNode();
  StartPods(*harness);
  for (auto _ : state) harness->RunFor(absl::Hours(1));
}
BENCHMARK(IdleHourOfANode)->Unit(benchmark::kMillisecond);

// Heap in use by a pod that runs, runtime and API objects included.
void MemoryOfAPod(benchmark::State& state) {
  for (auto _ : state) {
    std::unique_ptr<Harness> harness = ReadyNode();
    const size_t before = mallinfo2().uordblks;
    StartPods(*harness);
    const size_t with_history = mallinfo2().uordblks - before;
    harness->kubelet->Kill();
    const size_t without = mallinfo2().uordblks - before;
    state.counters["kubelet_bytes_per_pod"] = static_cast<double>(with_history - without) / kPods;
  }
}
BENCHMARK(MemoryOfAPod)->Iterations(1);

}  // namespace
}  // namespace drydock::kubelet

BENCHMARK_MAIN();

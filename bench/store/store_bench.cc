// What a put costs in the memory store, with a million keys around it.
#include <benchmark/benchmark.h>

#include "absl/strings/str_cat.h"
#include "sim/kernel/kernel.h"
#include "src/store/memory_store.h"
#include "tests/store/contract.h"

namespace drydock::store {
namespace {

rt::Task<> PutLoop(benchmark::State& state, MemoryStore& store, int keys) {
  const rt::PayloadRef value = Text("v");
  int next = 0;
  Revision compacted = 0;
  for (auto _ : state) {
    Txn txn;
    std::string key = absl::StrCat("/registry/leases/kube-node-lease/node-", next);
    txn.compares.push_back({.key = key, .op = Compare::Op::kGreater, .operand = -1});
    txn.writes.push_back({.key = std::move(key), .value = value});
    const absl::StatusOr<TxnResult> result = co_await store.Commit(std::move(txn));
    next = next + 1 == keys ? 0 : next + 1;
    if (result->revision > compacted + 100'000) {
      compacted = result->revision - 50'000;
      const absl::Status status = co_await store.Compact(compacted);
      status.IgnoreError();
    }
  }
}

void BM_Put(benchmark::State& state) {
  sim::Kernel kernel;
  TextCodec codec;
  MemoryStore store(kernel.executor(), codec);
  rt::TaskGroup group;
  group.Spawn([](MemoryStore& filled, int keys) -> rt::Task<> {
    for (int i = 0; i < keys; ++i) {
      Txn txn;
      txn.writes.push_back(
          {.key = absl::StrCat("/registry/pods/default/pod-", i), .value = Text("v")});
      const absl::StatusOr<TxnResult> result = co_await filled.Commit(std::move(txn));
      if (!result.ok()) co_return;
    }
  }(store, static_cast<int>(state.range(0))));
  group.Spawn(PutLoop(state, store, 5000));
  kernel.RunFor(absl::ZeroDuration());
}
BENCHMARK(BM_Put)->Arg(1'000)->Arg(1'000'000);

}  // namespace
}  // namespace drydock::store

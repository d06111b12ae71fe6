// What a put costs in the memory store, with a million keys around it.
#include <benchmark/benchmark.h>

#include "absl/strings/str_cat.h"
#include "sim/kernel/kernel.h"
#include "src/store/memory_store.h"

namespace drydock::store {
namespace {

class Value final : public rt::Payload {
 public:
  uint64_t Digest() const override { return 0; }
};

class Codec final : public ValueCodec {
 public:
  std::string Encode(const rt::Payload& value) const override { return ""; }
  absl::StatusOr<rt::PayloadRef> Decode(absl::string_view key,
                                        absl::string_view bytes) const override {
    return absl::UnimplementedError("the memory store decodes nothing");
  }
  void Stamp(const rt::Payload& value, Revision revision) const override {}
};

rt::Task<> PutLoop(benchmark::State& state, MemoryStore& store, int keys) {
  const rt::PayloadRef value = rt::MakeRef<const Value>();
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

rt::Task<> Fill(MemoryStore& store, int keys) {
  for (int i = 0; i < keys; ++i) {
    Txn txn;
    txn.writes.push_back({.key = absl::StrCat("/registry/pods/default/pod-", i),
                          .value = rt::MakeRef<const Value>()});
    const absl::StatusOr<TxnResult> result = co_await store.Commit(std::move(txn));
    if (!result.ok()) co_return;
  }
}

void BM_Put(benchmark::State& state) {
  sim::Kernel kernel;
  Codec codec;
  MemoryStore store(kernel.executor(), codec);
  rt::TaskGroup group;
  group.Spawn(Fill(store, static_cast<int>(state.range(0))));
  group.Spawn(PutLoop(state, store, 5000));
  kernel.RunFor(absl::ZeroDuration());
}
BENCHMARK(BM_Put)->Arg(1'000)->Arg(1'000'000);

}  // namespace
}  // namespace drydock::store

// Commits a second on a real file with every answer synced, by the number of writers that
// wait at a time. It measures the disk of the folder in TMPDIR (or /tmp) as much as us.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "absl/strings/str_cat.h"
#include "real/disk/posix_disk.h"
#include "sim/kernel/kernel.h"
#include "src/rt/check.h"
#include "src/rt/random.h"
#include "src/rt/task.h"
#include "src/store/sqlite/sqlite_store.h"

namespace drydock::store {
namespace {

class Value final : public rt::Payload {
 public:
  explicit Value(std::string value) : bytes(std::move(value)) {}
  uint64_t Digest() const override { return rt::DigestBytes(bytes.data(), bytes.size()); }
  const std::string bytes;
};

class Codec final : public ValueCodec {
 public:
  std::string Encode(const rt::Payload& value) const override {
    return static_cast<const Value&>(value).bytes;
  }
  absl::StatusOr<rt::PayloadRef> Decode(absl::string_view key,
                                        absl::string_view bytes) const override {
    return rt::PayloadRef(rt::MakeRef<const Value>(std::string(bytes)));
  }
  void Stamp(const rt::Payload& value, Revision revision) const override {}
};

// A store in a folder of its own, which goes with it.
struct World {
  World() {
    std::string name = (std::filesystem::temp_directory_path() / "sqlite-bench-XXXXXX").string();
    DRYDOCK_CHECK(mkdtemp(name.data()) != nullptr, name);
    folder = name;
    disk = *real::PosixDisk::Open(folder);
    store = *SqliteStore::Open(kernel.executor(), rt::Random(1, "store"), *disk, codec);
  }
  ~World() {
    store.reset();
    std::filesystem::remove_all(folder);
  }

  std::string folder;
  sim::Kernel kernel;
  Codec codec;
  std::unique_ptr<real::PosixDisk> disk;
  std::unique_ptr<SqliteStore> store;
};

// An update as the API server makes it: on the condition that nobody was faster.
rt::Task<> Update(SqliteStore& store, std::string key, Revision& revision,
                  const rt::PayloadRef& value) {
  Txn txn;
  txn.compares.push_back({.key = key, .operand = revision});
  txn.writes.push_back({.key = std::move(key), .value = value});
  const absl::StatusOr<TxnResult> result = co_await store.Commit(std::move(txn));
  DRYDOCK_CHECK(result.ok() && result->succeeded, result.status().ToString());
  revision = result->revision;
}

void BM_Update(benchmark::State& state) {
  World world;
  const auto writers = static_cast<size_t>(state.range(0));
  const rt::PayloadRef value = rt::MakeRef<const Value>(std::string(1024, 'x'));
  std::vector<Revision> revisions(writers, 0);
  Revision compacted = 0;
  for (auto _ : state) {
    rt::TaskGroup group;
    for (size_t i = 0; i < writers; ++i) {
      group.Spawn(Update(*world.store, absl::StrCat("/registry/pods/default/pod-", i), revisions[i],
                         value));
    }
    world.kernel.RunFor(absl::ZeroDuration());
    if (world.store->current_revision() > compacted + 20'000) {
      compacted = world.store->current_revision() - 10'000;
      group.Spawn([](SqliteStore& store, Revision revision) -> rt::Task<> {
        const absl::Status status = co_await store.Compact(revision);
        DRYDOCK_CHECK(status.ok(), status.ToString());
      }(*world.store, compacted));
      world.kernel.RunFor(absl::ZeroDuration());
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Update)->Arg(1)->Arg(8)->Arg(64)->Arg(512)->UseRealTime();

}  // namespace
}  // namespace drydock::store

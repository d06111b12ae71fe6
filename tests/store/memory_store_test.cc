// The memory form against the contract, and what is its own.
#include "src/store/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "sim/kernel/kernel.h"
#include "tests/store/contract.h"

namespace drydock::store {
namespace {

class MemoryWorld final : public StoreWorld {
 public:
  explicit MemoryWorld(MemoryStoreOptions options) : store_(kernel_.executor(), codec_, options) {}
  MemoryStore& store() override { return store_; }
  void Run(absl::Duration duration) override { kernel_.RunFor(duration); }

 private:
  sim::Kernel kernel_;
  TextCodec codec_;
  MemoryStore store_;
};

StoreForm Memory() {
  return {"memory", [](size_t watch_buffer) {
            return std::make_unique<MemoryWorld>(MemoryStoreOptions{.watch_buffer = watch_buffer});
          }};
}

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(Memory()));
INSTANTIATE_TEST_SUITE_P(Memory, StoreModel, testing::Values(Memory()));

TEST(MemoryStore, BoundsTheHistoryOfKeysThatAreRewrittenForever) {
  MemoryWorld world({.history_limit = 1000});
  SyncStore store(world);
  for (int i = 0; i < 10'000; ++i) store.Put("lease", absl::StrCat(i));
  EXPECT_LE(world.store().history_size(), 1000u);
  EXPECT_GT(world.store().compacted_revision(), 8'000);
  EXPECT_THAT(store.List("lease", ""), testing::ElementsAre("lease=9999@10001"));
}

TEST(MemoryStore, ForgetsDeletedKeysOnceTheyAreCompacted) {
  MemoryWorld world({});
  SyncStore store(world);
  store.Put("a", "1");
  const Revision deleted = store.Delete("a");
  EXPECT_EQ(world.store().key_count(), 1u);
  ASSERT_TRUE(store.Compact(deleted).ok());
  EXPECT_EQ(world.store().key_count(), 0u);
  EXPECT_EQ(world.store().history_size(), 0u);
}

TEST(MemoryStore, EndsWatchesThatOutliveIt) {
  auto world = std::make_unique<MemoryWorld>(MemoryStoreOptions{});
  SyncStore store(*world);
  std::unique_ptr<Watch> watch = *store.Watch("a", "", 1);
  world.reset();
  watch.reset();  // Must not touch the store.
}

}  // namespace
}  // namespace drydock::store

// A store on a simulated disk that can be killed, crash and come back.
#ifndef DRYDOCK_TESTS_STORE_SQLITE_WORLD_H_
#define DRYDOCK_TESTS_STORE_SQLITE_WORLD_H_

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "sim/disk/sim_disk.h"
#include "sim/kernel/kernel.h"
#include "src/rt/check.h"
#include "src/rt/random.h"
#include "src/store/sqlite/sqlite_store.h"
#include "tests/store/contract.h"

namespace drydock::store {

class SqliteWorld final : public StoreWorld {
 public:
  explicit SqliteWorld(SqliteStoreOptions options = {}, sim::SimDiskOptions disk = {})
      : options_(options), disk_(std::move(disk)) {}

  SqliteStore& store() override {
    if (store_ == nullptr) {
      const absl::Status opened = Open();
      DRYDOCK_CHECK(opened.ok(), opened.ToString());
    }
    return *store_;
  }
  void Run(absl::Duration duration) override { kernel_->RunFor(duration); }

  absl::Status Open() {
    absl::StatusOr<std::unique_ptr<SqliteStore>> opened = SqliteStore::Open(
        kernel_->executor(), rt::Random(++opened_, "store"), disk_, codec_, options_);
    if (opened.ok()) store_ = *std::move(opened);
    return opened.status();
  }
  // The process dies; the machine loses power. Either way the next use opens the store.
  void Kill() { store_.reset(); }
  void Crash() {
    Kill();
    disk_.Crash();
  }

  sim::SimDisk& disk() { return disk_; }
  sim::Kernel& kernel() { return *kernel_; }
  const TextCodec& codec() const { return codec_; }

 private:
  const SqliteStoreOptions options_;
  sim::SimDisk disk_;
  const std::unique_ptr<sim::Kernel> kernel_ = std::make_unique<sim::Kernel>();
  TextCodec codec_;
  uint64_t opened_ = 0;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace drydock::store

#endif  // DRYDOCK_TESTS_STORE_SQLITE_WORLD_H_

// The real thing: a process that writes to a real file with several writers is killed with
// SIGKILL, again and again; what it had acknowledged over a pipe is there.
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "real/asio/asio_executor.h"
#include "real/disk/posix_disk.h"
#include "sim/kernel/kernel.h"
#include "src/rt/check.h"
#include "src/rt/random.h"
#include "src/rt/task.h"
#include "src/store/sqlite/sqlite_store.h"
#include "tests/store/contract.h"
#include "tests/store/ledger.h"

namespace drydock::store {
namespace {

constexpr int kWriters = 8;
constexpr int kLives = 40;
constexpr SqliteStoreOptions kOptions = {.cache_bytes = 10'000, .checkpoint_pages = 50};

// The n-th transaction of a writer in one life of the process.
Txn TxnOf(int life, int writer, int n) {
  const std::string value = absl::StrCat(life, "-", writer, "-", n, std::string(200, '.'));
  Txn txn;
  txn.writes.push_back({.key = absl::StrCat("own/", writer, "/", n % 5), .value = Text(value)});
  txn.writes.push_back({.key = absl::StrCat("shared/", n % 3), .value = Text(value)});
  return txn;
}

struct Acknowledgement {
  int writer;
  int n;
  Revision revision;
};

rt::Task<> WriteForEver(SqliteStore& store, int life, int writer, int pipe) {
  for (int n = 0;; ++n) {
    const absl::StatusOr<TxnResult> result = co_await store.Commit(TxnOf(life, writer, n));
    DRYDOCK_CHECK(result.ok(), result.status().ToString());
    const Acknowledgement acknowledgement = {writer, n, result->revision};
    DRYDOCK_CHECK(write(pipe, &acknowledgement, sizeof(acknowledgement)) ==
                  sizeof(acknowledgement));
  }
}

[[noreturn]] void Child(const std::string& folder, int life, int pipe) {
  boost::asio::io_context io;
  real::AsioExecutor executor(io);
  const auto disk = *real::PosixDisk::Open(folder);
  const TextCodec codec;
  const auto store = SqliteStore::Open(executor, rt::Random(static_cast<uint64_t>(life), "store"),
                                       *disk, codec, kOptions);
  DRYDOCK_CHECK(store.ok(), store.status().ToString());
  rt::TaskGroup group;
  for (int writer = 0; writer < kWriters; ++writer) {
    group.Spawn(WriteForEver(**store, life, writer, pipe));
  }
  io.run();
  std::abort();  // It never ends by itself.
}

// Runs one life until it has acknowledged `enough`, then kills it, and takes what it had to
// say until then.
void LiveAndDie(const std::string& folder, int life, int enough, Ledger& ledger) {
  std::array<int, 2> pipes;
  ASSERT_EQ(pipe(pipes.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(pipes[0]);
    Child(folder, life, pipes[1]);
  }
  close(pipes[1]);
  std::array<int, kWriters> next = {};
  int count = 0;
  Acknowledgement acknowledgement;
  while (read(pipes[0], &acknowledgement, sizeof(acknowledgement)) == sizeof(acknowledgement)) {
    ASSERT_EQ(acknowledgement.n, next[static_cast<size_t>(acknowledgement.writer)]++);
    const Txn txn = TxnOf(life, acknowledgement.writer, acknowledgement.n);
    ledger.Submitted(txn);
    ledger.Acknowledged(acknowledgement.revision, Ledger::LinesOf(txn));
    if (++count == enough) kill(child, SIGKILL);
  }
  close(pipes[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
  // Each writer may have had one transaction on its way.
  for (int writer = 0; writer < kWriters; ++writer) {
    ledger.Submitted(TxnOf(life, writer, next[static_cast<size_t>(writer)]));
  }
}

class RealFolder final : public StoreWorld {
 public:
  explicit RealFolder(const std::string& folder) {
    disk_ = *real::PosixDisk::Open(folder);
    absl::StatusOr<std::unique_ptr<SqliteStore>> store =
        SqliteStore::Open(kernel_.executor(), rt::Random(0, "check"), *disk_, codec_, kOptions);
    DRYDOCK_CHECK(store.ok(), store.status().ToString());
    store_ = *std::move(store);
  }
  Store& store() override { return *store_; }
  void Run(absl::Duration duration) override { kernel_.RunFor(duration); }

 private:
  sim::Kernel kernel_;
  const TextCodec codec_;
  std::unique_ptr<real::PosixDisk> disk_;
  std::unique_ptr<SqliteStore> store_;
};

TEST(SqliteKill, LosesNothingThatAKilledProcessHadAcknowledged) {
  std::string folder = testing::TempDir() + "/killed-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  rt::Random random(1, "test/kill");
  Ledger ledger;
  for (int life = 0; life < kLives; ++life) {
    SCOPED_TRACE(absl::StrCat("life ", life));
    LiveAndDie(folder, life, static_cast<int>(1 + random.Below(300)), ledger);
    RealFolder world(folder);
    SyncStore store(world);
    ledger.Check(store, random);
    if (HasFailure()) return;
  }
  EXPECT_GT(ledger.acknowledged(), 1000u);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace drydock::store

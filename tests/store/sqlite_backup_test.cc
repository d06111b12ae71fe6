// Backups of a store that goes on working, and restores.
#include <memory>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "src/rt/random.h"
#include "src/rt/task.h"
#include "src/store/sqlite/schema.h"
#include "src/store/sqlite/sqlite_store.h"
#include "tests/store/contract.h"
#include "tests/store/sqlite_world.h"

namespace drydock::store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Backups : public testing::Test {
 protected:
  absl::Status Backup(const std::string& file) {
    return store_.Await(world_.store().Backup(shelf_, file));
  }
  // Into the folder of `world`.
  absl::Status Restore(SqliteWorld& world, RestoreOptions options = {}) {
    return RestoreSqliteStore(shelf_, "backup.db", world.disk(), world.kernel().executor(),
                              rt::Random(1, "restore"), options);
  }

  SqliteWorld world_;
  SyncStore store_{world_};
  sim::SimDisk shelf_{{.machine = "shelf", .seed = 7}};
};

TEST_F(Backups, ARestoredStoreHasWhatTheBackupHas) {
  store_.Put("a", "1");
  store_.Put("a", "2");
  store_.Put("b", "1");
  store_.Delete("b");
  ASSERT_TRUE(Backup("backup.db").ok());
  store_.Put("a", "later");
  shelf_.Crash();  // It is durable.

  SqliteWorld other;
  ASSERT_TRUE(Restore(other, {.bump_revision = 0}).ok());
  other.disk().Crash();
  SyncStore restored(other);
  EXPECT_EQ(restored.store().current_revision(), 5);
  EXPECT_THAT(restored.List("", PrefixEnd("")), ElementsAre("a=2@3"));
  const auto watch = *restored.Watch("a", "", 2);
  EXPECT_THAT(restored.Drain(*watch), ElementsAre("put a=2 (1) @3"));
}

TEST_F(Backups, ARestoreMovesRevisionsOnSoThatClientsListAnew) {
  store_.Put("a", "1");
  ASSERT_TRUE(Backup("backup.db").ok());
  const Revision seen_by_clients = store_.Put("a", "later");

  SqliteWorld other;
  ASSERT_TRUE(Restore(other).ok());
  SyncStore restored(other);
  EXPECT_THAT(restored.List("a", ""), ElementsAre("a=1@2"));
  EXPECT_EQ(restored.Watch("a", "", seen_by_clients).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(restored.Put("a", "2"), 1'000'000'003);
  restored.Run(absl::Seconds(1));
  other.Crash();
  EXPECT_THAT(restored.List("a", ""), ElementsAre("a=2@1000000003"));
}

rt::Task<> TakeBackup(SqliteStore& store, rt::Disk& into, std::optional<absl::Status>& result) {
  result.emplace(co_await store.Backup(into, "backup.db"));
}

// Writes both ends of the keys at a time until there is a result.
rt::Task<> WriteBothEnds(SqliteStore& store, const std::optional<absl::Status>& result) {
  for (int i = 0; !result.has_value(); ++i) {
    Txn txn;
    txn.writes.push_back({.key = "k0", .value = Text(absl::StrCat(i))});
    txn.writes.push_back({.key = "k2999", .value = Text(absl::StrCat(i))});
    const absl::StatusOr<TxnResult> committed = co_await store.Commit(std::move(txn));
    EXPECT_TRUE(committed.ok()) << committed.status();
  }
}

TEST_F(Backups, IsOfOneMomentAlthoughWritersGoOn) {
  for (int i = 0; i < 3000; ++i) store_.Put(absl::StrCat("k", i), std::string(4000, 'x'));
  std::optional<absl::Status> result;
  rt::TaskGroup group;
  group.Spawn(TakeBackup(world_.store(), shelf_, result));
  group.Spawn(WriteBothEnds(world_.store(), result));
  world_.Run(absl::ZeroDuration());
  ASSERT_TRUE(result.has_value() && result->ok()) << *result;
  ASSERT_GT(world_.store().current_revision(), 3001 + 3);

  SqliteWorld other;
  ASSERT_TRUE(Restore(other, {.bump_revision = 0}).ok());
  SyncStore restored(other);
  const RangeResponse all = *restored.Range({.key = "k", .end = "l"});
  EXPECT_THAT(all.items, SizeIs(3000));
  EXPECT_EQ(TextOf(restored.Range({.key = "k0"})->items.at(0).value),
            TextOf(restored.Range({.key = "k2999"})->items.at(0).value));
}

TEST_F(Backups, OverwritesNothing) {
  store_.Put("a", "1");
  ASSERT_TRUE(Backup("backup.db").ok());
  EXPECT_EQ(
      Backup("backup.db"),
      absl::AlreadyExistsError("shelf:backup.db exists and is not overwritten: move it away"));
  world_.Kill();
  EXPECT_EQ(Restore(world_).code(), absl::StatusCode::kAlreadyExists);
  world_.store();
  EXPECT_EQ(Restore(world_).code(), absl::StatusCode::kFailedPrecondition);  // In use.
}

TEST_F(Backups, RefusesADamagedBackup) {
  for (int i = 0; i < 100; ++i) store_.Put(absl::StrCat("k", i), std::string(1000, 'x'));
  ASSERT_TRUE(Backup("backup.db").ok());
  shelf_.Damage("backup.db", 20'000);
  SqliteWorld other;
  const absl::Status status = Restore(other);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("cannot restore shelf:backup.db"), HasSubstr("damaged")));
  EXPECT_EQ(other.store().current_revision(), 1);  // Nothing was left that looks like a store.
}

// Whenever the power goes, there is no backup or a whole one, and the same for a restore.
TEST_F(Backups, AreWholeOrNotThere) {
  for (int i = 0; i < 20; ++i) store_.Put(absl::StrCat("k", i), std::string(1000, 'x'));
  ASSERT_TRUE(Backup("whole.db").ok());
  const uint64_t operations = shelf_.operations();
  int whole = 0;
  for (uint64_t trial = 0; trial < 4 * operations; ++trial) {
    SCOPED_TRACE(absl::StrCat("trial ", trial));
    sim::SimDisk shelf({.seed = trial});
    shelf.StopAt(1 + trial % operations);
    EXPECT_FALSE(store_.Await(world_.store().Backup(shelf, "backup.db")).ok());
    shelf.Crash();
    const bool there = *shelf.Exists("backup.db");
    whole += there ? 1 : 0;
    if (!there) ASSERT_TRUE(store_.Await(world_.store().Backup(shelf, "backup.db")).ok());

    SqliteWorld other({}, {.seed = trial});
    const auto restore = [&] {
      return RestoreSqliteStore(shelf, "backup.db", other.disk(), other.kernel().executor(),
                                rt::Random(1, "restore"), {.bump_revision = 0});
    };
    other.disk().StopAt(1 + trial % 60);
    restore().IgnoreError();
    other.disk().Crash();
    if (!*other.disk().Exists(kDatabaseFile)) {
      const absl::Status restored = restore();
      ASSERT_TRUE(restored.ok()) << restored;
    }
    EXPECT_EQ(other.store().current_revision(), 21);
  }
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace drydock::store

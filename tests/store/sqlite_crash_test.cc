// The SQLite form on a disk that crashes, tears, lies, fills up and fails: a run with
// several writers is counted first, then repeated with a fault at each of its operations.
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "src/rt/random.h"
#include "src/rt/task.h"
#include "src/store/sqlite/sqlite_store.h"
#include "tests/store/contract.h"
#include "tests/store/ledger.h"
#include "tests/store/sqlite_world.h"

namespace drydock::store {
namespace {

constexpr int kWriters = 6;
constexpr int kTransactions = 8;  // Of each writer, in each round.

// One life after another of a store, with writers that note what they were told.
class Ordeal {
 public:
  Ordeal(uint64_t seed, SqliteStoreOptions options)
      : random_(seed, "test/ordeal"), world_(options, {.seed = seed}), store_(world_) {}

  // Opens the store and lets the writers do a round, to its end or their first error.
  void Round() {
    ++round_;
    rt::TaskGroup group;
    for (int writer = 0; writer < kWriters; ++writer) {
      group.Spawn(Write(absl::StrCat("r", round_, "w", writer)));
    }
    group.Spawn(Compact());
    world_.Run(absl::Seconds(10));
  }

  void Check() { ledger_.Check(store_, random_); }

  SqliteWorld& world() { return world_; }
  sim::SimDisk& disk() { return world_.disk(); }
  Ledger& ledger() { return ledger_; }
  rt::Random& random() { return random_; }
  // Acknowledgements after the first sync that the disk lost are not promises.
  void BelieveUntilFirstLie() { until_lie_ = true; }
  void GoOnWhenRefused() { patient_ = true; }

 private:
  rt::Task<> Write(std::string name) {
    rt::Random random = random_.Fork(name);
    rt::Executor& executor = world_.kernel().executor();
    for (int i = 0; i < kTransactions; ++i) {
      // Some wait together, some alone.
      co_await executor.SleepFor(absl::Milliseconds(random.Between(0, 2)));
      const std::string value = absl::StrCat(name, "-", i, std::string(random.Below(600), '.'));
      Txn txn;
      const std::string key = absl::StrCat("k", random.Below(8));
      if (random.Chance(0.15)) {
        txn.writes.push_back({.kind = Write::Kind::kDelete, .key = key});
      } else {
        txn.writes.push_back({.key = key, .value = Text(value)});
        if (random.Chance(0.3)) txn.writes.push_back({.key = name, .value = Text(value)});
      }
      if (random.Chance(0.3)) {
        txn.compares.push_back({.key = key, .target = Compare::Target::kVersion, .operand = 1});
      }
      ledger_.Submitted(txn);
      const Ledger::Lines lines = Ledger::LinesOf(txn);
      const bool is_delete = txn.writes[0].kind == Write::Kind::kDelete;
      const absl::StatusOr<TxnResult> result = co_await world_.store().Commit(std::move(txn));
      if (absl::IsResourceExhausted(result.status()) && !is_delete) ledger_.Refused(lines);
      if (!result.ok() && !(patient_ && absl::IsResourceExhausted(result.status()))) co_return;
      // A deletion of nothing has no revision of its own.
      if (!result.ok() || !result->succeeded || is_delete) continue;
      if (until_lie_ && disk().lost_syncs() > 0) continue;
      ledger_.Acknowledged(result->revision, lines);
    }
  }

  rt::Task<> Compact() {
    rt::Executor& executor = world_.kernel().executor();
    co_await executor.SleepFor(absl::Milliseconds(6));
    const Revision revision = world_.store().current_revision() - 10;
    if (revision <= world_.store().compacted_revision()) co_return;
    const absl::Status status = co_await world_.store().Compact(revision);
    if (status.ok() && !(until_lie_ && disk().lost_syncs() > 0)) ledger_.Compacted(revision);
  }

  rt::Random random_;
  SqliteWorld world_;
  SyncStore store_;
  Ledger ledger_;
  int round_ = 0;
  bool until_lie_ = false;
  bool patient_ = false;
};

// The log is copied into the database several times in each round.
constexpr SqliteStoreOptions kOptions = {.cache_bytes = 2000, .checkpoint_pages = 40};

// Operations of the second round, which starts with a database that has something in it,
// from before the opening on.
struct Span {
  uint64_t begin;
  uint64_t end;
};
Span CountOperations(uint64_t seed, SqliteStoreOptions options, bool reads = false) {
  Ordeal ordeal(seed, options);
  const auto count = [&] { return reads ? ordeal.disk().reads() : ordeal.disk().operations(); };
  ordeal.world().store();
  ordeal.Round();
  ordeal.world().Kill();
  const uint64_t begin = count();
  ordeal.world().store();
  ordeal.Round();
  return {begin + 1, count()};
}

// Whole runs, one a seed.
class SqliteCrashRun : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, SqliteCrashRun, testing::Range(uint64_t{1}, uint64_t{12}));

TEST_P(SqliteCrashRun, LosesNothingAcknowledgedWhereverTheMachineStops) {
  const uint64_t seed = GetParam();
  const Span span = CountOperations(seed, kOptions);
  EXPECT_GT(span.end, span.begin + 150);  // Thousands of points in all.
  size_t acknowledged = 0;
  for (uint64_t operation = span.begin; operation <= span.end; ++operation) {
    SCOPED_TRACE(absl::StrCat("stopped at operation ", operation));
    Ordeal ordeal(seed, kOptions);
    ordeal.world().store();
    ordeal.Round();
    ordeal.world().Kill();
    ordeal.disk().StopAt(operation);
    if (ordeal.world().Open().ok()) ordeal.Round();
    ASSERT_TRUE(ordeal.disk().stopped());
    ordeal.world().Crash();
    // Recovery is interrupted, too.
    ordeal.disk().StopAt(ordeal.disk().operations() + 1 + ordeal.random().Below(12));
    if (ordeal.world().Open().ok()) ordeal.Round();
    ordeal.world().Crash();
    ASSERT_TRUE(ordeal.world().Open().ok());
    ordeal.Check();
    ordeal.Round();  // And it goes on.
    ordeal.Check();
    if (HasFailure()) return;
    acknowledged += ordeal.ledger().acknowledged();
  }
  EXPECT_GT(acknowledged, 5000u);
}

TEST(SqliteCrash, CanBeStoppedWhileItIsMade) {
  Ordeal whole(1, kOptions);
  whole.world().store();
  const uint64_t operations = whole.disk().operations();
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    for (uint64_t operation = 1; operation <= operations; ++operation) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, ", stopped at operation ", operation));
      Ordeal ordeal(seed, kOptions);
      ordeal.disk().StopAt(operation);
      EXPECT_FALSE(ordeal.world().Open().ok());
      ordeal.world().Crash();
      const absl::Status opened = ordeal.world().Open();
      ASSERT_TRUE(opened.ok()) << opened;
      ordeal.Round();
      ordeal.Check();
      if (HasFailure()) return;
    }
  }
}

// Neither does a name become durable by being there.
TEST(SqliteCrash, LosesNothingAfterAnErrorWhileItIsMade) {
  Ordeal whole(1, kOptions);
  whole.world().store();
  const uint64_t operations = whole.disk().operations();
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    for (uint64_t operation = 1; operation <= operations; ++operation) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, ", error at operation ", operation));
      Ordeal ordeal(seed, kOptions);
      ordeal.disk().FailAt(operation);
      // SQLite shrugs at what it can do without, such as a journal that stays.
      if (ordeal.world().Open().ok()) ordeal.world().Kill();
      const absl::Status again = ordeal.world().Open();
      ASSERT_TRUE(again.ok()) << again;
      ordeal.disk().StopAt(ordeal.disk().operations() + 1 + ordeal.random().Below(150));
      ordeal.Round();
      ordeal.world().Crash();
      const absl::Status opened = ordeal.world().Open();
      ASSERT_TRUE(opened.ok()) << opened;
      ordeal.Check();
      if (HasFailure()) return;
    }
  }
}

// As long as the log is not copied into the database, nothing is lost but what was
// acknowledged after the disk's first lie.
TEST(SqliteCrash, LosesOnlyWhatALyingDiskAcknowledged) {
  const SqliteStoreOptions options = {.cache_bytes = 2000, .checkpoint_pages = 1'000'000};
  size_t kept = 0;
  uint64_t lies = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Ordeal ordeal(seed, options);
    ordeal.world().store();
    ordeal.disk().LoseSyncs(0.05);
    ordeal.BelieveUntilFirstLie();
    ordeal.Round();
    lies += ordeal.disk().lost_syncs();
    ordeal.world().Crash();
    ordeal.disk().LoseSyncs(0);
    const absl::Status opened = ordeal.world().Open();
    ASSERT_TRUE(opened.ok()) << opened;
    ordeal.Check();
    if (HasFailure()) return;
    kept += ordeal.ledger().acknowledged();
  }
  EXPECT_GT(lies, 100u);
  EXPECT_GT(kept, 1000u);
}

// Otherwise the database itself may be a mixture, which is refused or consistent.
TEST(SqliteCrash, OpensOrRefusesClearlyAfterLiesOfEverySort) {
  int opened_well = 0;
  int refused = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Ordeal ordeal(seed, kOptions);
    ordeal.world().store();
    ordeal.Round();
    ordeal.disk().LoseSyncs(0.5);
    const uint64_t now = ordeal.disk().operations();
    ordeal.disk().StopAt(now + 1 + ordeal.random().Below(400));
    ordeal.Round();
    ordeal.world().Crash();
    ordeal.disk().LoseSyncs(0);
    const absl::Status opened = ordeal.world().Open();
    if (!opened.ok()) {
      ++refused;
      EXPECT_EQ(opened.code(), absl::StatusCode::kDataLoss) << opened;
      EXPECT_THAT(std::string(opened.message()), testing::HasSubstr("machine:store.db"));
    } else {
      ++opened_well;
      ordeal.ledger().ForgetPromises();
      ordeal.Check();
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(opened_well, 50);
  EXPECT_GT(refused, 50);
}

TEST_P(SqliteCrashRun, SurvivesAnErrorOfTheDiskAtAnyOperation) {
  const uint64_t seed = GetParam();
  const Span span = CountOperations(seed, kOptions);
  for (uint64_t operation = span.begin + seed % 2; operation <= span.end; operation += 2) {
    SCOPED_TRACE(absl::StrCat("error at operation ", operation));
    Ordeal ordeal(seed, kOptions);
    ordeal.world().store();
    ordeal.Round();
    ordeal.world().Kill();
    ordeal.disk().FailAt(operation);
    if (ordeal.world().Open().ok()) {
      ordeal.Round();
      EXPECT_EQ(ordeal.world().store().failed().code(), absl::StatusCode::kUnavailable);
    }
    // The process is started again, on the same machine: what it reads need not be
    // durable, since a sync may have failed; and soon the power goes.
    ordeal.world().Kill();
    ASSERT_TRUE(ordeal.world().Open().ok());
    ordeal.Check();
    ordeal.disk().StopAt(ordeal.disk().operations() + 1 + ordeal.random().Below(60));
    ordeal.Round();
    ordeal.world().Crash();
    const absl::Status opened = ordeal.world().Open();
    ASSERT_TRUE(opened.ok()) << opened;
    ordeal.Check();
    if (HasFailure()) return;
  }
}

TEST(SqliteCrash, SurvivesAnErrorOfTheDiskAtAnyRead) {
  const Span span = CountOperations(1, kOptions, /*reads=*/true);
  ASSERT_GT(span.end, span.begin + 20);
  for (uint64_t read = span.begin; read <= span.end; ++read) {
    SCOPED_TRACE(absl::StrCat("error at read ", read));
    Ordeal ordeal(1, kOptions);
    ordeal.world().store();
    ordeal.Round();
    ordeal.world().Kill();
    ordeal.disk().FailReadAt(read);
    if (ordeal.world().Open().ok()) ordeal.Round();
    ordeal.world().Crash();
    ASSERT_TRUE(ordeal.world().Open().ok());
    ordeal.Check();
    if (HasFailure()) return;
  }
}

TEST(SqliteCrash, KeepsItsWordOnAFullDisk) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Ordeal ordeal(seed, kOptions);
    ordeal.GoOnWhenRefused();
    ordeal.world().store();
    ordeal.Round();
    ordeal.disk().SetCapacity(ordeal.disk().used() + ordeal.random().Below(30'000));
    ordeal.Round();
    EXPECT_TRUE(ordeal.world().store().failed().ok());
    ordeal.Check();
    if (ordeal.random().Chance(0.5)) {
      ordeal.world().Crash();
      ASSERT_TRUE(ordeal.world().Open().ok());
      ordeal.Check();
    }
    ordeal.disk().SetCapacity(1 << 30);
    const size_t before = ordeal.ledger().acknowledged();
    ordeal.Round();
    EXPECT_GT(ordeal.ledger().acknowledged(), before);
    ordeal.world().Crash();
    ASSERT_TRUE(ordeal.world().Open().ok());
    ordeal.Check();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace drydock::store

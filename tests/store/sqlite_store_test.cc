// The SQLite form against the contract, on both disks, and what is its own: restarts,
// group commit, history behind the cache, full and broken disks, refusals.
#include "src/store/sqlite/sqlite_store.h"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "real/disk/posix_disk.h"
#include "src/store/sqlite/database.h"
#include "src/store/sqlite/disk_vfs.h"
#include "src/store/sqlite/schema.h"
#include "tests/store/contract.h"
#include "tests/store/sqlite_world.h"

namespace drydock::store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// On a real folder, in virtual time.
class RealWorld final : public StoreWorld {
 public:
  explicit RealWorld(SqliteStoreOptions options) {
    std::string folder = testing::TempDir() + "/store-XXXXXX";
    DRYDOCK_CHECK(mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    disk_ = *real::PosixDisk::Open(folder_);
    store_ =
        *SqliteStore::Open(kernel_.executor(), rt::Random(1, "store"), *disk_, codec_, options);
  }
  ~RealWorld() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Store& store() override { return *store_; }
  void Run(absl::Duration duration) override { kernel_.RunFor(duration); }

 private:
  std::string folder_;
  sim::Kernel kernel_;
  TextCodec codec_;
  std::unique_ptr<real::PosixDisk> disk_;
  std::unique_ptr<SqliteStore> store_;
};

// Small limits, so that the models reach them: history in memory is next to nothing, and
// the log is copied into the database all the time.
SqliteStoreOptions Small(size_t watch_buffer) {
  return {.watch_buffer = watch_buffer, .cache_bytes = 1000, .checkpoint_pages = 20};
}

StoreForm OnSimulatedDisk() {
  return {"simulated", [](size_t buffer) { return std::make_unique<SqliteWorld>(Small(buffer)); }};
}

StoreForm OnRealDisk() {
  return {"real", [](size_t buffer) { return std::make_unique<RealWorld>(Small(buffer)); }};
}

std::string NameOf(const testing::TestParamInfo<StoreForm>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(OnSimulatedDisk(), OnRealDisk()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreModel, testing::Values(OnSimulatedDisk(), OnRealDisk()),
                         NameOf);

TEST(SqliteStore, KeepsEverythingOverARestart) {
  SqliteWorld world;
  SyncStore store(world);
  store.Put("a", "1");  // 2
  store.Put("a", "2");  // 3
  store.Put("b", "1");  // 4
  store.Delete("b");    // 5
  ASSERT_TRUE(store.Compact(2).ok());
  world.Crash();
  EXPECT_EQ(store.store().current_revision(), 5);
  EXPECT_EQ(store.store().compacted_revision(), 2);
  EXPECT_THAT(store.List("a", "z"), ElementsAre("a=2@3"));
  EXPECT_THAT(store.List("a", "z", 2), ElementsAre("a=1@2"));
  EXPECT_EQ(store.Put("a", "3"), 6);
  const KeyValue a = store.Range({.key = "a"})->items.at(0);
  EXPECT_EQ(a.create_revision, 2);
  EXPECT_EQ(a.version, 3);
}

TEST(SqliteStore, StampsWhatItReadsWithItsRevision) {
  SqliteWorld world;
  SyncStore store(world);
  store.Put("a", "1");
  store.Put("b", "1");
  world.Kill();
  const RangeResponse all = *store.Range({.key = "a", .end = "z"});
  ASSERT_THAT(all.items, SizeIs(2));
  EXPECT_EQ(static_cast<const TextPayload&>(*all.items[1].value).stamped, 3);
}

TEST(SqliteStore, AWatchResumesAfterARestartFromAnyRevision) {
  SqliteWorld world;
  SyncStore store(world);
  store.Put("a", "1");  // 2
  store.Put("a", "2");  // 3
  store.Delete("a");    // 4
  world.Kill();
  const auto watch = *store.Watch("a", "", 2);
  EXPECT_THAT(store.Drain(*watch), ElementsAre("put a=2 (1) @3", "delete a (2) @4"));
  store.Put("a", "3");
  EXPECT_THAT(store.Drain(*watch), ElementsAre("put a=3 () @5"));
}

TEST(SqliteStore, AWatchJoinsTheLiveEventsAfterLongHistoryWithoutAGap) {
  SqliteWorld world;
  SyncStore store(world);
  for (int i = 0; i < 1700; ++i) store.Put(absl::StrCat("k", i % 7), absl::StrCat(i));
  const auto watch = *store.Watch("k3", "", 1);
  store.Put("k3", "between");
  const std::vector<std::string> lines = store.Drain(*watch);
  EXPECT_THAT(lines, SizeIs(244));
  EXPECT_EQ(lines.back(), "put k3=between (1697) @1702");
  store.Put("k3", "live");
  EXPECT_THAT(store.Drain(*watch), ElementsAre("put k3=live (between) @1703"));
}

TEST(SqliteStore, LeasesComeBackWithTheirWholeTime) {
  SqliteWorld world;
  SyncStore store(world);
  const LeaseId lease = *store.Await(store.store().GrantLease(absl::Seconds(10)));
  store.Put("a", "1", lease);
  const LeaseId revoked = *store.Await(store.store().GrantLease(absl::Seconds(10)));
  ASSERT_TRUE(store.Await(store.store().RevokeLease(revoked)).ok());
  store.Run(absl::Seconds(9));
  world.Crash();
  world.store();
  store.Run(absl::Seconds(9));
  EXPECT_THAT(store.List("a", ""), ElementsAre("a=1@2"));
  store.Run(absl::Seconds(2));
  EXPECT_THAT(store.List("a", ""), IsEmpty());
  // Numbers of leases are not used twice.
  EXPECT_GT(*store.Await(store.store().GrantLease(absl::Seconds(10))), revoked);
}

rt::Task<> PutOne(SqliteStore& store, std::string key, int& done) {
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, std::move(key), Text("v"), 0});
  const absl::StatusOr<TxnResult> result = co_await store.Commit(std::move(txn));
  if (result.ok() && result->succeeded) ++done;
}

TEST(SqliteStore, WritersThatWaitTogetherShareASync) {
  SqliteWorld world;
  SqliteStore& store = world.store();
  rt::TaskGroup group;
  int done = 0;
  const uint64_t before = world.disk().syncs();
  for (int i = 0; i < 64; ++i) group.Spawn(PutOne(store, absl::StrCat("k", i), done));
  EXPECT_EQ(done, 0);
  world.Run(absl::ZeroDuration());
  EXPECT_EQ(done, 64);
  EXPECT_EQ(world.disk().syncs(), before + 1);
  EXPECT_EQ(store.current_revision(), 65);
}

TEST(SqliteStore, BoundsWhatWaitsAndWhatIsWrittenTogether) {
  SqliteWorld world({.max_waiting = 10, .max_batch_requests = 4});
  SqliteStore& store = world.store();
  rt::TaskGroup group;
  int done = 0;
  const uint64_t before = world.disk().syncs();
  for (int i = 0; i < 15; ++i) group.Spawn(PutOne(store, absl::StrCat("k", i), done));
  world.Run(absl::ZeroDuration());
  EXPECT_EQ(done, 10);
  EXPECT_EQ(world.disk().syncs(), before + 3);
}

TEST(SqliteStore, RefusesARequestThatIsTooLarge) {
  SqliteWorld world({.max_request_bytes = 100});
  SyncStore store(world);
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, "a", Text(std::string(100, 'x')), 0});
  EXPECT_EQ(store.Commit(txn).status(),
            absl::InvalidArgumentError("etcdserver: request is too large"));
  EXPECT_EQ(store.store().current_revision(), 1);
}

TEST(SqliteStore, CompactionDeletesWhatNobodyCanSee) {
  SqliteWorld world;
  SyncStore store(world);
  for (int i = 0; i < 3000; ++i) store.Put("a", std::string(1000, 'x'));
  store.Delete("a");
  ASSERT_TRUE(store.Compact(store.store().current_revision()).ok());
  store.Run(absl::ZeroDuration());
  // The room is used again: as much once more does not make the file larger.
  store.Put("b", "1");
  const uint64_t before = world.disk().used();
  for (int i = 0; i < 2500; ++i) store.Put("a", std::string(1000, 'y'));
  EXPECT_LT(world.disk().used(), before + 100'000);
  world.Crash();
  EXPECT_THAT(store.List("b", "", 3003), ElementsAre("b=1@3003"));
}

TEST(SqliteStore, AReaderHoldsCompactionBackWithinTheSlackOnly) {
  SqliteWorld world({.history_slack = 100});
  SyncStore store(world);
  for (int i = 0; i < 1000; ++i) store.Put("a", absl::StrCat(i));
  const auto slow = *store.Watch("a", "", 1);
  const auto within = *store.Watch("a", "", 950);
  ASSERT_TRUE(store.Compact(1000).ok());
  store.Run(absl::ZeroDuration());
  EXPECT_THAT(store.Drain(*slow), ElementsAre("OUT_OF_RANGE"));
  EXPECT_THAT(store.Drain(*within), SizeIs(51));
}

TEST(SqliteStore, ALongRangeIsOfOneMomentAlthoughOthersWrite) {
  SqliteWorld world;
  SyncStore store(world);
  Txn txn;
  for (int i = 0; i < 1800; ++i) {
    txn.writes.push_back({Write::Kind::kPut, absl::StrCat("k", 10'000 + i), Text("old"), 0});
  }
  ASSERT_TRUE(store.Commit(txn).ok());
  std::optional<absl::StatusOr<RangeResponse>> answer;
  rt::TaskGroup group;
  group.Spawn([](SqliteStore& reader, auto& into) -> rt::Task<> {
    into.emplace(co_await reader.Range({.key = "k", .end = "l"}));
  }(world.store(), answer));
  ASSERT_FALSE(answer.has_value());
  for (Write& write : txn.writes) write.value = Text("new");
  txn.writes.erase(txn.writes.begin() + 1700, txn.writes.end());
  txn.writes.push_back({Write::Kind::kDelete, "k11799", nullptr, 0});
  txn.writes.push_back({Write::Kind::kPut, "k11799x", Text("new"), 0});
  ASSERT_TRUE(store.Commit(txn).ok());
  world.Run(absl::ZeroDuration());
  ASSERT_TRUE(answer.has_value() && answer->ok());
  EXPECT_EQ((*answer)->revision, 2);
  EXPECT_EQ((*answer)->count, 1800);
  for (const KeyValue& item : (*answer)->items) ASSERT_EQ(TextOf(item.value), "old") << item.key;
}

TEST(SqliteStore, AFullDiskFailsWritesUntilThereIsRoom) {
  SqliteWorld world;
  SyncStore store(world);
  const LeaseId lease = *store.Await(store.store().GrantLease(absl::Seconds(10)));
  store.Put("leased", "1", lease);
  store.Put("a", "1");
  const auto watch = *store.Watch("", PrefixEnd(""), 3);
  world.disk().SetCapacity(world.disk().used());
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, "b", Text("1"), 0});
  EXPECT_THAT(store.Commit(txn).status(),
              AllOf(testing::ResultOf(absl::IsResourceExhausted, true),
                    testing::ResultOf(
                        [](const absl::Status& status) { return std::string(status.message()); },
                        HasSubstr("machine:store.db-wal"))));
  EXPECT_THAT(store.List("", PrefixEnd("")), ElementsAre("a=1@3", "leased=1@2"));
  store.Run(absl::Seconds(30));  // The lease has expired, and that cannot be written.
  EXPECT_THAT(store.Drain(*watch), IsEmpty());
  world.disk().SetCapacity(1 << 30);
  EXPECT_EQ(store.Put("c", "1"), 4);
  store.Run(absl::Seconds(2));
  EXPECT_THAT(store.Drain(*watch), ElementsAre("put c=1 () @4", "delete leased (1) @5"));
  world.Crash();
  EXPECT_THAT(store.List("", PrefixEnd("")), ElementsAre("a=1@3", "c=1@4"));
}

TEST(SqliteStore, StopsWhenASyncFails) {
  SqliteWorld world;
  SyncStore store(world);
  store.Put("a", "1");
  const auto watch = *store.Watch("a", "", 2);
  world.disk().FailAt(world.disk().operations() + 5);  // A commit writes four times, then syncs.
  Txn txn;
  txn.writes.push_back({Write::Kind::kPut, "a", Text("2"), 0});
  const absl::Status failed = store.Commit(txn).status();
  EXPECT_EQ(failed.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(failed.message()), HasSubstr("sync machine:store.db-wal"));
  EXPECT_THAT(store.Drain(*watch), ElementsAre("UNAVAILABLE"));
  EXPECT_THAT(store.List("a", ""), ElementsAre("UNAVAILABLE"));
  EXPECT_EQ(store.Commit(txn).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(world.store().failed().ok());
  world.Kill();
  ASSERT_TRUE(world.Open().ok());
  EXPECT_GE(store.Put("a", "3"), 3);
}

rt::Task<> OpenAndPut(rt::Executor& executor, rt::Disk& disk, const ValueCodec& codec, int& done) {
  const auto store = *SqliteStore::Open(executor, rt::Random(5, "store"), disk, codec);
  co_await PutOne(*store, "a", done);
}

// The tripwires end a simulation in which SQLite asks anybody but the seam.
TEST(SqliteStore, AsksTheSeamAloneAndIsAFunctionOfItsSeed) {
  std::string contents[2];
  for (std::string& content : contents) {
    SqliteWorld other;  // Shares the process, and SQLite's generator.
    other.store();
    SqliteWorld world;
    rt::TaskGroup group;
    int done = 0;
    for (int i = 0; i <= (&content - contents); ++i) group.Spawn(PutOne(other.store(), "x", done));
    group.Spawn([](SqliteWorld& into, int& count) -> rt::Task<> {
      co_await into.kernel().executor().Yield();
      co_await OpenAndPut(into.kernel().executor(), into.disk(), into.codec(), count);
    }(world, done));
    world.Run(absl::ZeroDuration());
    EXPECT_EQ(done, 1);
    content = world.disk().ContentOf(kDatabaseFile) + world.disk().ContentOf("store.db-wal");
    EXPECT_GT(content.size(), 8192u);
    other.Run(absl::ZeroDuration());
  }
  EXPECT_EQ(contents[0], contents[1]);
}

TEST(SqliteStore, EndsWatchesAndCommitsThatOutliveIt) {
  SqliteWorld world;
  SyncStore store(world);
  store.Put("a", "1");
  std::unique_ptr<Watch> live = *store.Watch("a", "", 2);
  std::unique_ptr<Watch> reading = *store.Watch("a", "", 1);
  rt::TaskGroup group;
  int done = 0;
  group.Spawn(PutOne(world.store(), "b", done));
  world.Kill();
  world.Run(absl::ZeroDuration());
  EXPECT_EQ(done, 0);
  EXPECT_TRUE(group.empty());
  EXPECT_THAT(store.Drain(*live), ElementsAre("UNAVAILABLE"));
  EXPECT_THAT(store.Drain(*reading), ElementsAre("UNAVAILABLE"));
}

TEST(SqliteStore, RefusesASecondProcessAndNamesTheFirst) {
  SqliteWorld world;
  world.store();
  EXPECT_EQ(world.Open(), absl::FailedPreconditionError(
                              "the disk of machine is in use by another process on machine"));
}

TEST(SqliteStore, RefusesADamagedFileAndNamesIt) {
  SqliteWorld world({.checkpoint_pages = 1});
  SyncStore store(world);
  for (int i = 0; i < 200; ++i) store.Put(absl::StrCat("k", i), std::string(200, 'x'));
  world.Kill();
  // The log still has the newest pages: older ones, and all of them.
  for (uint64_t page = 5; page < 12; ++page) world.disk().Damage(kDatabaseFile, page * 4096);
  const absl::Status opened = world.Open();
  EXPECT_EQ(opened.code(), absl::StatusCode::kDataLoss) << opened;
  EXPECT_THAT(std::string(opened.message()),
              AllOf(HasSubstr("machine:store.db is damaged"), HasSubstr("restore a backup")));
}

// Opens the file of a closed world by other means.
absl::Status Tamper(SqliteWorld& world, const std::string& sql) {
  DiskVfs vfs(world.disk(), world.kernel().executor(), rt::Random(1, "tamper"));
  const DiskVfs::Entropy entropy(vfs);
  const auto database = *Database::Open(vfs, kDatabaseFile, Database::Mode::kCreate);
  return database->Execute(absl::StrCat("PRAGMA locking_mode = EXCLUSIVE;", sql));
}

TEST(SqliteStore, RefusesAFileWhoseContentIsNotWhole) {
  for (const char* sql :
       {"DELETE FROM version WHERE id >> 20 = 3", "DELETE FROM version WHERE id >> 20 = 4"}) {
    SqliteWorld world;
    SyncStore store(world);
    store.Put("a", "1");
    store.Put("a", "2");
    store.Put("a", "3");
    world.Kill();
    ASSERT_TRUE(Tamper(world, sql).ok());
    const absl::Status opened = world.Open();
    EXPECT_EQ(opened.code(), absl::StatusCode::kDataLoss) << opened;
  }
}

TEST(SqliteStore, RefusesAFileOfANewerVersion) {
  SqliteWorld world;
  world.store();
  world.Kill();
  ASSERT_TRUE(Tamper(world, "PRAGMA user_version = 99").ok());
  const absl::Status opened = world.Open();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.message()),
              AllOf(HasSubstr("machine:store.db was written by a newer version"),
                    HasSubstr("schema 99, this one knows up to 1")));
}

TEST(SqliteStore, RefusesAFileOfAnotherProgramAndLeavesItAlone) {
  SqliteWorld world;
  ASSERT_TRUE(Tamper(world, "CREATE TABLE recipes (name)").ok());
  const std::string before = world.disk().ContentOf(kDatabaseFile);
  const absl::Status opened = world.Open();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("of another program"));
  EXPECT_EQ(world.disk().ContentOf(kDatabaseFile), before);
}

TEST(SqliteSchema, MigratesForwardAllOrNothing) {
  SqliteWorld world;
  SyncStore store(world);
  store.Put("a", "1");
  world.Kill();
  DiskVfs vfs(world.disk(), world.kernel().executor(), rt::Random(1, "migrate"));
  const auto migrate = [&](const char* second) {
    const DiskVfs::Entropy entropy(vfs);
    const auto database = *Database::Open(vfs, kDatabaseFile, Database::Mode::kReadWrite);
    const char* const steps[] = {Migrations()[0], second};
    return PrepareFile(*database, steps);
  };
  EXPECT_FALSE(migrate("CREATE TABLE extra (x); CREATE TABLE extra (x);").ok());
  EXPECT_TRUE(migrate("CREATE TABLE extra (x);").ok());
  EXPECT_TRUE(migrate("CREATE TABLE extra (x);").ok());                   // Done already.
  EXPECT_EQ(world.Open().code(), absl::StatusCode::kFailedPrecondition);  // Knows one step only.
}

}  // namespace
}  // namespace drydock::store

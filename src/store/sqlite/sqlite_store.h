// The store in one SQLite file: the embedded default of the real build.
//
// Acknowledged means synced: an OK answer to Commit, Compact, GrantLease and RevokeLease
// is given after SQLite's write-ahead log with the change was synced to the disk. All
// requests that wait in a turn of the executor share one transaction of SQLite and one
// sync (group commit), so that throughput grows with the number of writers.
//
// History is in the file, not in memory: a watch begins at any revision that is not
// compacted, also one from before a restart, reads what it missed in portions, and joins
// the live events without a gap. Reads of old revisions work the same way. What is read
// is decoded at most once as long as it stays in a bounded cache. There is no bound on
// history but Compact, which the API server calls.
//
// A compaction takes effect at once; what it dropped is deleted in portions that ride
// along with later commits. Readers of older revisions hold that back, up to
// `history_slack` revisions: beyond, they end with kOutOfRange.
//
// A full disk fails the writes with kResourceExhausted, and they did not happen; reads go
// on, and so do writes once there is room. After any other error of the disk during a
// write nobody knows what is durable: the store stops (`failed`), every call and watch
// ends with kUnavailable, and the owner opens it anew.
//
// Single-threaded, like everything on an executor; calls of the disk block its turns.
#ifndef DRYDOCK_SRC_STORE_SQLITE_SQLITE_STORE_H_
#define DRYDOCK_SRC_STORE_SQLITE_SQLITE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/rt/disk.h"
#include "src/rt/executor.h"
#include "src/rt/payload.h"
#include "src/rt/random.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/store/sqlite/batch.h"
#include "src/store/sqlite/database.h"
#include "src/store/sqlite/disk_vfs.h"
#include "src/store/sqlite/payload_cache.h"
#include "src/store/sqlite/tables.h"
#include "src/store/store.h"

namespace drydock::store {

struct SqliteStoreOptions {
  // Events that wait for one watcher; one that falls further behind is ended with
  // kResourceExhausted. What it still reads from the history does not count.
  size_t watch_buffer = 100'000;
  // Requests that wait for the disk; more are refused with kResourceExhausted.
  size_t max_waiting = 4096;
  // Of one transaction of SQLite: what waits beyond goes into the next one.
  size_t max_batch_requests = 1024;
  size_t max_batch_bytes = 16 << 20;
  // Of the keys and values of one Commit: etcd's --max-request-bytes.
  size_t max_request_bytes = 1536 * 1024;
  // Of encoded values whose decoded form is kept.
  size_t cache_bytes = 64 << 20;
  // Revisions by which readers may hold back a compaction.
  Revision history_slack = 100'000;
  // Pages in the write-ahead log from which it is copied into the database.
  int checkpoint_pages = 1000;
};

class SqliteStore final : public Store {
 public:
  // Opens the store of a data folder, or makes an empty one. `executor`, `disk` and
  // `codec` outlive it. kFailedPrecondition: another process has the folder (the message
  // names it), or the file is of a newer version or of another program; kDataLoss: it is
  // damaged. Whatever is refused is left as it was.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(rt::Executor& executor,
                                                           rt::Random random, rt::Disk& disk,
                                                           const ValueCodec& codec,
                                                           SqliteStoreOptions options = {});
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  // As if the process had died: what was not acknowledged may be lost, nothing is written.
  // Watches and commits that outlive the store end with kUnavailable; ranges and backups
  // must have ended.
  ~SqliteStore() override;

  rt::Task<absl::StatusOr<RangeResponse>> Range(RangeRequest request) override;
  rt::Task<absl::StatusOr<TxnResult>> Commit(Txn txn) override;
  rt::Task<absl::StatusOr<std::unique_ptr<Watch>>> StartWatch(std::string key, std::string end,
                                                              Revision after) override;
  rt::Task<absl::Status> Compact(Revision revision) override;
  rt::Task<absl::StatusOr<LeaseId>> GrantLease(absl::Duration ttl) override;
  rt::Task<absl::Status> KeepAlive(LeaseId lease) override;
  rt::Task<absl::Status> RevokeLease(LeaseId lease) override;
  Revision current_revision() const override { return state_.revision; }
  Revision compacted_revision() const override { return state_.compacted; }

  // Copies the store as of one moment into a new file of a disk, while it goes on working.
  // The copy is checked, synced, and appears under its name when it is complete; it is a
  // plain SQLite file without a log beside it. kAlreadyExists: `file` is there. The store
  // and `into` outlive the task.
  rt::Task<absl::Status> Backup(rt::Disk& into, std::string file);

  // Not OK once the store has stopped after an error of the disk.
  const absl::Status& failed() const { return failed_; }

 private:
  class SqliteWatch;
  class Pin;
  struct Lease {
    absl::Duration ttl;
    rt::Instant expires;
  };

  SqliteStore(rt::Executor& executor, rt::Random random, rt::Disk& disk, const ValueCodec& codec,
              SqliteStoreOptions options);
  absl::Status Start(rt::Disk& disk);

  // Queues `request` and waits for its end. Does not touch the store after the wait.
  rt::Task<absl::Status> Submit(std::shared_ptr<Request> request);
  rt::Task<> WriteBatches();
  // False when it could not.
  bool WriteBatch();
  std::vector<std::shared_ptr<Request>> TakeBatch();
  absl::Status ApplyAndCommit(Batch& batch, const std::vector<std::shared_ptr<Request>>& requests);
  void Publish(const Batch& batch);
  void Answer(Request& request, absl::Status status);
  void Notify(const Batch& batch);
  void Checkpoint();
  // Ends everything.
  void Fail(const absl::Status& why);

  Revision SweepLimit() const;
  bool SweepIsDue() const;

  // The decoded value of a version; null for a deletion, and for one that is gone.
  absl::StatusOr<rt::PayloadRef> Load(VersionId id, absl::string_view key);
  absl::StatusOr<KeyValue> ToKeyValue(const VersionRow& row);
  absl::StatusOr<Event> ToEvent(const VersionRow& row);
  // The state of `newest`'s key at a revision; absent ones are deleted.
  absl::StatusOr<VersionRow> At(VersionRow newest, Revision revision);
  // Adds the next keys of a range; moves request.key behind them, and says whether there
  // may be more.
  absl::StatusOr<bool> ReadSome(RangeRequest& request, Revision at, RangeResponse& response);

  void KeepLease(LeaseId id, Lease& lease);
  void ForgetLease(LeaseId id);
  bool IsInForce(LeaseId lease) const;
  rt::Task<> ExpireLeases();
  rt::Task<> Expire(LeaseId lease);

  rt::Executor& executor_;
  const ValueCodec& codec_;
  const SqliteStoreOptions options_;
  std::unique_ptr<rt::DiskLock> lock_;
  DiskVfs vfs_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Tables> tables_;  // Its statements die before the database.
  StoreState state_;
  absl::Status failed_;
  int wal_pages_ = 0;
  PayloadCache cache_;
  std::deque<std::shared_ptr<Request>> waiting_;
  rt::Signal work_arrived_;
  std::vector<SqliteWatch*> watches_;  // In the order of their start.
  absl::btree_multiset<Revision> pins_;
  absl::btree_map<LeaseId, Lease> leases_;
  // When to look at a lease; not there while its expiry waits for the disk.
  absl::btree_set<std::pair<rt::Instant, LeaseId>> expiries_;
  rt::Signal expiries_changed_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

struct RestoreOptions {
  // Added to the newest revision, and all before is compacted: clients that saw revisions
  // which the backup does not have are told to list anew. etcdutl's --bump-revision and
  // --mark-compacted, with the number that Kubernetes' documentation recommends.
  Revision bump_revision = 1'000'000'000;
};

// Makes a backup the store of an empty data folder. The backup is checked first and is
// left alone. kAlreadyExists: the folder has a store; kFailedPrecondition and kDataLoss as
// for Open. Takes as long as copying takes: before a process serves anybody.
absl::Status RestoreSqliteStore(rt::Disk& from, const std::string& file, rt::Disk& to,
                                rt::Executor& executor, rt::Random random,
                                RestoreOptions options = {});

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_SQLITE_STORE_H_

// The store in memory: the simulator's default.
//
// Each key holds its newest version; older ones live in a log of all changes since
// the last compaction, chained per key. So a read of the present touches no history,
// history costs one log entry per change whatever the key, and compaction walks just
// the entries that it drops. A put costs a hash look-up and a log entry.
//
// Single-threaded, like everything on an executor. Nothing survives the object: a
// simulated crash of an API server must not destroy it.
#ifndef DRYDOCK_SRC_STORE_MEMORY_STORE_H_
#define DRYDOCK_SRC_STORE_MEMORY_STORE_H_

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
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/rt/executor.h"
#include "src/rt/payload.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/store/key_table.h"
#include "src/store/store.h"

namespace drydock::store {

struct MemoryStoreOptions {
  // Events that wait for one watcher; one that falls further behind is ended with
  // kResourceExhausted.
  size_t watch_buffer = 100'000;
  // Changes that the log may hold. The oldest tenth is compacted when it is full, so
  // that keys that are rewritten often cannot fill the memory between compactions.
  size_t history_limit = 50'000;
};

class MemoryStore final : public Store {
 public:
  // `executor` and `codec` outlive the store. Of the codec only Stamp is used.
  MemoryStore(rt::Executor& executor, const ValueCodec& codec, MemoryStoreOptions options = {});
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;
  // Watches that outlive the store end with kUnavailable.
  ~MemoryStore() override;

  rt::Task<absl::StatusOr<RangeResponse>> Range(RangeRequest request) override;
  rt::Task<absl::StatusOr<TxnResult>> Commit(Txn txn) override;
  rt::Task<absl::StatusOr<std::unique_ptr<Watch>>> StartWatch(std::string key, std::string end,
                                                              Revision after) override;
  rt::Task<absl::Status> Compact(Revision revision) override;
  rt::Task<absl::StatusOr<LeaseId>> GrantLease(absl::Duration ttl) override;
  rt::Task<absl::Status> KeepAlive(LeaseId lease) override;
  rt::Task<absl::Status> RevokeLease(LeaseId lease) override;
  Revision current_revision() const override { return revision_; }
  Revision compacted_revision() const override { return compacted_; }

  size_t key_count() const { return keys_.size(); }    // Deleted ones in history included.
  size_t history_size() const { return log_.size(); }  // Changes not yet compacted.

 private:
  class MemoryWatch;
  struct Lease;

  // A state of a key. Absent (never created, or deleted): value is null.
  struct Version {
    rt::PayloadRef value;
    Revision create_revision = 0;
    Revision mod_revision = 0;  // Of an absent one: of the deletion.
    int64_t version = 0;
    LeaseId lease = 0;
  };
  static constexpr uint64_t kNoEntry = ~uint64_t{0};
  struct Key {
    std::string key;
    Version current;
    uint64_t entry = kNoEntry;  // The log entry that made `current`.
    // Neighbours among the keys of current.lease.
    Key* lease_previous = nullptr;
    Key* lease_next = nullptr;
  };
  // A change. Entries are numbered from the store's birth; the log holds a suffix.
  struct LogEntry {
    Key* key;
    Version after;
    Version before;
    uint64_t before_entry;  // The log entry that made `before`.
  };
  struct Lease {
    absl::Duration ttl;
    rt::Instant expires;
    Key* keys = nullptr;
  };

  Key* Find(const std::string& key);
  bool Holds(const Compare& compare);
  void Apply(Write& write, Revision revision);
  void Record(Key& key, Version after);
  const Version* At(const Key& key, Revision revision) const;
  void Trim(Revision revision);
  void Notify(size_t first_entry);
  static Event ToEvent(const LogEntry& entry);
  static KeyValue ToKeyValue(const std::string& key, const Version& version);
  void Attach(Key& key, LeaseId lease);
  void Detach(Key& key);
  absl::Status DeleteLease(LeaseId id);
  rt::Task<> ExpireLeases();
  LogEntry& Entry(uint64_t number) { return log_[number - first_entry_]; }
  const LogEntry& Entry(uint64_t number) const { return log_[number - first_entry_]; }

  rt::Executor& executor_;
  const ValueCodec& codec_;
  const MemoryStoreOptions options_;
  Revision revision_ = 1;  // As etcd's, whose first write has revision 2.
  Revision compacted_ = 0;
  KeyTable<Key> keys_;
  Key* last_found_ = nullptr;  // Most transactions compare and write one key.
  std::deque<LogEntry> log_;
  uint64_t first_entry_ = 0;           // The number of log_.front().
  std::vector<MemoryWatch*> watches_;  // In the order of their start.
  absl::btree_map<LeaseId, Lease> leases_;
  absl::btree_set<std::pair<rt::Instant, LeaseId>> expiries_;
  LeaseId last_lease_ = 0;
  rt::Signal leases_changed_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_MEMORY_STORE_H_

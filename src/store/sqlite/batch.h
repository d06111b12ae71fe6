// The requests that wait for the disk together, applied in one transaction of SQLite.
//
// A batch decides and writes; it changes nothing that anybody can see. What it did is
// published by the store when SQLite has committed it, or forgotten when it could not.
#ifndef DRYDOCK_SRC_STORE_SQLITE_BATCH_H_
#define DRYDOCK_SRC_STORE_SQLITE_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/rt/executor.h"
#include "src/rt/payload.h"
#include "src/rt/sync.h"
#include "src/store/sqlite/tables.h"
#include "src/store/store.h"

namespace drydock::store {

// Shared by the caller who waits and the queue, either of which may go first.
struct Request {
  enum class Kind { kTxn, kCompact, kGrantLease, kRevokeLease, kExpireLease };
  Request(rt::Executor& executor, Kind request_kind) : kind(request_kind), done(executor) {}

  const Kind kind;
  Txn txn;
  std::vector<std::string> encoded;  // The values of the writes, empty for deletions.
  size_t bytes = 0;                  // Of all of them.
  Revision compact_to = 0;
  absl::Duration ttl;
  LeaseId lease = 0;  // To revoke; or the one granted.

  absl::Status refusal;  // What was decided against the request; not a failure to write.
  bool succeeded = false;
  Revision revision = 0;              // When it was decided, its own writes included.
  std::vector<VersionRow> else_rows;  // Txn::else_get's,
  std::vector<KeyValue> else_items;   // and with their values.

  rt::Completion<absl::Status> done;
};

class Batch {
 public:
  // A new state of a key. `value` is null for a deletion.
  struct Written {
    VersionRow row;
    rt::PayloadRef value;
    size_t bytes;
  };

  // `tables` has a transaction open and is at `start`.
  Batch(Tables& tables, StoreState start) : tables_(tables), state_(start) {}

  // Drops at most about `max_rows` versions that no revision from `limit` on can see.
  // Before all requests, which may still need what theirs supersede.
  absl::Status Sweep(Revision limit, size_t max_rows);
  // Decides and writes. Errors are failures to write, after which the transaction must be
  // rolled back.
  absl::Status Apply(Request& request);

  const StoreState& state() const { return state_; }
  const std::vector<Written>& written() const { return written_; }  // In the order of their ids.
  const std::vector<LeaseRow>& granted() const { return granted_; }
  const std::vector<LeaseId>& revoked() const { return revoked_; }

 private:
  absl::Status Commit(Request& request);
  absl::StatusOr<bool> AllHold(const std::vector<Compare>& compares);
  absl::Status Revoke(Request& request);
  // One write at revision state_.revision + 1; `place` counts those that have been made.
  absl::Status Write(store::Write::Kind kind, const std::string& key, const rt::PayloadRef& value,
                     const std::string& encoded, LeaseId lease, int64_t& place);

  Tables& tables_;
  StoreState state_;
  std::vector<Written> written_;
  std::vector<LeaseRow> granted_;
  std::vector<LeaseId> revoked_;
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_BATCH_H_

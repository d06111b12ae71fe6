// What is in the store's file, and how an older one becomes a present one.
//
//   version   every state that a key had, in the order of the writes. `id` is the
//             revision and the place within its transaction (VersionId); `previous` is the
//             id of the state before, even if that was a deletion. A `value` of NULL is a
//             deletion. What compaction drops is gone from here, so that `previous`
//             may point to nothing.
//   current   each key's newest state, deletions included until they are compacted, without
//             the value: all that compares and counts ask for. `version` 0: deleted.
//   lease     leases in force. Their remaining time is not kept: they begin anew when the
//             store is opened, as in etcd when its leader changes.
//   store     one row: the compacted revision, and up to which id compaction has swept.
//
// The newest revision is that of the last version, or the compacted one if that is newer.
//
// PRAGMA application_id tells the file from any other SQLite file, PRAGMA user_version is
// the number of migrations that were done.
#ifndef DRYDOCK_SRC_STORE_SQLITE_SCHEMA_H_
#define DRYDOCK_SRC_STORE_SQLITE_SCHEMA_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/store/sqlite/database.h"
#include "src/store/store.h"

namespace drydock::store {

inline constexpr char kDatabaseFile[] = "store.db";
inline constexpr char kLockFile[] = "store.lock";

// A place in the order of all writes.
using VersionId = int64_t;
inline constexpr int kPlaceBits = 20;
inline constexpr int64_t kMaxWritesPerRevision = int64_t{1} << kPlaceBits;
constexpr VersionId FirstIdOf(Revision revision) { return revision << kPlaceBits; }
constexpr Revision RevisionOf(VersionId id) { return id >> kPlaceBits; }

// Each brings the schema from the number that is its index to the next one. Never changed
// once released.
absl::Span<const char* const> Migrations();

// Refuses a file that is damaged (kDataLoss), is not a store, or was written by a newer
// version (kFailedPrecondition); each message names the file and says what to do. An empty
// file passes. Changes nothing.
absl::Status CheckFile(Database& database, absl::Span<const char* const> migrations);

// Makes a file that was just opened ready for the store: checks it; sets up the write-ahead
// log, in exclusive mode and with every commit synced; migrates it, all or nothing; checks
// what SQLite's own check cannot know: no revision is missing, every key has its state.
absl::Status PrepareFile(Database& database,
                         absl::Span<const char* const> migrations = Migrations());

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_SCHEMA_H_

// The statements of the store: rows in, rows out. Everything here runs to its end within
// a turn and leaves no read open; the schema is explained in schema.h.
#ifndef DRYDOCK_SRC_STORE_SQLITE_TABLES_H_
#define DRYDOCK_SRC_STORE_SQLITE_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/store/sqlite/database.h"
#include "src/store/sqlite/schema.h"
#include "src/store/store.h"

namespace drydock::store {

// A state of a key, without its value.
struct VersionRow {
  VersionId id = 0;
  std::string key;
  Revision create_revision = 0;
  int64_t version = 0;  // 0: deleted.
  LeaseId lease = 0;
  VersionId previous = 0;  // 0: the key had never been seen. Not filled in by Current.

  bool deleted() const { return version == 0; }
  Revision mod_revision() const { return RevisionOf(id); }
};

struct LeaseRow {
  LeaseId id = 0;
  absl::Duration ttl;
};

struct StoreState {
  Revision revision = 0;
  Revision compacted = 0;
  VersionId swept = 0;  // Compaction has treated every version up to it.
};

class Tables {
 public:
  // `database` outlives the tables and has the present schema.
  static absl::StatusOr<std::unique_ptr<Tables>> Prepare(Database& database);
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  absl::Status Begin() { return begin_.Run(); }
  // Durable when it returns OK.
  absl::Status Commit() { return commit_.Run(); }
  // Whatever has failed: afterwards no transaction is open.
  void Rollback();

  absl::StatusOr<StoreState> State();
  absl::Status SetCompacted(Revision revision);
  absl::Status SetSwept(VersionId id);

  // The newest state of a key; nullopt if it was never seen or its deletion is compacted.
  absl::StatusOr<std::optional<VersionRow>> Current(absl::string_view key);
  // The newest states of at most `limit` keys of the range, in order, deleted ones included.
  absl::StatusOr<std::vector<VersionRow>> CurrentRange(absl::string_view key, absl::string_view end,
                                                       size_t limit);
  absl::StatusOr<std::vector<std::string>> KeysOfLease(LeaseId lease);

  // nullopt: compacted.
  absl::StatusOr<std::optional<VersionRow>> Version(VersionId id);
  // nullopt: a deletion, or compacted.
  absl::StatusOr<std::optional<std::string>> Value(VersionId id);
  // The versions from `first` on, in order: at most `limit`, but whole revisions and at
  // least one, if there is any.
  absl::StatusOr<std::vector<VersionRow>> VersionsFrom(VersionId first, size_t limit);

  // Makes `row` the newest state of its key. `value`: null for a deletion.
  absl::Status Append(const VersionRow& row, const std::string* value);
  absl::Status DeleteVersion(VersionId id);
  // Forgets a key whose newest state is still `id`.
  absl::Status ForgetKey(absl::string_view key, VersionId id);

  absl::StatusOr<std::vector<LeaseRow>> Leases();
  absl::StatusOr<bool> HasLease(LeaseId lease);
  absl::StatusOr<LeaseId> AddLease(absl::Duration ttl);
  absl::Status DeleteLease(LeaseId lease);

 private:
  explicit Tables(Database& database) : database_(database) {}

  Database& database_;
  Statement begin_, commit_;
  Statement state_, set_compacted_, set_swept_;
  Statement current_, current_range_, current_from_, keys_of_lease_;
  Statement version_, value_, versions_from_;
  Statement add_version_, set_current_, delete_version_, forget_key_;
  Statement leases_, has_lease_, add_lease_, delete_lease_;
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_TABLES_H_

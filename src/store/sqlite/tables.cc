// The store's SQL.
#include "src/store/sqlite/tables.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"

namespace drydock::store {
namespace {

VersionRow CurrentRow(const Statement& row) {
  return {.id = row.Int(1),
          .key = std::string(row.Bytes(0)),
          .create_revision = row.Int(2),
          .version = row.Int(3),
          .lease = row.Int(4)};
}

VersionRow FullRow(const Statement& row) {
  return {.id = row.Int(0),
          .key = std::string(row.Bytes(1)),
          .create_revision = row.Int(2),
          .version = row.Int(3),
          .lease = row.Int(4),
          .previous = row.Int(5)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tables>> Tables::Prepare(Database& database) {
  std::unique_ptr<Tables> tables(new Tables(database));
  struct Text {
    Statement& statement;
    absl::string_view sql;
  };
  const Text texts[] = {
      {tables->begin_, "BEGIN IMMEDIATE"},
      {tables->commit_, "COMMIT"},
      {tables->state_,
       "SELECT compacted, swept, (SELECT coalesce(max(id), 0) FROM version) FROM store"},
      {tables->set_compacted_, "UPDATE store SET compacted = ?1"},
      {tables->set_swept_, "UPDATE store SET swept = ?1"},
      {tables->current_,
       "SELECT key, id, create_revision, version, lease FROM current WHERE key = ?1"},
      {tables->current_range_,
       "SELECT key, id, create_revision, version, lease FROM current"
       " WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3"},
      {tables->current_from_,
       "SELECT key, id, create_revision, version, lease FROM current"
       " WHERE key >= ?1 ORDER BY key LIMIT ?3"},
      {tables->keys_of_lease_,
       "SELECT key FROM current WHERE lease = ?1 AND lease <> 0 ORDER BY key"},
      {tables->version_,
       "SELECT id, key, create_revision, version, lease, previous FROM version WHERE id = ?1"},
      {tables->value_, "SELECT value FROM version WHERE id = ?1"},
      {tables->versions_from_,
       "SELECT id, key, create_revision, version, lease, previous FROM version"
       " WHERE id >= ?1 ORDER BY id"},
      {tables->add_version_,
       "INSERT INTO version (id, key, create_revision, version, lease, previous, value)"
       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
      {tables->set_current_,
       "INSERT INTO current (key, id, create_revision, version, lease)"
       " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO UPDATE SET id = excluded.id,"
       " create_revision = excluded.create_revision, version = excluded.version,"
       " lease = excluded.lease"},
      {tables->delete_version_, "DELETE FROM version WHERE id = ?1"},
      {tables->forget_key_, "DELETE FROM current WHERE key = ?1 AND id = ?2"},
      {tables->leases_, "SELECT id, ttl_nanoseconds FROM lease ORDER BY id"},
      {tables->has_lease_, "SELECT 1 FROM lease WHERE id = ?1"},
      {tables->add_lease_, "INSERT INTO lease (ttl_nanoseconds) VALUES (?1)"},
      {tables->delete_lease_, "DELETE FROM lease WHERE id = ?1"},
  };
  for (const Text& text : texts) {
    absl::StatusOr<Statement> prepared = database.Prepare(text.sql);
    if (!prepared.ok()) return prepared.status();
    text.statement = *std::move(prepared);
  }
  return tables;
}

void Tables::Rollback() {
  // Some errors have rolled back already.
  if (sqlite3_get_autocommit(database_.handle()) != 0) return;
  database_.Execute("ROLLBACK").IgnoreError();  // Ends the transaction even if it fails.
}

absl::StatusOr<StoreState> Tables::State() {
  const ResetScope reset(state_);
  const absl::StatusOr<bool> found = state_.Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::DataLossError(absl::StrCat(database_.path(), " has lost its state"));
  StoreState state = {.compacted = state_.Int(0), .swept = state_.Int(1)};
  state.revision = std::max({Revision{1}, state.compacted, RevisionOf(state_.Int(2))});
  return state;
}

absl::Status Tables::SetCompacted(Revision revision) {
  return set_compacted_.Bind(1, revision).Run();
}

absl::Status Tables::SetSwept(VersionId id) { return set_swept_.Bind(1, id).Run(); }

absl::StatusOr<std::optional<VersionRow>> Tables::Current(absl::string_view key) {
  const ResetScope reset(current_);
  const absl::StatusOr<bool> found = current_.Bind(1, key).Step();
  if (!found.ok()) return found.status();
  if (!*found) return std::nullopt;
  return CurrentRow(current_);
}

absl::StatusOr<std::vector<VersionRow>> Tables::CurrentRange(absl::string_view key,
                                                             absl::string_view end, size_t limit) {
  Statement& query = IsUnbounded(end) ? current_from_ : current_range_;
  const ResetScope reset(query);
  query.Bind(1, key).Bind(3, static_cast<int64_t>(limit));
  if (!IsUnbounded(end)) query.Bind(2, end);
  std::vector<VersionRow> rows;
  for (;;) {
    const absl::StatusOr<bool> found = query.Step();
    if (!found.ok()) return found.status();
    if (!*found) return rows;
    rows.push_back(CurrentRow(query));
  }
}

absl::StatusOr<std::vector<std::string>> Tables::KeysOfLease(LeaseId lease) {
  const ResetScope reset(keys_of_lease_);
  keys_of_lease_.Bind(1, lease);
  std::vector<std::string> keys;
  for (;;) {
    const absl::StatusOr<bool> found = keys_of_lease_.Step();
    if (!found.ok()) return found.status();
    if (!*found) return keys;
    keys.emplace_back(keys_of_lease_.Bytes(0));
  }
}

absl::StatusOr<std::optional<VersionRow>> Tables::Version(VersionId id) {
  const ResetScope reset(version_);
  const absl::StatusOr<bool> found = version_.Bind(1, id).Step();
  if (!found.ok()) return found.status();
  if (!*found) return std::nullopt;
  return FullRow(version_);
}

absl::StatusOr<std::optional<std::string>> Tables::Value(VersionId id) {
  const ResetScope reset(value_);
  const absl::StatusOr<bool> found = value_.Bind(1, id).Step();
  if (!found.ok()) return found.status();
  if (!*found || value_.IsNull(0)) return std::nullopt;
  return std::string(value_.Bytes(0));
}

absl::StatusOr<std::vector<VersionRow>> Tables::VersionsFrom(VersionId first, size_t limit) {
  const ResetScope reset(versions_from_);
  versions_from_.Bind(1, first);
  std::vector<VersionRow> rows;
  for (;;) {
    const absl::StatusOr<bool> found = versions_from_.Step();
    if (!found.ok()) return found.status();
    if (!*found) return rows;
    const VersionId id = versions_from_.Int(0);
    if (rows.size() >= limit && RevisionOf(id) != rows.back().mod_revision()) return rows;
    rows.push_back(FullRow(versions_from_));
  }
}

absl::Status Tables::Append(const VersionRow& row, const std::string* value) {
  DRYDOCK_CHECK((value == nullptr) == row.deleted(), row.key);
  add_version_.Bind(1, row.id)
      .Bind(2, row.key)
      .Bind(3, row.create_revision)
      .Bind(4, row.version)
      .Bind(5, row.lease);
  if (row.previous != 0) add_version_.Bind(6, row.previous);
  if (value != nullptr) add_version_.Bind(7, *value);
  RETURN_IF_ERROR(add_version_.Run());
  return set_current_.Bind(1, row.key)
      .Bind(2, row.id)
      .Bind(3, row.create_revision)
      .Bind(4, row.version)
      .Bind(5, row.lease)
      .Run();
}

absl::Status Tables::DeleteVersion(VersionId id) { return delete_version_.Bind(1, id).Run(); }

absl::Status Tables::ForgetKey(absl::string_view key, VersionId id) {
  return forget_key_.Bind(1, key).Bind(2, id).Run();
}

absl::StatusOr<std::vector<LeaseRow>> Tables::Leases() {
  const ResetScope reset(leases_);
  std::vector<LeaseRow> rows;
  for (;;) {
    const absl::StatusOr<bool> found = leases_.Step();
    if (!found.ok()) return found.status();
    if (!*found) return rows;
    rows.push_back({.id = leases_.Int(0), .ttl = absl::Nanoseconds(leases_.Int(1))});
  }
}

absl::StatusOr<bool> Tables::HasLease(LeaseId lease) {
  const ResetScope reset(has_lease_);
  return has_lease_.Bind(1, lease).Step();
}

absl::StatusOr<LeaseId> Tables::AddLease(absl::Duration ttl) {
  RETURN_IF_ERROR(add_lease_.Bind(1, absl::ToInt64Nanoseconds(ttl)).Run());
  return sqlite3_last_insert_rowid(database_.handle());
}

absl::Status Tables::DeleteLease(LeaseId lease) { return delete_lease_.Bind(1, lease).Run(); }

}  // namespace drydock::store

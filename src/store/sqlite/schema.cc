// The schema, its migrations and the checks of a file.
#include "src/store/sqlite/schema.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "src/rt/status_macros.h"

namespace drydock::store {
namespace {

constexpr int64_t kApplicationId = 0x44727944;  // "DryD"

constexpr const char* kMigrations[] = {
    // 0 -> 1
    R"sql(
      CREATE TABLE version (
        id              INTEGER PRIMARY KEY,
        key             BLOB NOT NULL,
        create_revision INTEGER NOT NULL,
        version         INTEGER NOT NULL,
        lease           INTEGER NOT NULL,
        previous        INTEGER,
        value           BLOB
      );
      CREATE TABLE current (
        key             BLOB PRIMARY KEY,
        id              INTEGER NOT NULL,
        create_revision INTEGER NOT NULL,
        version         INTEGER NOT NULL,
        lease           INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX current_by_lease ON current (lease) WHERE lease <> 0;
      CREATE TABLE lease (
        id              INTEGER PRIMARY KEY AUTOINCREMENT,
        ttl_nanoseconds INTEGER NOT NULL
      );
      CREATE TABLE store (
        id              INTEGER PRIMARY KEY CHECK (id = 0),
        compacted       INTEGER NOT NULL,
        swept           INTEGER NOT NULL
      );
      INSERT INTO store VALUES (0, 0, 0);
    )sql",
};

absl::Status Damaged(const Database& database, absl::string_view how) {
  return absl::DataLossError(absl::StrCat(database.path(), " is damaged (", how,
                                          "): restore a backup, or move it away to start empty"));
}

absl::Status Describe(const Database& database, const absl::Status& status) {
  return absl::IsDataLoss(status) ? Damaged(database, status.message()) : status;
}

// Every connection. First of all the locking mode, which decides where the index of a
// write-ahead log lives.
absl::Status Configure(Database& database) {
  const absl::Status status = database.Execute(
      "PRAGMA locking_mode = EXCLUSIVE;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA secure_delete = FAST;");
  return Describe(database, status);
}

// Checkpoints are the store's business, since SQLite's automatic ones hide their errors.
absl::Status UseWriteAheadLog(Database& database) {
  const absl::StatusOr<std::string> mode = database.QueryText("PRAGMA journal_mode = WAL");
  if (!mode.ok()) return Describe(database, mode.status());
  if (*mode != "wal") {
    return absl::FailedPreconditionError(
        absl::StrCat(database.path(), ": SQLite refuses a write-ahead log, its mode is ", *mode));
  }
  return database.Execute(
      "PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA journal_size_limit = 67108864;");
}

absl::Status Migrate(Database& database, absl::Span<const char* const> migrations) {
  const absl::StatusOr<int64_t> version = database.QueryInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  const auto done = static_cast<size_t>(*version);
  if (done == migrations.size()) return absl::OkStatus();
  std::string sql = "BEGIN IMMEDIATE;";
  for (size_t i = done; i < migrations.size(); ++i) absl::StrAppend(&sql, migrations[i]);
  absl::StrAppend(&sql, "PRAGMA application_id = ", kApplicationId, ";",
                  "PRAGMA user_version = ", migrations.size(), "; COMMIT;");
  return database.Execute(sql);
}

absl::Status CheckContent(Database& database) {
  // Above the compacted revision, and above 1, at which a store is born, none is missing.
  const absl::StatusOr<int64_t> missing =
      database.QueryInt(absl::StrCat("SELECT coalesce(max(version.id >> ", kPlaceBits,
                                     ") - base, 0)"
                                     "       - count(DISTINCT version.id >> ",
                                     kPlaceBits,
                                     ")"
                                     " FROM (SELECT max(compacted, 1) AS base FROM store)"
                                     " LEFT JOIN version ON version.id >= (base + 1) << ",
                                     kPlaceBits));
  if (!missing.ok()) return Describe(database, missing.status());
  if (*missing != 0) return Damaged(database, absl::StrCat(*missing, " revisions are missing"));

  struct Check {
    absl::string_view count;
    absl::string_view what;
  };
  const Check checks[] = {
      {"SELECT count(*) FROM current LEFT JOIN version ON version.id = current.id"
       " WHERE version.key IS NOT current.key OR version.version <> current.version",
       "keys have lost their values"},
      // A state is a key's newest one, or was followed by exactly one other.
      {"SELECT abs((SELECT count(*) FROM version) - (SELECT count(*) FROM current)"
       " - (SELECT count(*) FROM version AS later JOIN version AS earlier"
       "    ON earlier.id = later.previous AND earlier.key = later.key))",
       "states of keys are out of order"},
      {"SELECT count(*) FROM current WHERE lease <> 0"
       " AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.id = current.lease)",
       "keys have lost their leases"},
  };
  for (const Check& check : checks) {
    const absl::StatusOr<int64_t> wrong = database.QueryInt(check.count);
    if (!wrong.ok()) return Describe(database, wrong.status());
    if (*wrong != 0) return Damaged(database, absl::StrCat(*wrong, " ", check.what));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Span<const char* const> Migrations() { return kMigrations; }

absl::Status CheckFile(Database& database, absl::Span<const char* const> migrations) {
  RETURN_IF_ERROR(Configure(database));
  // Reads every page, hence checks every checksum. Beyond quick_check it compares indices
  // with tables, of which there is one that is nearly empty.
  database.vfs().ClearError();
  const absl::StatusOr<std::string> result = database.QueryText("PRAGMA integrity_check(1)");
  if (!result.ok()) return Describe(database, result.status());
  const absl::Status read = database.vfs().last_error();
  if (*result != "ok") return Damaged(database, read.ok() ? *result : read.message());

  const absl::StatusOr<int64_t> application = database.QueryInt("PRAGMA application_id");
  if (!application.ok()) return Describe(database, application.status());
  const absl::StatusOr<int64_t> version = database.QueryInt("PRAGMA user_version");
  if (!version.ok()) return Describe(database, version.status());
  const absl::StatusOr<int64_t> tables = database.QueryInt("SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return Describe(database, tables.status());

  if (*tables == 0 && *version == 0) return absl::OkStatus();
  if (*application != kApplicationId || *version < 1) {
    return absl::FailedPreconditionError(
        absl::StrCat(database.path(), " is an SQLite file of another program"));
  }
  if (*version > static_cast<int64_t>(migrations.size())) {
    return absl::FailedPreconditionError(absl::StrCat(
        database.path(), " was written by a newer version of Drydock (schema ", *version,
        ", this one knows up to ", migrations.size(), "): use that version, or restore a backup"));
  }
  return absl::OkStatus();
}

absl::Status PrepareFile(Database& database, absl::Span<const char* const> migrations) {
  RETURN_IF_ERROR(CheckFile(database, migrations));
  RETURN_IF_ERROR(UseWriteAheadLog(database));
  RETURN_IF_ERROR(Migrate(database, migrations));
  return CheckContent(database);
}

}  // namespace drydock::store

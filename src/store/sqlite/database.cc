// SQLite's C interface, wrapped.
#include "src/store/sqlite/database.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"
#include "src/store/sqlite/page_checksum.h"

namespace drydock::store {

Statement& Statement::Bind(int parameter, int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), parameter, value);
  DRYDOCK_CHECK(code == SQLITE_OK, sqlite3_errstr(code));
  return *this;
}

Statement& Statement::Bind(int parameter, absl::string_view bytes) {
  // A null pointer would be NULL, not a blob of length 0.
  const char* const data = bytes.empty() ? "" : bytes.data();
  const int code =
      sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(), SQLITE_STATIC);
  DRYDOCK_CHECK(code == SQLITE_OK, sqlite3_errstr(code));
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->ToStatus(code, sqlite3_sql(statement_.get()));
}

absl::Status Statement::Run() {
  const ResetScope reset(*this);
  for (;;) {
    const absl::StatusOr<bool> row = Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
  }
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());  // Repeats the error of the last Step, if any.
  sqlite3_clear_bindings(statement_.get());
}

int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }

absl::string_view Statement::Bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? absl::string_view() : absl::string_view(data, size);
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(DiskVfs& vfs, const std::string& file,
                                                         Mode mode) {
  std::unique_ptr<Database> database(new Database(vfs, file));
  const int flags = mode == Mode::kRead        ? SQLITE_OPEN_READONLY
                    : mode == Mode::kReadWrite ? SQLITE_OPEN_READWRITE
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  vfs.ClearError();
  // NOMUTEX: a connection belongs to one executor, hence to one thread.
  const int code =
      sqlite3_open_v2(file.c_str(), &database->handle_, flags | SQLITE_OPEN_NOMUTEX, vfs.name());
  if (code != SQLITE_OK) return database->ToStatus(code, "open");
  sqlite3_extended_result_codes(database->handle_, 1);
  int reserved = kReservedBytes;  // In new files; in others it is what it is.
  sqlite3_file_control(database->handle_, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Database::~Database() {
  const int code = sqlite3_close(handle_);
  DRYDOCK_CHECK(code != SQLITE_BUSY, "a statement outlives ", path());
}

absl::Status Database::Execute(const std::string& sql) {
  return ToStatus(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), sql);
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  Statement statement;
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  RETURN_IF_ERROR(ToStatus(code, sql));
  statement.database_ = this;
  statement.statement_.reset(prepared);
  return statement;
}

absl::StatusOr<int64_t> Database::QueryInt(absl::string_view sql) {
  absl::StatusOr<Statement> query = Prepare(sql);
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  DRYDOCK_CHECK(*row, sql, " has no row");
  return query->Int(0);
}

absl::StatusOr<std::string> Database::QueryText(absl::string_view sql) {
  absl::StatusOr<Statement> query = Prepare(sql);
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  DRYDOCK_CHECK(*row, sql, " has no row");
  return std::string(query->Bytes(0));
}

absl::Status Database::ToStatus(int code, absl::string_view what) {
  if (code == SQLITE_OK) return absl::OkStatus();
  const absl::Status reason = vfs_.last_error();
  vfs_.ClearError();
  const std::string message = absl::StrCat(
      path(), ": ",
      reason.ok()
          ? absl::string_view(handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_))
          : reason.message(),
      " (", what, ")");
  if (code == SQLITE_IOERR_DATA) return absl::DataLossError(message);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(message);
    default:
      return absl::UnavailableError(message);
  }
}

}  // namespace drydock::store

// SQL of the result database.
#include "sim/compare/result_database.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

// "DDst": tells our files from others.
constexpr int kApplicationId = 0x44447374;
constexpr int kFormat = 1;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

StatementPtr Prepare(sqlite3* handle, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr);
  return StatementPtr(statement);
}

void Bind(sqlite3_stmt* statement, int parameter, absl::string_view text) {
  sqlite3_bind_text(statement, parameter, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
}

std::string Text(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text == nullptr ? "" : std::string(text, sqlite3_column_bytes(statement, column));
}

int QueryInt(sqlite3* handle, const char* sql) {
  const StatementPtr statement = Prepare(handle, sql);
  if (statement == nullptr || sqlite3_step(statement.get()) != SQLITE_ROW) return -1;
  return sqlite3_column_int(statement.get(), 0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ResultDatabase>> ResultDatabase::Open(const std::string& path,
                                                                     const StudyFacts& facts,
                                                                     bool fresh) {
  std::unique_ptr<ResultDatabase> database(new ResultDatabase(path));
  if (sqlite3_open_v2(path.c_str(), &database->handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                      nullptr) != SQLITE_OK) {
    return database->Failed("open");
  }
  RETURN_IF_ERROR(database->Lock());
  const int tables = QueryInt(database->handle_, "SELECT count(*) FROM sqlite_master");
  if (tables < 0) return database->Failed("read");
  if (tables > 0) {
    if (QueryInt(database->handle_, "PRAGMA application_id") != kApplicationId) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": is not the database of a study; name another folder with --out"));
    }
    const int format = QueryInt(database->handle_, "PRAGMA user_version");
    if (format != kFormat && !fresh) {
      return absl::FailedPreconditionError(absl::StrCat(path, ": is of format ", format,
                                                        ", expected ", kFormat,
                                                        "; add --fresh to run everything again"));
    }
  }
  if (tables > 0 && !fresh) {
    RETURN_IF_ERROR(database->CheckFacts(facts));
    return database;
  }
  RETURN_IF_ERROR(database->Execute(absl::StrCat(
      "BEGIN; DROP TABLE IF EXISTS study; DROP TABLE IF EXISTS cells;"
      "CREATE TABLE study(key TEXT PRIMARY KEY, value TEXT NOT NULL);"
      "CREATE TABLE cells(number INTEGER PRIMARY KEY, label TEXT NOT NULL, seed INTEGER NOT NULL,"
      " held INTEGER NOT NULL, digest TEXT NOT NULL, results TEXT NOT NULL);"
      "PRAGMA application_id = ",
      kApplicationId, "; PRAGMA user_version = ", kFormat, ";")));
  RETURN_IF_ERROR(database->PutFacts(facts));
  RETURN_IF_ERROR(database->Execute("COMMIT"));
  return database;
}

ResultDatabase::~ResultDatabase() { sqlite3_close(handle_); }

absl::Status ResultDatabase::Failed(const std::string& what) {
  const int code = sqlite3_errcode(handle_) & 0xff;
  const std::string text = absl::StrCat(path_, ": ", what, ": ", sqlite3_errmsg(handle_));
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": another drydock sim compare is using it"));
  }
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return absl::DataLossError(absl::StrCat(
        text, "\n  Remove the file, or name another folder with --out, to run everything again"));
  }
  return absl::UnavailableError(text);
}

absl::Status ResultDatabase::Execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return absl::OkStatus();
  }
  return Failed("write");
}

absl::Status ResultDatabase::Lock() {
  return Execute(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT;");
}

absl::Status ResultDatabase::CheckFacts(const StudyFacts& facts) {
  for (const auto& [key, value] : facts) {
    const StatementPtr query = Prepare(handle_, "SELECT value FROM study WHERE key = ?");
    if (query == nullptr) return Failed("read");
    Bind(query.get(), 1, key);
    const int step = sqlite3_step(query.get());
    if (step != SQLITE_ROW && step != SQLITE_DONE) return Failed("read");
    if (step == SQLITE_ROW && Text(query.get(), 0) == value) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": has runs of another study: ", key,
                     " changed since. Add --fresh to drop them and run everything again, or name "
                     "another folder with --out"));
  }
  return absl::OkStatus();
}

absl::Status ResultDatabase::PutFacts(const StudyFacts& facts) {
  for (const auto& [key, value] : facts) {
    const StatementPtr insert = Prepare(handle_, "INSERT INTO study(key, value) VALUES(?, ?)");
    if (insert == nullptr) return Failed("write");
    Bind(insert.get(), 1, key);
    Bind(insert.get(), 2, value);
    if (sqlite3_step(insert.get()) != SQLITE_DONE) return Failed("write");
  }
  return absl::OkStatus();
}

absl::Status ResultDatabase::Put(size_t number, const FinishedCell& cell) {
  const StatementPtr insert = Prepare(handle_,
                                      "INSERT OR REPLACE INTO cells"
                                      "(number, label, seed, held, digest, results) "
                                      "VALUES(?, ?, ?, ?, ?, ?)");
  if (insert == nullptr) return Failed("write");
  sqlite3_bind_int64(insert.get(), 1, static_cast<sqlite3_int64>(number));
  Bind(insert.get(), 2, cell.label);
  sqlite3_bind_int64(insert.get(), 3, static_cast<sqlite3_int64>(cell.seed));
  sqlite3_bind_int(insert.get(), 4, cell.held ? 1 : 0);
  Bind(insert.get(), 5, cell.digest);
  Bind(insert.get(), 6, cell.results);
  return sqlite3_step(insert.get()) == SQLITE_DONE ? absl::OkStatus() : Failed("write");
}

absl::StatusOr<std::map<size_t, FinishedCell>> ResultDatabase::All() {
  const StatementPtr query =
      Prepare(handle_, "SELECT number, label, seed, held, digest, results FROM cells");
  if (query == nullptr) return Failed("read");
  std::map<size_t, FinishedCell> cells;
  int step = 0;
  while ((step = sqlite3_step(query.get())) == SQLITE_ROW) {
    FinishedCell& cell = cells[static_cast<size_t>(sqlite3_column_int64(query.get(), 0))];
    cell.label = Text(query.get(), 1);
    cell.seed = static_cast<uint64_t>(sqlite3_column_int64(query.get(), 2));
    cell.held = sqlite3_column_int(query.get(), 3) != 0;
    cell.digest = Text(query.get(), 4);
    cell.results = Text(query.get(), 5);
  }
  if (step != SQLITE_DONE) return Failed("read");
  return cells;
}

}  // namespace drydock::sim

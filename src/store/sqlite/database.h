// A connection to one SQLite file, and prepared statements: SQLite's C interface with
// owners and absl::Status.
//
// A full disk is kResourceExhausted, a damaged file kDataLoss, everything else that the
// disk reports kUnavailable; messages name the file.
#ifndef DRYDOCK_SRC_STORE_SQLITE_DATABASE_H_
#define DRYDOCK_SRC_STORE_SQLITE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <string>

#include <sqlite3.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/store/sqlite/disk_vfs.h"

namespace drydock::store {

class Database;

// A prepared statement, used again and again: bind, step through the rows, Reset.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&&) = default;
  Statement& operator=(Statement&&) = default;

  // Parameters count from 1; those that are not bound are NULL.
  Statement& Bind(int parameter, int64_t value);
  // A blob, never null. `bytes` stays valid until the next Reset.
  Statement& Bind(int parameter, absl::string_view bytes);

  // Whether there is another row.
  absl::StatusOr<bool> Step();
  // Runs it to its end and resets it: for statements without rows.
  absl::Status Run();
  // Ends what Step began, which otherwise holds a read transaction open.
  void Reset();

  // Columns count from 0. Bytes are valid until the next Step or Reset.
  int64_t Int(int column) const;
  absl::string_view Bytes(int column) const;
  bool IsNull(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Resets a statement at the end of a block.
class ResetScope {
 public:
  explicit ResetScope(Statement& statement) : statement_(statement) {}
  ResetScope(const ResetScope&) = delete;
  ResetScope& operator=(const ResetScope&) = delete;
  ~ResetScope() { statement_.Reset(); }

 private:
  Statement& statement_;
};

class Database {
 public:
  enum class Mode { kRead, kReadWrite, kCreate };

  // `vfs` outlives the database; the caller holds the lock of the file's disk. Nothing
  // but the connection is opened: SQLite reads the file at the first statement.
  static absl::StatusOr<std::unique_ptr<Database>> Open(DiskVfs& vfs, const std::string& file,
                                                        Mode mode);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  // Writes nothing: a database that is closed and one whose process died are the same.
  ~Database();

  // One or more statements without parameters; rows are ignored.
  absl::Status Execute(const std::string& sql);
  absl::StatusOr<Statement> Prepare(absl::string_view sql);
  // The one value of the one row of a query.
  absl::StatusOr<int64_t> QueryInt(absl::string_view sql);
  absl::StatusOr<std::string> QueryText(absl::string_view sql);

  // Of a result code of SQLite. What was being done: "commit".
  absl::Status ToStatus(int code, absl::string_view what);

  sqlite3* handle() { return handle_; }
  DiskVfs& vfs() { return vfs_; }
  std::string path() const { return vfs_.disk().PathOf(file_); }

 private:
  Database(DiskVfs& vfs, std::string file) : vfs_(vfs), file_(std::move(file)) {}

  DiskVfs& vfs_;
  const std::string file_;
  sqlite3* handle_ = nullptr;
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_DATABASE_H_

// Copies of the store: out while it runs, in before it runs.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/rt/status_macros.h"
#include "src/store/sqlite/schema.h"
#include "src/store/sqlite/sqlite_store.h"

namespace drydock::store {
namespace {

// Pages that are copied in a turn.
constexpr int kPagesAtOnce = 256;
constexpr size_t kBytesAtOnce = 1 << 20;

// A copy has this at the end of its name until it is complete.
constexpr absl::string_view kPartial = ".partial";

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

absl::Status RefuseIfThere(rt::Disk& disk, absl::string_view file) {
  const absl::StatusOr<bool> exists = disk.Exists(file);
  if (!exists.ok()) return exists.status();
  if (!*exists) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat(disk.PathOf(file), " exists and is not overwritten: move it away"));
}

int CopySome(DiskVfs& vfs, sqlite3_backup& backup) {
  const DiskVfs::Entropy entropy(vfs);
  return sqlite3_backup_step(&backup, kPagesAtOnce);
}

// What a copy that was interrupted has left.
absl::Status RemovePartial(rt::Disk& disk, const std::string& partial) {
  for (const char* suffix : {"", "-journal", "-wal"}) {
    const absl::Status removed = disk.Remove(absl::StrCat(partial, suffix));
    if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  }
  return absl::OkStatus();
}

// Makes one plain file of the database, for copying and for any SQLite.
absl::Status Settle(Database& database) {
  const absl::StatusOr<std::string> mode = database.QueryText("PRAGMA journal_mode = DELETE");
  if (!mode.ok()) return mode.status();
  if (*mode == "delete") return absl::OkStatus();
  return absl::InternalError(absl::StrCat(database.path(), " keeps its log"));
}

// Gives a complete, synced copy its name.
absl::Status Complete(rt::Disk& disk, const std::string& partial, const std::string& file) {
  RETURN_IF_ERROR(disk.Rename(partial, file));
  return disk.SyncDirectory();
}

absl::Status CopyFile(rt::Disk& from, const std::string& source, rt::Disk& to,
                      const std::string& target) {
  absl::StatusOr<std::unique_ptr<rt::File>> in = from.Open(source, rt::Disk::OpenMode::kRead);
  if (!in.ok()) return in.status();
  absl::StatusOr<std::unique_ptr<rt::File>> out = to.Open(target, rt::Disk::OpenMode::kCreate);
  if (!out.ok()) return out.status();
  std::string bytes(kBytesAtOnce, '\0');
  for (uint64_t offset = 0;;) {
    const absl::StatusOr<size_t> count = (*in)->ReadAt(offset, bytes.data(), bytes.size());
    if (!count.ok()) return count.status();
    if (*count == 0) return (*out)->Sync();
    RETURN_IF_ERROR((*out)->WriteAt(offset, absl::string_view(bytes.data(), *count)));
    offset += *count;
  }
}

// Checks the copy of a backup and moves its revisions on.
absl::Status PrepareRestored(DiskVfs& vfs, const std::string& file, RestoreOptions options) {
  const DiskVfs::Entropy entropy(vfs);
  absl::StatusOr<std::unique_ptr<Database>> database =
      Database::Open(vfs, file, Database::Mode::kReadWrite);
  if (!database.ok()) return database.status();
  RETURN_IF_ERROR(PrepareFile(**database));
  {
    const absl::StatusOr<std::unique_ptr<Tables>> tables = Tables::Prepare(**database);
    if (!tables.ok()) return tables.status();
    const absl::StatusOr<StoreState> state = (*tables)->State();
    if (!state.ok()) return state.status();
    if (options.bump_revision > 0) {
      RETURN_IF_ERROR((*tables)->SetCompacted(state->revision + options.bump_revision));
    }
  }
  return Settle(**database);
}

}  // namespace

rt::Task<absl::Status> SqliteStore::Backup(rt::Disk& into, std::string file) {
  if (!failed_.ok()) co_return failed_;
  CO_RETURN_IF_ERROR(RefuseIfThere(into, file));
  const std::string partial = absl::StrCat(file, kPartial);
  CO_RETURN_IF_ERROR(RemovePartial(into, partial));

  DiskVfs vfs(into, executor_, rt::Random(vfs_.DrawSeed(), "store/backup"));
  absl::StatusOr<std::unique_ptr<Database>> copy =
      Database::Open(vfs, partial, Database::Mode::kCreate);
  if (!copy.ok()) co_return copy.status();
  CO_RETURN_IF_ERROR(CheckFile(**copy, Migrations()));  // Empty; sets the connection up.
  std::unique_ptr<sqlite3_backup, FinishBackup> backup(
      sqlite3_backup_init((*copy)->handle(), "main", database_->handle(), "main"));
  if (backup == nullptr) {
    co_return (*copy)->ToStatus(sqlite3_extended_errcode((*copy)->handle()), "backup");
  }
  // What is committed between two steps goes through the same connection, and SQLite brings
  // the copy up to date.
  for (int code = SQLITE_OK; code != SQLITE_DONE;) {
    code = CopySome(vfs, *backup);
    if (code != SQLITE_OK && code != SQLITE_DONE) co_return (*copy)->ToStatus(code, "backup");
    co_await executor_.Yield();
    CO_RETURN_IF_ERROR(failed_);
  }
  const DiskVfs::Entropy entropy(vfs);
  const int finished = sqlite3_backup_finish(backup.release());
  CO_RETURN_IF_ERROR((*copy)->ToStatus(finished, "backup"));
  CO_RETURN_IF_ERROR(Settle(**copy));
  CO_RETURN_IF_ERROR(CheckFile(**copy, Migrations()));
  copy->reset();
  co_return Complete(into, partial, file);
}

absl::Status RestoreSqliteStore(rt::Disk& from, const std::string& file, rt::Disk& to,
                                rt::Executor& executor, rt::Random random, RestoreOptions options) {
  const absl::StatusOr<std::unique_ptr<rt::DiskLock>> lock = to.Lock(kLockFile);
  if (!lock.ok()) return lock.status();
  RETURN_IF_ERROR(RefuseIfThere(to, kDatabaseFile));
  // A log without its database would be taken for the restored one's.
  RETURN_IF_ERROR(RefuseIfThere(to, absl::StrCat(kDatabaseFile, "-wal")));
  const std::string partial = absl::StrCat(kDatabaseFile, kPartial);
  RETURN_IF_ERROR(RemovePartial(to, partial));
  RETURN_IF_ERROR(CopyFile(from, file, to, partial));
  DiskVfs vfs(to, executor, random);
  const absl::Status prepared = PrepareRestored(vfs, partial, options);
  if (!prepared.ok()) {
    RemovePartial(to, partial).IgnoreError();
    return absl::Status(prepared.code(), absl::StrCat("cannot restore ", from.PathOf(file), ": ",
                                                      prepared.message()));
  }
  return Complete(to, partial, kDatabaseFile);
}

}  // namespace drydock::store

// sqlite3_vfs and sqlite3_io_methods over rt::Disk (https://sqlite.org/vfs.html).
#include "src/store/sqlite/disk_vfs.h"

#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "src/rt/check.h"
#include "src/store/sqlite/page_checksum.h"

namespace drydock::store {
namespace {

// SQLite's own operating system reads the environment when the library is initialised,
// which must therefore be over before any simulation begins.
const int kInitialised = sqlite3_initialize();

constexpr int kSectorBytes = 4096;
constexpr int kLongestName = 512;
constexpr sqlite3_int64 kUnixEpochInJulianMilliseconds = 210866760000000;

}  // namespace

// SQLite allocates szOsFile bytes and gives them back through xClose.
struct DiskVfs::OpenFile {
  sqlite3_file base;  // First: SQLite knows no more of it.
  DiskVfs* vfs;
  std::unique_ptr<rt::File> file;
  std::string name;
  bool remove_when_closed;
  bool name_unsynced;  // Created, and its folder not synced since.
  bool sealed;         // A database with a checksum in each page.

  // SQLite writes a page, or reads one, as a whole.
  bool IsSealedPage(int size, sqlite3_int64 offset) const {
    return sealed && size == kPageSize && offset % kPageSize == 0;
  }
};

struct DiskVfs::Calls {
  static OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
  static DiskVfs& Of(sqlite3_vfs* vfs) { return *static_cast<DiskVfs*>(vfs->pAppData); }

  static int Close(sqlite3_file* base) {
    OpenFile& file = Of(base);
    const std::string name = std::move(file.name);
    DiskVfs& vfs = *file.vfs;
    const bool remove = file.remove_when_closed;
    file.~OpenFile();
    return remove ? vfs.Report(vfs.disk_.Remove(name), SQLITE_IOERR_DELETE) : SQLITE_OK;
  }

  static int Read(sqlite3_file* base, void* into, int size, sqlite3_int64 offset) {
    OpenFile& file = Of(base);
    const auto wanted = static_cast<size_t>(size);
    const absl::StatusOr<size_t> count =
        file.file->ReadAt(static_cast<uint64_t>(offset), into, wanted);
    if (!count.ok()) return file.vfs->Report(count.status(), SQLITE_IOERR_READ);
    if (*count == wanted) {
      if (!file.IsSealedPage(size, offset) ||
          PageIsWhole(static_cast<const char*>(into), static_cast<uint64_t>(offset))) {
        return SQLITE_OK;
      }
      return file.vfs->Report(absl::DataLossError(absl::StrCat(
                                  "page ", offset / kPageSize + 1, " of ",
                                  file.vfs->disk_.PathOf(file.name), " has a wrong checksum")),
                              SQLITE_IOERR_DATA);
    }
    std::memset(static_cast<char*>(into) + *count, 0, wanted - *count);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int Write(sqlite3_file* base, const void* from, int size, sqlite3_int64 offset) {
    OpenFile& file = Of(base);
    absl::string_view bytes(static_cast<const char*>(from), static_cast<size_t>(size));
    std::array<char, kPageSize> sealed;
    if (file.IsSealedPage(size, offset)) {
      std::memcpy(sealed.data(), from, sealed.size());
      SealPage(sealed.data(), static_cast<uint64_t>(offset));
      bytes = absl::string_view(sealed.data(), sealed.size());
    }
    const absl::Status status = file.file->WriteAt(static_cast<uint64_t>(offset), bytes);
    return file.vfs->Report(status, rt::IsOutOfSpace(status) ? SQLITE_FULL : SQLITE_IOERR_WRITE);
  }

  static int Truncate(sqlite3_file* base, sqlite3_int64 size) {
    OpenFile& file = Of(base);
    return file.vfs->Report(file.file->Truncate(static_cast<uint64_t>(size)),
                            SQLITE_IOERR_TRUNCATE);
  }

  // Any error here, a full disk's included, leaves open what is durable.
  static int Sync(sqlite3_file* base, int flags) {
    OpenFile& file = Of(base);
    const absl::Status synced = file.file->Sync();
    if (!synced.ok()) return file.vfs->Report(synced, SQLITE_IOERR_FSYNC);
    if (!file.name_unsynced) return SQLITE_OK;
    const absl::Status named = file.vfs->disk_.SyncDirectory();
    if (!named.ok()) return file.vfs->Report(named, SQLITE_IOERR_DIR_FSYNC);
    file.name_unsynced = false;
    return SQLITE_OK;
  }

  static int FileSize(sqlite3_file* base, sqlite3_int64* size) {
    OpenFile& file = Of(base);
    const absl::StatusOr<uint64_t> bytes = file.file->Size();
    if (!bytes.ok()) return file.vfs->Report(bytes.status(), SQLITE_IOERR_FSTAT);
    *size = static_cast<sqlite3_int64>(*bytes);
    return SQLITE_OK;
  }

  // The Disk's lock stands for all of SQLite's.
  static int Lock(sqlite3_file* base, int level) { return SQLITE_OK; }
  static int CheckReservedLock(sqlite3_file* base, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
  }
  static int FileControl(sqlite3_file* base, int operation, void* argument) {
    return SQLITE_NOTFOUND;
  }
  static int SectorSize(sqlite3_file* base) { return kSectorBytes; }
  // rt::Disk's promise: what nobody writes keeps its value.
  static int DeviceCharacteristics(sqlite3_file* base) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int Open(sqlite3_vfs* base, const char* name, sqlite3_file* into, int flags,
                  int* out_flags) {
    into->pMethods = nullptr;  // Nothing to close unless this succeeds.
    DiskVfs& vfs = Of(base);
    if (name == nullptr) {
      // `temp_store=MEMORY` leaves no reason for a file without a name.
      return vfs.Report(absl::InternalError("SQLite asked for a temporary file"), SQLITE_CANTOPEN);
    }
    const bool create = (flags & SQLITE_OPEN_CREATE) != 0;
    bool is_new = false;
    if (create) {
      const absl::StatusOr<bool> exists = vfs.disk_.Exists(name);
      if (!exists.ok()) return vfs.Report(exists.status(), SQLITE_CANTOPEN);
      is_new = !*exists;
    }
    const rt::Disk::OpenMode mode = create ? rt::Disk::OpenMode::kCreate
                                    : (flags & SQLITE_OPEN_READWRITE) != 0
                                        ? rt::Disk::OpenMode::kReadWrite
                                        : rt::Disk::OpenMode::kRead;
    absl::StatusOr<std::unique_ptr<rt::File>> file = vfs.disk_.Open(name, mode);
    if (!file.ok()) {
      return vfs.Report(file.status(),
                        rt::IsOutOfSpace(file.status()) ? SQLITE_FULL : SQLITE_CANTOPEN);
    }
    bool sealed = false;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
      // A new one will be, and another program's is left as it is.
      std::array<char, kHeaderSize> header;
      const absl::StatusOr<size_t> count = (*file)->ReadAt(0, header.data(), header.size());
      if (!count.ok()) return vfs.Report(count.status(), SQLITE_CANTOPEN);
      sealed = *count == 0 || HasSealedPages(absl::string_view(header.data(), *count));
    }
    new (into) OpenFile{.base = {.pMethods = &kFileCalls},
                        .vfs = &vfs,
                        .file = *std::move(file),
                        .name = name,
                        .remove_when_closed = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0,
                        .name_unsynced = is_new,
                        .sealed = sealed};
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int Delete(sqlite3_vfs* base, const char* name, int sync_directory) {
    DiskVfs& vfs = Of(base);
    const absl::Status removed = vfs.disk_.Remove(name);
    if (absl::IsNotFound(removed)) return SQLITE_IOERR_DELETE_NOENT;
    if (!removed.ok()) return vfs.Report(removed, SQLITE_IOERR_DELETE);
    if (sync_directory == 0) return SQLITE_OK;
    return vfs.Report(vfs.disk_.SyncDirectory(), SQLITE_IOERR_DIR_FSYNC);
  }

  static int Access(sqlite3_vfs* base, const char* name, int flags, int* result) {
    DiskVfs& vfs = Of(base);
    const absl::StatusOr<bool> exists = vfs.disk_.Exists(name);
    if (!exists.ok()) return vfs.Report(exists.status(), SQLITE_IOERR_ACCESS);
    *result = *exists ? 1 : 0;
    return SQLITE_OK;
  }

  static int FullPathname(sqlite3_vfs* base, const char* name, int size, char* into) {
    if (std::strlen(name) >= static_cast<size_t>(size)) return SQLITE_CANTOPEN;
    std::strcpy(into, name);
    return SQLITE_OK;
  }

  static int Randomness(sqlite3_vfs* base, int size, char* into) {
    rt::Random& random = Of(base).random_;
    for (int i = 0; i < size; ++i) into[i] = static_cast<char>(random.Below(256));
    return size;
  }

  // Asked for when a lock is busy, and nobody else has one.
  static int Sleep(sqlite3_vfs* base, int microseconds) { return 0; }

  static int CurrentTimeInt64(sqlite3_vfs* base, sqlite3_int64* now) {
    *now = kUnixEpochInJulianMilliseconds + absl::ToUnixMillis(Of(base).executor_.WallNow());
    return SQLITE_OK;
  }

  static int CurrentTime(sqlite3_vfs* base, double* now) {
    sqlite3_int64 milliseconds = 0;
    CurrentTimeInt64(base, &milliseconds);
    *now = static_cast<double>(milliseconds) / 86'400'000.0;
    return SQLITE_OK;
  }

  static int LastError(sqlite3_vfs* base, int size, char* into) { return 0; }

  static const sqlite3_io_methods kFileCalls;
};

// Version 1: no shared memory, no memory-mapped files.
const sqlite3_io_methods DiskVfs::Calls::kFileCalls = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = Read,
    .xWrite = Write,
    .xTruncate = Truncate,
    .xSync = Sync,
    .xFileSize = FileSize,
    .xLock = Lock,
    .xUnlock = Lock,
    .xCheckReservedLock = CheckReservedLock,
    .xFileControl = FileControl,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = DeviceCharacteristics,
};

DiskVfs::DiskVfs(rt::Disk& disk, rt::Executor& executor, rt::Random random)
    : disk_(disk),
      executor_(executor),
      random_(random),
      name_(absl::StrCat("drydock-", absl::Hex(reinterpret_cast<uintptr_t>(this)))) {
  DRYDOCK_CHECK(kInitialised == SQLITE_OK, "SQLite: ", sqlite3_errstr(kInitialised));
  vfs_.iVersion = 2;
  vfs_.szOsFile = sizeof(OpenFile);
  vfs_.mxPathname = kLongestName;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Calls::Open;
  vfs_.xDelete = Calls::Delete;
  vfs_.xAccess = Calls::Access;
  vfs_.xFullPathname = Calls::FullPathname;
  vfs_.xRandomness = Calls::Randomness;
  vfs_.xSleep = Calls::Sleep;
  vfs_.xCurrentTime = Calls::CurrentTime;
  vfs_.xGetLastError = Calls::LastError;
  vfs_.xCurrentTimeInt64 = Calls::CurrentTimeInt64;
  const int registered = sqlite3_vfs_register(&vfs_, 0);
  DRYDOCK_CHECK(registered == SQLITE_OK, "SQLite: ", sqlite3_errstr(registered));
}

DiskVfs::~DiskVfs() { sqlite3_vfs_unregister(&vfs_); }

int DiskVfs::Report(const absl::Status& status, int code) {
  if (status.ok()) return SQLITE_OK;
  last_error_ = status;
  return code;
}

DiskVfs::Entropy::Entropy(DiskVfs& vfs) {
  const auto seed = static_cast<int>(vfs.random_.Between(1, 0x7fffffff));
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, nullptr);
}

// Zero: whoever draws next seeds the generator from its own operating system.
DiskVfs::Entropy::~Entropy() { sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 0, nullptr); }

}  // namespace drydock::store

// The seam between a component and the disk of its machine: the files of one data
// folder. The real build has a folder of the host behind it, the simulator a model
// that crashes, tears and fails.
//
// Durability. A write is seen by every later read at once, and is durable after a Sync
// of the file that was called later and returned OK. What was not synced when the
// machine crashes may be there or not, in any combination: writes are reordered and
// torn at sectors of kSectorSize bytes, and a file that grew may have its new size and
// zeros. A sector is kept as it was at some moment since the last Sync; so bytes that
// nobody wrote since then are never touched (SQLite calls it powersafe overwrite). That
// a file was created, renamed or removed is durable after SyncDirectory. The death of a
// process alone loses nothing that it wrote.
//
// A Sync that failed says nothing of what is durable, and a later one that succeeds
// does not make up for it: Linux marks pages clean when writing them back fails, and goes
// on showing them, to later processes too. Only what is written again can become durable.
//
// Calls are synchronous: a component that must not wait for a disk batches its writes.
#ifndef DRYDOCK_SRC_RT_DISK_H_
#define DRYDOCK_SRC_RT_DISK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::rt {

inline constexpr size_t kSectorSize = 512;

// An open file. Destroying it closes it, and syncs nothing.
class File {
 public:
  virtual ~File() = default;
  // The number of bytes read: fewer than `size` at the end of the file only.
  virtual absl::StatusOr<size_t> ReadAt(uint64_t offset, void* into, size_t size) = 0;
  // All of `bytes`, or an error and some of them. Beyond the end the file grows, with
  // zeros in between.
  virtual absl::Status WriteAt(uint64_t offset, absl::string_view bytes) = 0;
  virtual absl::StatusOr<uint64_t> Size() = 0;
  virtual absl::Status Truncate(uint64_t size) = 0;
  virtual absl::Status Sync() = 0;
};

// Held while it lives. Dies with the process that holds it.
class DiskLock {
 public:
  virtual ~DiskLock() = default;
};

// Names are single components without '/'. Errors name the file and the operation;
// IsOutOfSpace and IsIoError tell a full disk from a broken one, kNotFound is a file
// that is not there, kUnavailable a disk that has been taken away.
class Disk {
 public:
  virtual ~Disk() = default;

  enum class OpenMode { kRead, kReadWrite, kCreate };  // kCreate: read, write, perhaps new.
  virtual absl::StatusOr<std::unique_ptr<File>> Open(absl::string_view name, OpenMode mode) = 0;
  virtual absl::StatusOr<bool> Exists(absl::string_view name) = 0;
  virtual absl::Status Remove(absl::string_view name) = 0;
  // Replaces `to` if it exists: after a crash it is the old file or the new one.
  virtual absl::Status Rename(absl::string_view from, absl::string_view to) = 0;
  virtual absl::Status SyncDirectory() = 0;

  // Makes this process the only one with the lock of this name. kFailedPrecondition when
  // somebody else has it; the message says who (process id and host).
  virtual absl::StatusOr<std::unique_ptr<DiskLock>> Lock(absl::string_view name) = 0;

  // The file as a user finds it, for messages.
  virtual std::string PathOf(absl::string_view name) const = 0;
};

// The disk, or the user's share of it, is full (ENOSPC, EDQUOT, EFBIG).
inline bool IsOutOfSpace(const absl::Status& status) { return absl::IsResourceExhausted(status); }
// The device failed (EIO and whatever else has no better name).
inline bool IsIoError(const absl::Status& status) { return absl::IsDataLoss(status); }

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_DISK_H_

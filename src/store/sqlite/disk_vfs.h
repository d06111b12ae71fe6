// SQLite's way to the outside, through the seam: its files are those of an rt::Disk,
// its clock is the executor's, its random numbers are a stream of rt::Random.
//
// SQLite finds an operating system by name among those registered in the process; a
// DiskVfs is one entry, of one machine, for as long as it lives. SQLite locks nothing
// through it: whoever opens a database holds the Disk's lock, opens one connection and
// sets `locking_mode=EXCLUSIVE`, which keeps the WAL's index on the heap.
#ifndef DRYDOCK_SRC_STORE_SQLITE_DISK_VFS_H_
#define DRYDOCK_SRC_STORE_SQLITE_DISK_VFS_H_

#include <cstdint>
#include <memory>
#include <string>

#include <sqlite3.h>

#include "absl/status/status.h"
#include "src/rt/disk.h"
#include "src/rt/executor.h"
#include "src/rt/random.h"

namespace drydock::store {

class DiskVfs {
 public:
  // All outlive it; it outlives the connections opened through it.
  DiskVfs(rt::Disk& disk, rt::Executor& executor, rt::Random random);
  DiskVfs(const DiskVfs&) = delete;
  DiskVfs& operator=(const DiskVfs&) = delete;
  ~DiskVfs();

  // For sqlite3_open_v2.
  const char* name() const { return name_.c_str(); }

  // What the disk last reported to SQLite, which passes on no more than a number.
  const absl::Status& last_error() const { return last_error_; }
  void ClearError() { last_error_ = absl::OkStatus(); }

  rt::Disk& disk() { return disk_; }
  // For a stream that belongs to this one.
  uint64_t DrawSeed() { return random_.Next(); }

  // SQLite draws the salts of its WAL from one generator for the whole process, which it
  // seeds from the default operating system. While an Entropy lives the generator is
  // seeded from this machine's stream instead. Hold one around whatever may write.
  class Entropy {
   public:
    explicit Entropy(DiskVfs& vfs);
    Entropy(const Entropy&) = delete;
    Entropy& operator=(const Entropy&) = delete;
    ~Entropy();
  };

 private:
  struct OpenFile;
  struct Calls;  // SQLite's callbacks.

  int Report(const absl::Status& status, int code);

  rt::Disk& disk_;
  rt::Executor& executor_;
  rt::Random random_;
  const std::string name_;
  absl::Status last_error_;
  sqlite3_vfs vfs_ = {};
};

}  // namespace drydock::store

#endif  // DRYDOCK_SRC_STORE_SQLITE_DISK_VFS_H_

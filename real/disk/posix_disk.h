// A data folder of the host.
//
// Files are for their owner only (0600), a new folder too (0700): they hold Secrets.
// The lock is flock(2), which the kernel releases when the process ends, however it
// ends; the file of the lock names the holder and stays behind.
#ifndef DRYDOCK_REAL_DISK_POSIX_DISK_H_
#define DRYDOCK_REAL_DISK_POSIX_DISK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/rt/disk.h"

namespace drydock::real {

class PosixDisk final : public rt::Disk {
 public:
  // Makes the folder if it is not there; its parent must be.
  static absl::StatusOr<std::unique_ptr<PosixDisk>> Open(std::string folder);
  PosixDisk(const PosixDisk&) = delete;
  PosixDisk& operator=(const PosixDisk&) = delete;
  // Files and locks may outlive the disk.
  ~PosixDisk() override;

  absl::StatusOr<std::unique_ptr<rt::File>> Open(absl::string_view name, OpenMode mode) override;
  absl::StatusOr<bool> Exists(absl::string_view name) override;
  absl::Status Remove(absl::string_view name) override;
  absl::Status Rename(absl::string_view from, absl::string_view to) override;
  absl::Status SyncDirectory() override;
  absl::StatusOr<std::unique_ptr<rt::DiskLock>> Lock(absl::string_view name) override;
  std::string PathOf(absl::string_view name) const override;

 private:
  PosixDisk(std::string folder, int descriptor)
      : folder_(std::move(folder)), descriptor_(descriptor) {}

  absl::StatusOr<int> OpenDescriptor(absl::string_view name, int flags);

  const std::string folder_;
  const int descriptor_;
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_DISK_POSIX_DISK_H_

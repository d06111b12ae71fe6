// The seam's disk on system calls.
#include "real/disk/posix_disk.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "src/rt/status_macros.h"

namespace drydock::real {
namespace {

absl::Status Failure(absl::string_view what, absl::string_view path, int error) {
  const std::string message = absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(message);
    case ENOENT:
      return absl::NotFoundError(message);
    case EEXIST:
      return absl::AlreadyExistsError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    default:
      return absl::DataLossError(message);
  }
}

absl::Status CheckName(absl::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != absl::string_view::npos ||
      name.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat("not a name of a file: '", name, "'"));
  }
  return absl::OkStatus();
}

template <typename Call>
auto RetryInterrupted(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

class PosixFile final : public rt::File {
 public:
  PosixFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { close(descriptor_); }

  absl::StatusOr<size_t> ReadAt(uint64_t offset, void* into, size_t size) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t count = RetryInterrupted([&] {
        return pread(descriptor_, static_cast<char*>(into) + done, size - done,
                     static_cast<off_t>(offset + done));
      });
      if (count < 0) return Failure("read", path_, errno);
      if (count == 0) break;
      done += static_cast<size_t>(count);
    }
    return done;
  }

  absl::Status WriteAt(uint64_t offset, absl::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = RetryInterrupted([&] {
        return pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      });
      if (count < 0) return Failure("write", path_, errno);
      offset += static_cast<uint64_t>(count);
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Size() override {
    struct stat status;
    if (fstat(descriptor_, &status) != 0) return Failure("stat", path_, errno);
    return static_cast<uint64_t>(status.st_size);
  }

  absl::Status Truncate(uint64_t size) override {
    const int result =
        RetryInterrupted([&] { return ftruncate(descriptor_, static_cast<off_t>(size)); });
    return result == 0 ? absl::OkStatus() : Failure("truncate", path_, errno);
  }

  // The size is part of the data that fdatasync makes durable; times are not needed.
  absl::Status Sync() override {
    const int result = RetryInterrupted([&] { return fdatasync(descriptor_); });
    return result == 0 ? absl::OkStatus() : Failure("sync", path_, errno);
  }

 private:
  const std::string path_;
  const int descriptor_;
};

class PosixLock final : public rt::DiskLock {
 public:
  explicit PosixLock(int descriptor) : descriptor_(descriptor) {}
  PosixLock(const PosixLock&) = delete;
  PosixLock& operator=(const PosixLock&) = delete;
  ~PosixLock() override { close(descriptor_); }

 private:
  const int descriptor_;
};

// Makes it durable that `folder` is there.
absl::Status SyncParent(absl::string_view folder) {
  while (folder.size() > 1 && folder.back() == '/') folder.remove_suffix(1);
  const size_t slash = folder.rfind('/');
  const std::string parent = slash == absl::string_view::npos ? "."
                             : slash == 0                     ? "/"
                                          : std::string(folder.substr(0, slash));
  const int descriptor = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failure("open the folder", parent, errno);
  const int result = RetryInterrupted([&] { return fsync(descriptor); });
  const int error = errno;
  close(descriptor);
  return result == 0 ? absl::OkStatus() : Failure("sync the folder", parent, error);
}

std::string ThisProcess() {
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) != 0) std::strcpy(host, "this host");
  return absl::StrCat("pid ", getpid(), " on ", host);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PosixDisk>> PosixDisk::Open(std::string folder) {
  if (mkdir(folder.c_str(), 0700) == 0) {
    RETURN_IF_ERROR(SyncParent(folder));
  } else if (errno != EEXIST) {
    return Failure("create the folder", folder, errno);
  }
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failure("open the folder", folder, errno);
  return std::unique_ptr<PosixDisk>(new PosixDisk(std::move(folder), descriptor));
}

PosixDisk::~PosixDisk() { close(descriptor_); }

std::string PosixDisk::PathOf(absl::string_view name) const {
  return absl::StrCat(folder_, "/", name);
}

absl::StatusOr<int> PosixDisk::OpenDescriptor(absl::string_view name, int flags) {
  RETURN_IF_ERROR(CheckName(name));
  const std::string file(name);
  // Never through a symbolic link, which somebody else may have put there.
  const int descriptor = RetryInterrupted(
      [&] { return openat(descriptor_, file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600); });
  if (descriptor < 0) return Failure("open", PathOf(name), errno);
  return descriptor;
}

absl::StatusOr<std::unique_ptr<rt::File>> PosixDisk::Open(absl::string_view name, OpenMode mode) {
  const int flags = mode == OpenMode::kRead        ? O_RDONLY
                    : mode == OpenMode::kReadWrite ? O_RDWR
                                                   : O_RDWR | O_CREAT;
  const absl::StatusOr<int> descriptor = OpenDescriptor(name, flags);
  if (!descriptor.ok()) return descriptor.status();
  return std::unique_ptr<rt::File>(std::make_unique<PosixFile>(PathOf(name), *descriptor));
}

absl::StatusOr<bool> PosixDisk::Exists(absl::string_view name) {
  RETURN_IF_ERROR(CheckName(name));
  struct stat status;
  if (fstatat(descriptor_, std::string(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    return true;
  }
  if (errno == ENOENT) return false;
  return Failure("stat", PathOf(name), errno);
}

absl::Status PosixDisk::Remove(absl::string_view name) {
  RETURN_IF_ERROR(CheckName(name));
  if (unlinkat(descriptor_, std::string(name).c_str(), 0) == 0) return absl::OkStatus();
  return Failure("remove", PathOf(name), errno);
}

absl::Status PosixDisk::Rename(absl::string_view from, absl::string_view to) {
  RETURN_IF_ERROR(CheckName(from));
  RETURN_IF_ERROR(CheckName(to));
  const int result =
      renameat(descriptor_, std::string(from).c_str(), descriptor_, std::string(to).c_str());
  return result == 0 ? absl::OkStatus() : Failure("rename", PathOf(from), errno);
}

absl::Status PosixDisk::SyncDirectory() {
  const int result = RetryInterrupted([&] { return fsync(descriptor_); });
  return result == 0 ? absl::OkStatus() : Failure("sync the folder", folder_, errno);
}

absl::StatusOr<std::unique_ptr<rt::DiskLock>> PosixDisk::Lock(absl::string_view name) {
  const absl::StatusOr<int> descriptor = OpenDescriptor(name, O_RDWR | O_CREAT);
  if (!descriptor.ok()) return descriptor.status();
  auto lock = std::make_unique<PosixLock>(*descriptor);
  if (RetryInterrupted([&] { return flock(*descriptor, LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) return Failure("lock", PathOf(name), errno);
    char holder[512] = {};
    if (pread(*descriptor, holder, sizeof(holder) - 1, 0) <= 0) {
      std::strcpy(holder, "another process");
    }
    return absl::FailedPreconditionError(absl::StrCat(folder_, " is in use by ", holder));
  }
  const std::string holder = ThisProcess();
  if (ftruncate(*descriptor, 0) != 0 ||
      pwrite(*descriptor, holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size())) {
    return Failure("write", PathOf(name), errno);
  }
  return std::unique_ptr<rt::DiskLock>(std::move(lock));
}

}  // namespace drydock::real

#include "real/host/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace drydock::real {
namespace {

absl::Status Failed(absl::string_view what, const std::string& path, int error) {
  const std::string text = absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(text) : absl::FailedPreconditionError(text);
}

absl::Status WriteAll(int file, absl::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(file) == 0 ? absl::OkStatus() : Failed("write", path, errno);
}

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

absl::Status MakePrivateFolder(const std::string& path) {
  std::error_code error;
  const std::string parent = FolderOf(path);
  if (!std::filesystem::exists(parent, error)) {
    const absl::Status made = MakePrivateFolder(parent);
    if (!made.ok()) return made;
  }
  if (mkdir(path.c_str(), 0700) == 0) return absl::OkStatus();
  if (errno == EEXIST && std::filesystem::is_directory(path, error)) return absl::OkStatus();
  return Failed("make the folder", path, errno);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Failed("read", path, errno);
  std::string bytes(std::istreambuf_iterator<char>(stream), {});
  if (stream.bad()) return Failed("read", path, EIO);
  return bytes;
}

absl::Status WriteFile(const std::string& path, absl::string_view bytes, mode_t rights) {
  // Of this process alone: two writers never write the same one.
  const std::string next = absl::StrCat(path, ".", getpid(), ".new");
  const int file = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, rights);
  if (file < 0) return Failed("write", next, errno);
  absl::Status written = WriteAll(file, bytes, next);
  // The umask may have taken rights away, or an older file of the name may have had more.
  if (written.ok() && fchmod(file, rights) != 0) written = Failed("protect", next, errno);
  close(file);
  if (written.ok() && rename(next.c_str(), path.c_str()) != 0) {
    written = Failed("write", path, errno);
  }
  if (!written.ok()) {
    unlink(next.c_str());
    return written;
  }
  const int folder = open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return absl::OkStatus();
}

}  // namespace drydock::real

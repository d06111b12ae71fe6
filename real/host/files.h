// Files that must be whole, and some of them secret.
#ifndef DRYDOCK_REAL_HOST_FILES_H_
#define DRYDOCK_REAL_HOST_FILES_H_

#include <string>

#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::real {

inline constexpr mode_t kOwnerOnly = 0600;
inline constexpr mode_t kReadable = 0644;

// Makes the folder, and those above it, unless it is there: for its owner only.
absl::Status MakePrivateFolder(const std::string& path);

// NotFound when there is no such file.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Replaces the file by one with `bytes` and these rights, on the disk when this returns: a
// crash leaves the old one or the new one, and nobody sees half of it.
absl::Status WriteFile(const std::string& path, absl::string_view bytes, mode_t rights);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HOST_FILES_H_

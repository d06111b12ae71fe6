// Whole files in and out, before and after a run: never during one.
#ifndef DRYDOCK_SIM_FILES_FILES_H_
#define DRYDOCK_SIM_FILES_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::sim {

// kNotFound when there is no such file; other errors name the file and the cause.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Its first megabyte and its size, which tell apart files that are too large to be read.
absl::StatusOr<std::string> ReadFileHead(const std::string& path);

// Replaces the file in one step, so that a reader never sees half of it.
absl::Status WriteFile(const std::string& path, absl::string_view content);

bool FileExists(const std::string& path);

// Makes the directory and its parents; an existing one is fine.
absl::Status MakeDirectories(const std::string& path);

// `path` itself when it is absolute, else relative to the folder of `file`.
std::string Beside(const std::string& file, const std::string& path);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_FILES_FILES_H_

#include "src/cli/backup_command.h"

#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "real/server/backup.h"

namespace drydock::cli {
namespace {

constexpr char kBackupUsage[] =
    "Usage: drydock backup --data-dir DIR --to FILE\n"
    "\n"
    "Copies the objects of a server, as of one moment, into a new file. The server of DIR may\n"
    "run meanwhile: it makes the copy itself. Its certificates are in DIR/pki; copy them too.\n"
    "\n"
    "Exit codes: 0 done, 1 it failed, 2 bad usage.\n";

constexpr char kRestoreUsage[] =
    "Usage: drydock restore --data-dir DIR --from FILE\n"
    "\n"
    "Fills DIR, which has no objects, with those of a backup. Start the server afterwards.\n"
    "\n"
    "Exit codes: 0 done, 1 it failed, 2 bad usage.\n";

struct Command {
  absl::string_view name;
  absl::string_view file_flag;
  absl::string_view usage;
  absl::Status (*run)(const std::string& data_dir, const std::string& file);
};

int Run(const Command& command, const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    std::cout << command.usage;
    return 0;
  }
  const absl::StatusOr<BackupArguments> parsed = ParseBackup(arguments, command.file_flag);
  if (!parsed.ok()) {
    std::cerr << "drydock " << command.name << ": " << parsed.status().message() << "\n\n"
              << command.usage;
    return 2;
  }
  const absl::Status done = command.run(parsed->data_dir, parsed->file);
  if (done.ok()) return 0;
  std::cerr << "drydock: " << done.message() << "\n";
  return 1;
}

}  // namespace

absl::StatusOr<BackupArguments> ParseBackup(const std::vector<std::string>& arguments,
                                            absl::string_view file_flag) {
  BackupArguments parsed;
  for (size_t i = 0; i < arguments.size(); ++i) {
    // --flag value and --flag=value.
    std::string flag = arguments[i];
    std::string value;
    const size_t equals = flag.find('=');
    if (equals != std::string::npos) {
      value = flag.substr(equals + 1);
      flag.resize(equals);
    }
    std::string* const target = flag == "--data-dir" ? &parsed.data_dir
                                : flag == file_flag  ? &parsed.file
                                                     : nullptr;
    if (target == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("unknown flag ", flag));
    }
    if (equals == std::string::npos) {
      if (i + 1 >= arguments.size()) {
        return absl::InvalidArgumentError(absl::StrCat("expected a value after ", flag));
      }
      value = arguments[++i];
    }
    *target = std::move(value);
  }
  if (parsed.data_dir.empty()) return absl::InvalidArgumentError("expected --data-dir DIR");
  if (parsed.file.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("expected ", file_flag, " FILE"));
  }
  return parsed;
}

int RunBackupCommand(const std::vector<std::string>& arguments) {
  return Run({"backup", "--to", kBackupUsage, real::RunBackup}, arguments);
}

int RunRestoreCommand(const std::vector<std::string>& arguments) {
  return Run({"restore", "--from", kRestoreUsage, real::RunRestore}, arguments);
}

}  // namespace drydock::cli

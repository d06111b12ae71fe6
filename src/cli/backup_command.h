// `drydock backup` and `drydock restore`: their flags.
#ifndef DRYDOCK_SRC_CLI_BACKUP_COMMAND_H_
#define DRYDOCK_SRC_CLI_BACKUP_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::cli {

struct BackupArguments {
  std::string data_dir;
  std::string file;  // Of --to, or of --from.
};

// The arguments after the command; `file_flag` is "--to" or "--from". Errors say what was
// expected.
absl::StatusOr<BackupArguments> ParseBackup(const std::vector<std::string>& arguments,
                                            absl::string_view file_flag);

// Give the process' exit code: 0 done, 1 it failed, 2 bad usage.
int RunBackupCommand(const std::vector<std::string>& arguments);
int RunRestoreCommand(const std::vector<std::string>& arguments);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_BACKUP_COMMAND_H_

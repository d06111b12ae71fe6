// `drydock server`: its flags.
#ifndef DRYDOCK_SRC_CLI_SERVER_COMMAND_H_
#define DRYDOCK_SRC_CLI_SERVER_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "real/server/server.h"

namespace drydock::cli {

// The arguments after `server`. Errors say what was expected.
absl::StatusOr<real::ServerConfig> ParseServer(const std::vector<std::string>& arguments);

// Gives the process' exit code: 0 stopped by a signal, 1 it failed, 2 bad usage.
int RunServerCommand(const std::vector<std::string>& arguments);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_SERVER_COMMAND_H_

// `drydock sim ...`: the simulator's commands and their flags.
#ifndef DRYDOCK_SRC_CLI_SIM_COMMAND_H_
#define DRYDOCK_SRC_CLI_SIM_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/run/run.h"

namespace drydock::cli {

// The arguments after `sim run`. Errors say what was expected.
absl::StatusOr<sim::RunOptions> ParseSimRun(const std::vector<std::string>& arguments);

// The arguments after `sim`. Gives the process' exit code: 0 all held, 1 a check
// failed, 2 bad usage or input.
int RunSim(const std::vector<std::string>& arguments);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_SIM_COMMAND_H_

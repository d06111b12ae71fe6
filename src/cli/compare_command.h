// `drydock sim compare`: its flags.
#ifndef DRYDOCK_SRC_CLI_COMPARE_COMMAND_H_
#define DRYDOCK_SRC_CLI_COMPARE_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/compare/compare.h"

namespace drydock::cli {

extern const char kCompareUsage[];

// The arguments after `sim compare`. Errors say what was expected.
absl::StatusOr<sim::CompareOptions> ParseSimCompare(const std::vector<std::string>& arguments);

// Gives the process' exit code: 0 all checks held, 1 a check failed, 2 bad usage or input,
// 130 stopped by a signal.
int RunCompare(const std::vector<std::string>& arguments);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_COMPARE_COMMAND_H_

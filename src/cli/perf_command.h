// `drydock sim perf`: its flags.
#ifndef DRYDOCK_SRC_CLI_PERF_COMMAND_H_
#define DRYDOCK_SRC_CLI_PERF_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/perf/perf.h"

namespace drydock::cli {

extern const char kPerfUsage[];

// The arguments after `sim perf`. Errors say what was expected.
absl::StatusOr<sim::PerfOptions> ParseSimPerf(const std::vector<std::string>& arguments);

// Gives the process' exit code: 0 every workload ended and met its threshold, 1 one did
// not, 2 bad usage or input.
int RunPerfCommand(const std::vector<std::string>& arguments);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_PERF_COMMAND_H_

// `drydock sim schedule`: what the scheduler would decide about given objects, and why.
#ifndef DRYDOCK_SRC_CLI_SCHEDULE_H_
#define DRYDOCK_SRC_CLI_SCHEDULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "src/cli/input.h"

namespace drydock::cli {

inline constexpr char kScheduleUsage[] =
    "Usage: drydock sim schedule -f FILE [-f FILE]... [-o json|yaml|table] [--commit]\n"
    "                            [--config FILE] [--seed N]\n"
    "\n"
    "Says for each pending pod, in the order of the queue, what the scheduler would decide and\n"
    "why: which plugin rejects which node, every score, ties, victims of preemption. Runs no\n"
    "cluster. docs/scheduling.md describes the report.\n"
    "\n"
    "  -f FILE        API objects in YAML or JSON, Lists too; - is standard input. Pods with\n"
    "                 spec.nodeName are placed already, all others pending\n"
    "  -o FORMAT      json, yaml, or table (if not given)\n"
    "  --commit       applies each decision before the next pod\n"
    "  --config FILE  a KubeSchedulerConfiguration; Kubernetes' defaults if not given\n"
    "  --seed N       of the draws among nodes of the same score; 1 if not given\n"
    "\n"
    "Exit codes: 0 every pod was looked at, 2 bad usage or input.\n";

struct ScheduleArguments {
  std::vector<std::string> files;
  std::string output = "table";
  std::string config;  // A file; empty: Kubernetes' defaults.
  bool commit = false;
  uint64_t seed = 1;
};

// The arguments after `sim schedule`. Errors say what was expected.
absl::StatusOr<ScheduleArguments> ParseSchedule(const std::vector<std::string>& arguments);

// The report. `config` is null when there is none. `arguments` says the rest.
absl::StatusOr<std::string> Schedule(const std::vector<Input>& inputs, const Input* config,
                                     const ScheduleArguments& arguments);

// The command; gives the exit code.
int RunSchedule(const std::vector<std::string>& arguments);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_SCHEDULE_H_

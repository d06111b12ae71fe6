// Flags of `drydock sim perf`.
#include "src/cli/perf_command.h"

#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace drydock::cli {

const char kPerfUsage[] =
    "Usage: drydock sim perf FILE [--filter NAME[/WORKLOAD]] [--label LABEL,...] [--seed N]\n"
    "                        [--clock wall|cpu] [--json FILE|-] [--quiet]\n"
    "\n"
    "Runs the workloads of a benchmark file in the form of Kubernetes' scheduler_perf against\n"
    "the scheduler, and says how many pods it placed in a second of real time.\n"
    "docs/scheduler-perf.md describes what is read and what the numbers mean.\n"
    "\n"
    "  --filter NAME      only this test case, or this workload of it\n"
    "  --label LABEL,...  only workloads with these labels; -LABEL: without it\n"
    "  --seed N           of the simulation; 1 if not given\n"
    "  --clock cpu        pods in a second of processor time: for a machine with other work\n"
    "  --json FILE        where scheduler_perf's result JSON goes; - is standard output;\n"
    "                     out/BenchmarkPerfScheduling_benchmark_FILE.json if not given\n"
    "  --quiet            no table\n"
    "\n"
    "Exit codes: 0 every workload ended and met its threshold, 1 one did not, 2 bad usage or\n"
    "input.\n";

namespace {

absl::Status Usage(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::Status Apply(const std::string& flag, const std::string& value, sim::PerfOptions* options) {
  if (flag == "--filter") {
    options->filter = value;
  } else if (flag == "--label") {
    options->labels = absl::StrSplit(value, ',', absl::SkipEmpty());
  } else if (flag == "--seed") {
    if (!absl::SimpleAtoi(value, &options->seed)) {
      return Usage(absl::StrCat("--seed: expected a whole number, got \"", value, "\""));
    }
  } else if (flag == "--clock") {
    if (value != "wall" && value != "cpu") {
      return Usage(absl::StrCat("--clock: expected wall or cpu, got \"", value, "\""));
    }
    options->clock = value == "cpu" ? sim::PerfClock::kCpu : sim::PerfClock::kWall;
  } else if (flag == "--json") {
    options->json = value;
  } else {
    return Usage(absl::StrCat("unknown flag ", flag));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<sim::PerfOptions> ParseSimPerf(const std::vector<std::string>& arguments) {
  sim::PerfOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string flag = arguments[i];
    if (!absl::StartsWith(flag, "-") || flag == "-") {
      if (!options.file.empty()) {
        return Usage(absl::StrCat("expected one benchmark file, got \"", options.file, "\" and \"",
                                  flag, "\""));
      }
      options.file = flag;
      continue;
    }
    if (flag == "--quiet") {
      options.quiet = true;
      continue;
    }
    // --flag value and --flag=value.
    std::string value;
    const size_t equals = flag.find('=');
    if (equals != std::string::npos) {
      value = flag.substr(equals + 1);
      flag.resize(equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return Usage(absl::StrCat("expected a value after ", flag));
    }
    if (absl::Status applied = Apply(flag, value, &options); !applied.ok()) return applied;
  }
  if (options.file.empty()) return Usage("expected a benchmark file");
  return options;
}

int RunPerfCommand(const std::vector<std::string>& arguments) {
  const absl::StatusOr<sim::PerfOptions> options = ParseSimPerf(arguments);
  if (!options.ok()) {
    std::cerr << "drydock sim perf: " << options.status().message() << "\n\n" << kPerfUsage;
    return 2;
  }
  const absl::StatusOr<bool> held = sim::RunPerf(*options);
  if (!held.ok()) {
    std::cerr << "drydock: " << held.status().message() << "\n";
    return 2;
  }
  return *held ? 0 : 1;
}

}  // namespace drydock::cli

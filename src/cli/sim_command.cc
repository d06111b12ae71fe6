// Flags of the simulator's commands.
#include "src/cli/sim_command.h"

#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/cli/compare_command.h"
#include "src/cli/perf_command.h"
#include "src/cli/schedule.h"
#include "src/cli/version.h"

namespace drydock::cli {
namespace {

constexpr char kUsage[] =
    "Usage: drydock sim run FILE [--seed N] [--set path=value]... [--out DIR] [--json FILE|-]\n"
    "                       [--no-files] [--quiet]\n"
    "\n"
    "Runs a scenario in virtual time. docs/scenarios.md describes the file and the results.\n"
    "\n"
    "  --seed N           another seed than the file's\n"
    "  --set path=value   changes the scenario first: --set cluster.nodePools[0].count=100\n"
    "  --out DIR          where the results go; out/NAME-SEED if not given\n"
    "  --json FILE        writes the results as JSON there too; - is standard output\n"
    "  --no-files         writes nothing but what --json asks for\n"
    "  --quiet            no progress, no summary\n"
    "\n"
    "Exit codes: 0 every check held, 1 a check failed, 2 bad usage or input.\n";

absl::Status Usage(absl::string_view what) { return absl::InvalidArgumentError(what); }

}  // namespace

absl::StatusOr<sim::RunOptions> ParseSimRun(const std::vector<std::string>& arguments) {
  sim::RunOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string flag = arguments[i];
    if (!absl::StartsWith(flag, "-") || flag == "-") {
      if (!options.file.empty()) {
        return Usage(absl::StrCat("expected one scenario file, got \"", options.file, "\" and \"",
                                  flag, "\""));
      }
      options.file = flag;
      continue;
    }
    if (flag == "--quiet") {
      options.quiet = true;
      continue;
    }
    if (flag == "--no-files") {
      options.files = false;
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
    if (flag == "--seed") {
      uint64_t seed = 0;
      if (!absl::SimpleAtoi(value, &seed)) {
        return Usage(absl::StrCat("--seed: expected a whole number, got \"", value, "\""));
      }
      options.seed = seed;
    } else if (flag == "--set") {
      const size_t separator = value.find('=');
      if (separator == std::string::npos || separator == 0) {
        return Usage(absl::StrCat("--set: expected path=value, got \"", value, "\""));
      }
      options.set.emplace_back(value.substr(0, separator), value.substr(separator + 1));
    } else if (flag == "--out") {
      options.out = value;
    } else if (flag == "--json") {
      options.json = value;
    } else {
      return Usage(absl::StrCat("unknown flag ", flag));
    }
  }
  if (options.file.empty()) return Usage("expected a scenario file");
  return options;
}

namespace {

int RunScenario(const std::vector<std::string>& arguments) {
  absl::StatusOr<sim::RunOptions> options = ParseSimRun(arguments);
  if (!options.ok()) {
    std::cerr << "drydock sim run: " << options.status().message() << "\n\n" << kUsage;
    return 2;
  }
  options->version = std::string(kVersion);
  options->last = true;
  const absl::StatusOr<bool> held = sim::Run(*options);
  if (!held.ok()) {
    std::cerr << "drydock: " << held.status().message() << "\n";
    return 2;
  }
  return *held ? 0 : 1;
}

}  // namespace

int RunSim(const std::vector<std::string>& arguments) {
  const std::string command = arguments.empty() ? "" : arguments[0];
  if (command == "run" || command == "schedule") {
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    return command == "run" ? RunScenario(rest) : RunSchedule(rest);
  }
  if (command == "compare") return RunCompare({arguments.begin() + 1, arguments.end()});
  if (command == "perf") return RunPerfCommand({arguments.begin() + 1, arguments.end()});
  if (command == "--help") {
    std::cout << kUsage << "\n" << kCompareUsage << "\n" << kPerfUsage << "\n" << kScheduleUsage;
    return 0;
  }
  if (!command.empty()) std::cerr << "drydock sim: unknown command: " << command << "\n\n";
  std::cerr << kUsage << "\n" << kCompareUsage << "\n" << kPerfUsage << "\n" << kScheduleUsage;
  return 2;
}

}  // namespace drydock::cli

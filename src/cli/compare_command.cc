// Flags of `drydock sim compare`.
#include "src/cli/compare_command.h"

#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/cli/version.h"

namespace drydock::cli {

const char kCompareUsage[] =
    "Usage: drydock sim compare FILE [--vary path=a,b,c]... [--seeds A..B] [--set path=value]...\n"
    "                           [--jobs N] [--out DIR] [--json FILE|-] [--fresh] [--quiet]\n"
    "\n"
    "Runs a scenario with every combination of settings and seeds, and compares them.\n"
    "FILE is a study or a scenario; docs/studies.md describes the file and the results.\n"
    "Finished runs are kept: the same command goes on where it was stopped.\n"
    "\n"
    "  --vary path=a,b,c  runs the scenario with each of these values there\n"
    "  --seeds A..B       the seeds, the same for all settings: 1..10, or 1,2,5..9\n"
    "  --set path=value   changes the scenario for all runs\n"
    "  --jobs N           runs at a time; one for each core if not given\n"
    "  --out DIR          where the results go; out/NAME if not given\n"
    "  --json FILE        writes the results as JSON there too; - is standard output\n"
    "  --fresh            drops finished runs and starts anew\n"
    "  --quiet            no progress, no summary\n"
    "\n"
    "Exit codes: 0 every check held, 1 a check failed, 2 bad usage or input, 130 stopped.\n";

namespace {

constexpr int kMaxJobs = 1024;
constexpr int kStopped = 130;  // As a shell has it for SIGINT.

absl::Status Usage(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::Status AddSetting(const std::string& flag, const std::string& value, const char* form,
                        sim::Settings* settings) {
  const size_t separator = value.find('=');
  if (separator == std::string::npos || separator == 0) {
    return Usage(absl::StrCat(flag, ": expected ", form, ", got \"", value, "\""));
  }
  settings->emplace_back(value.substr(0, separator), value.substr(separator + 1));
  return absl::OkStatus();
}

absl::Status Apply(const std::string& flag, const std::string& value,
                   sim::CompareOptions* options) {
  if (flag == "--vary") return AddSetting(flag, value, "path=a,b,c", &options->changes.vary);
  if (flag == "--set") return AddSetting(flag, value, "path=value", &options->changes.set);
  if (flag == "--seeds") {
    options->changes.seeds = value;
  } else if (flag == "--jobs") {
    if (!absl::SimpleAtoi(value, &options->jobs) || options->jobs < 1 || options->jobs > kMaxJobs) {
      return Usage(absl::StrCat("--jobs: expected a whole number from 1 to ", kMaxJobs, ", got \"",
                                value, "\""));
    }
  } else if (flag == "--out") {
    options->out = value;
  } else if (flag == "--json") {
    options->json = value;
  } else {
    return Usage(absl::StrCat("unknown flag ", flag));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<sim::CompareOptions> ParseSimCompare(const std::vector<std::string>& arguments) {
  sim::CompareOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string flag = arguments[i];
    if (!absl::StartsWith(flag, "-") || flag == "-") {
      if (!options.file.empty()) {
        return Usage(
            absl::StrCat("expected one file, got \"", options.file, "\" and \"", flag, "\""));
      }
      options.file = flag;
      continue;
    }
    if (flag == "--quiet" || flag == "--fresh") {
      (flag == "--quiet" ? options.quiet : options.fresh) = true;
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
  if (options.file.empty()) return Usage("expected a study or a scenario");
  return options;
}

int RunCompare(const std::vector<std::string>& arguments) {
  absl::StatusOr<sim::CompareOptions> options = ParseSimCompare(arguments);
  if (!options.ok()) {
    std::cerr << "drydock sim compare: " << options.status().message() << "\n\n" << kCompareUsage;
    return 2;
  }
  options->version = std::string(kVersion);
  const absl::StatusOr<bool> held = sim::Compare(*options);
  if (!held.ok()) {
    std::cerr << "drydock: " << held.status().message() << "\n";
    return absl::IsCancelled(held.status()) ? kStopped : 2;
  }
  return *held ? 0 : 1;
}

}  // namespace drydock::cli

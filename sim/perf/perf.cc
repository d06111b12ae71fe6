// Choosing, running, writing.
#include "sim/perf/perf.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/files/files.h"
#include "sim/perf/perf_file.h"
#include "src/api/codec/json.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

bool Wanted(const PerfOptions& options, const PerfWorkload& workload) {
  if (!options.filter.empty() && options.filter != workload.test_case &&
      options.filter != workload.FullName()) {
    return false;
  }
  const std::vector<std::string>& has = workload.labels;
  return std::all_of(options.labels.begin(), options.labels.end(), [&has](const std::string& term) {
    const bool without = absl::StartsWith(term, "-");
    const absl::string_view label = absl::StripPrefix(term, without ? "-" : "+");
    return (std::find(has.begin(), has.end(), label) == has.end()) == without;
  });
}

// "misc" of "bench/scheduler_perf/misc.yaml".
std::string Stem(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

absl::Status Write(const std::vector<PerfResult>& results, const PerfOptions& options) {
  const std::string json = api::WritePrettyJson(ToPerfJson(results));
  const std::string table = ToPerfTable(results);
  if (options.json == "-") {
    std::fwrite(json.data(), 1, json.size(), stdout);
    if (!options.quiet) std::fputs(table.c_str(), stderr);
    return absl::OkStatus();
  }
  std::string path = options.json;
  if (path.empty()) {
    RETURN_IF_ERROR(MakeDirectories("out"));
    path = absl::StrCat("out/BenchmarkPerfScheduling_benchmark_", Stem(options.file), ".json");
  }
  RETURN_IF_ERROR(WriteFile(path, json));
  if (options.quiet) return absl::OkStatus();
  std::fputs(table.c_str(), stdout);
  std::fprintf(stderr, "results: %s\n", path.c_str());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> RunPerf(const PerfOptions& options) {
  const auto wanted = [&options](const PerfWorkload& workload) {
    return Wanted(options, workload);
  };
  absl::StatusOr<std::vector<PerfWorkload>> workloads = LoadPerfFile(options.file, wanted);
  if (!workloads.ok()) return workloads.status();
  std::string known;
  std::vector<PerfResult> results;
  for (const PerfWorkload& workload : *workloads) {
    absl::StrAppend(&known, "\n  ", workload.FullName());
    if (!wanted(workload)) continue;
    if (!options.quiet) std::fprintf(stderr, "running %s\n", workload.FullName().c_str());
    absl::StatusOr<PerfResult> result = RunPerfWorkload(workload, options.seed, options.clock);
    if (!result.ok()) return result.status();
    if (!result->status.ok()) {
      std::fprintf(stderr, "%s: %s: %s\n", options.file.c_str(), result->workload.c_str(),
                   std::string(result->status.message()).c_str());
    }
    results.push_back(*std::move(result));
  }
  if (results.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.file, ": no workload has that name and these labels; there are", known));
  }
  RETURN_IF_ERROR(Write(results, options));
  return std::all_of(results.begin(), results.end(),
                     [](const PerfResult& result) { return result.Held(); });
}

}  // namespace drydock::sim

// One run from the file to the results.
#include "sim/run/run.h"

#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/files/files.h"
#include "sim/run/cluster_run.h"
#include "sim/run/progress.h"
#include "sim/run/results.h"
#include "sim/run/stopwatch.h"
#include "sim/scenario/parse.h"
#include "sim/studies/openb_study.h"
#include "sim/traces/openb.h"
#include "sim/workload/manifest.h"
#include "src/api/codec/json.h"
#include "src/rt/status_macros.h"
#include "src/scheduler/gpushare/policy.h"

namespace drydock::sim {
namespace {

absl::Status RunTrace(const Scenario& scenario, Progress& progress, Results* results) {
  const TraceSpec& spec = *scenario.trace;
  if (spec.dir.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        scenario.path,
        ": spec.trace.dir: is not set; add --set trace.dir=DIR, the folder of the openb "
        "trace.\n  It is public: https://github.com/alibaba/clusterdata, folder "
        "cluster-trace-gpu-v2023/csv"));
  }
  const absl::StatusOr<OpenbTrace> trace = ReadOpenbTrace(spec.dir, spec.list);
  if (!trace.ok()) return trace.status();
  const absl::StatusOr<OpenbOrder> order = OrderOpenb(*trace, spec.dir, scenario.seed, spec.load);
  if (!order.ok()) return order.status();
  results->policy = scenario.policy.empty() ? "fgd" : scenario.policy;
  absl::StatusOr<OpenbStudy> study =
      RunOpenbStudy(*trace, *order, *scheduler::gpushare::ParsePolicy(results->policy),
                    scenario.seed, [&progress](uint64_t arrived) {
                      progress.Update(absl::ZeroDuration(), absl::ZeroDuration(), arrived, arrived);
                    });
  if (!study.ok()) return study.status();
  results->digest = study->digest;
  results->events = study->arrived;
  results->nodes = trace->nodes.size();
  results->trace_list = spec.list;
  results->stored_order = order->stored;
  results->study = *std::move(study);
  return absl::OkStatus();
}

absl::Status Write(const Results& results, const RunOptions& options, const std::string& out) {
  const std::string json = api::WritePrettyJson(ToJson(results));
  if (options.files) {
    RETURN_IF_ERROR(MakeDirectories(out));
    RETURN_IF_ERROR(WriteFile(absl::StrCat(out, "/results.json"), json));
    RETURN_IF_ERROR(WriteFile(absl::StrCat(out, "/report.html"), ToPage(results)));
  }
  if (options.json == "-") {
    std::fwrite(json.data(), 1, json.size(), stdout);
  } else if (!options.json.empty()) {
    RETURN_IF_ERROR(WriteFile(options.json, json));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> Run(const RunOptions& options) {
  absl::StatusOr<Scenario> scenario = LoadScenario(options.file, options.set);
  if (!scenario.ok()) return scenario.status();
  if (options.seed.has_value()) scenario->seed = *options.seed;
  RETURN_IF_ERROR(CheckWorkload(*scenario));

  const Stopwatch watch;
  Results results;
  results.scenario = scenario->name;
  results.description = scenario->description;
  results.seed = scenario->seed;
  results.version = options.version;
  Progress progress(options.quiet);
  absl::Status ran;
  // What the results refer to lives as long as the run's cluster does.
  std::unique_ptr<ClusterRun> cluster;
  if (scenario->trace.has_value()) {
    ran = RunTrace(*scenario, progress, &results);
  } else {
    absl::StatusOr<std::unique_ptr<ClusterRun>> made = ClusterRun::Create(*scenario);
    if (!made.ok()) return made.status();
    cluster = *std::move(made);
    ran = cluster->Run(progress);
    cluster->Report(&results);
  }
  progress.Clear();
  RETURN_IF_ERROR(ran);
  results.wall_seconds = watch.Seconds();
  results.peak_memory_bytes = PeakMemoryBytes();

  const std::string out =
      options.out.empty() ? absl::StrCat("out/", results.scenario, "-", results.seed) : options.out;
  RETURN_IF_ERROR(Write(results, options, out));
  if (!options.quiet) std::fputs(ToSummary(results, out).c_str(), stderr);
  if (options.last) {
    // Not lost: still referred to, as leak checkers want it.
    [[maybe_unused]] static const ClusterRun* const kept = cluster.release();
  }
  return results.Held();
}

}  // namespace drydock::sim

// `drydock sim perf`: reads a benchmark file of scheduler_perf's form, runs its workloads
// and writes results of scheduler_perf's form.
#ifndef DRYDOCK_SIM_PERF_PERF_H_
#define DRYDOCK_SIM_PERF_PERF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/perf/perf_run.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

struct PerfOptions {
  std::string file;
  // "NAME" or "NAME/WORKLOAD"; empty: all.
  std::string filter;
  // Labels that a workload must have, or with a "-" before them must not have.
  std::vector<std::string> labels;
  uint64_t seed = 1;
  PerfClock clock = PerfClock::kWall;
  // Where the results go; "-": standard output; empty: a file in out/, named as
  // scheduler_perf names it, without the time.
  std::string json;
  bool quiet = false;
};

// Writes a table to standard output (to standard error when the results go there), and
// what runs to standard error. True when every workload got to its end and its threshold
// was met; an error when the input was bad or the results could not be written.
absl::StatusOr<bool> RunPerf(const PerfOptions& options);

// {"version": "v1", "dataItems": [{"data", "unit", "labels"}]}
api::Value ToPerfJson(const std::vector<PerfResult>& results);
std::string ToPerfTable(const std::vector<PerfResult>& results);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_PERF_H_

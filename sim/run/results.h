// What is known of a run when it is over, and its forms: JSON for programs, a page
// and a summary for people. docs/scenarios.md names and explains every figure.
#ifndef DRYDOCK_SIM_RUN_RESULTS_H_
#define DRYDOCK_SIM_RUN_RESULTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sim/measure/histogram.h"
#include "sim/measure/recorder.h"
#include "sim/studies/openb_study.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

struct CheckResult {
  absl::Duration at;
  bool always = false;
  std::string expect;
  bool evaluated = false;
  bool held = true;
  std::string seen;          // At its time, or when it first failed.
  absl::Duration failed_at;  // Of an `always`.
};

struct FaultResult {
  absl::Duration at;
  std::string what;
  std::optional<absl::Duration> healed_at;
};

struct RequestStats {
  uint64_t count = 0;
  uint64_t errors = 0;  // Codes from 400 up.
  Histogram latency;
};

struct SchedulerResult {
  uint64_t attempts = 0;
  uint64_t unschedulable = 0;
  uint64_t preemptions = 0;
};

struct Results {
  std::string scenario;
  std::string description;
  uint64_t seed = 0;
  std::string version;
  uint64_t digest = 0;
  uint64_t events = 0;
  absl::Duration virtual_time;
  double wall_seconds = 0;
  int64_t peak_memory_bytes = 0;
  uint64_t nodes = 0;

  // Of a cluster.
  const PodTotals* pods = nullptr;
  const TimeSeries* series = nullptr;
  SchedulerResult scheduler;
  std::map<std::string, RequestStats> requests;  // By verb.
  std::vector<CheckResult> checks;
  std::vector<FaultResult> faults;
  std::vector<std::string> workload_errors;
  uint64_t workload_error_count = 0;

  // Of a trace.
  std::optional<OpenbStudy> study;
  std::string policy;
  std::string trace_list;
  bool stored_order = false;

  bool Held() const;
};

api::Value ToJson(const Results& results);
std::string ToPage(const Results& results);
// For a terminal; `report` is where the files are.
std::string ToSummary(const Results& results, const std::string& report);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUN_RESULTS_H_

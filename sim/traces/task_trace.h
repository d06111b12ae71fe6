// Recorded workloads of other clusters as a stream of tasks: read line by line, so that a
// trace may be larger than memory.
//
//   swf            Standard Workload Format of the Parallel Workloads Archive: a job is one
//                  task, or several where it needs more CPUs than `max_cpu_milli`
//   alibaba-2018   batch_task.csv of Alibaba's cluster-trace-v2018, sorted by start_time: a
//                  task with its instances
//   google-2011    task_events of Google's clusterdata-2011-2, the parts in one file: a task
//                  comes at its SUBMIT and ends at its FINISH, KILL, FAIL, EVICT or LOST
//   azure-packing  packing_trace_zone_*.sqlite of Azure Trace for Packing 2020: a task for each
//                  VM request, sized as on one of the machines
//
// What a trace says in parts of a machine is turned into amounts by TaskTraceSpec.
#ifndef DRYDOCK_SIM_TRACES_TASK_TRACE_H_
#define DRYDOCK_SIM_TRACES_TASK_TRACE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace drydock::sim {

struct TraceTask {
  // Fit for the name of an object: a-z, 0-9 and -. Different tasks have different names.
  std::string name;
  absl::Duration at;  // From the beginning of the trace; never goes back.
  // It is not a task but the end of the one of that name.
  bool ends = false;
  int copies = 1;
  int64_t cpu_milli = 0;  // Of each copy.
  int64_t memory_bytes = 0;
  absl::Duration runs = absl::InfiniteDuration();  // Infinite: for ever, or until it ends.
};

struct TaskTraceSpec {
  std::string format;
  std::string file;
  // What a whole machine of the trace is, where the trace tells parts of one.
  int64_t machine_cpu_milli = 0;
  int64_t machine_memory_bytes = 0;
  // A job of swf that needs more is cut into copies of at most this; 0: never.
  int64_t max_cpu_milli = 0;
  // The machineId of azure-packing; absent: the one on which most VM types can be.
  std::optional<int64_t> machine_id;
};

class TaskTrace {
 public:
  virtual ~TaskTrace() = default;
  // Absent at the end. Errors name the file, the line and what was expected there.
  virtual absl::StatusOr<std::optional<TraceTask>> Next() = 0;
};

// "swf", "alibaba-2018", "google-2011", "azure-packing".
std::vector<absl::string_view> TaskTraceFormats();

// Whether the format tells parts of a machine, so that `machine_*` must be set.
bool NeedsMachine(absl::string_view format);

// REQUIRES: `spec.format` is one of TaskTraceFormats().
absl::StatusOr<std::unique_ptr<TaskTrace>> OpenTaskTrace(const TaskTraceSpec& spec);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_TRACES_TASK_TRACE_H_

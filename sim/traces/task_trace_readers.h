// The readers behind OpenTaskTrace: one file each.
#ifndef DRYDOCK_SIM_TRACES_TASK_TRACE_READERS_H_
#define DRYDOCK_SIM_TRACES_TASK_TRACE_READERS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "sim/traces/task_trace.h"

namespace drydock::sim {

absl::StatusOr<std::unique_ptr<TaskTrace>> OpenSwf(const TaskTraceSpec& spec);
absl::StatusOr<std::unique_ptr<TaskTrace>> OpenAlibaba2018(const TaskTraceSpec& spec);
absl::StatusOr<std::unique_ptr<TaskTrace>> OpenGoogle2011(const TaskTraceSpec& spec);
absl::StatusOr<std::unique_ptr<TaskTrace>> OpenAzurePacking(const TaskTraceSpec& spec);

// `text` with everything but a-z, 0-9 turned into -, for the name of an object.
std::string ObjectName(absl::string_view text);

// parts * whole, to the nearest unit.
int64_t PartOf(double parts, int64_t whole);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_TRACES_TASK_TRACE_READERS_H_

// A recorded workload, task by task.
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/traces/task_trace.h"
#include "sim/tripwire/simulation_scope.h"
#include "sim/workload/driver.h"
#include "src/api/core/v1/pod.h"

namespace drydock::sim {
namespace {

using rt::Task;

// The trace's file is an input of the run as the scenario's is, but too large to be read
// before it: the only thing from outside that a simulation takes in while it runs.
absl::StatusOr<std::unique_ptr<TaskTrace>> Open(const TaskTraceSpec& spec) {
  const OutsideScope outside;
  return OpenTaskTrace(spec);
}
absl::StatusOr<std::optional<TraceTask>> Read(TaskTrace& trace) {
  const OutsideScope outside;
  return trace.Next();
}
std::string NamespaceOf(const api::Value& pod) {
  const api::Value* const metadata = pod.Find("metadata");
  const api::Value* const ns = metadata == nullptr ? nullptr : metadata->Find("namespace");
  return ns == nullptr ? "default" : ns->text();
}

// Its file is closed outside, too.
struct Close {
  void operator()(TaskTrace* trace) const {
    const OutsideScope outside;
    delete trace;
  }
};

}  // namespace

Task<> WorkloadDriver::Do(const ReplayAction& action, rt::Random) {
  const rt::Instant begin = env_.executor().Now();
  absl::StatusOr<std::unique_ptr<TaskTrace>> opened = Open(action.trace);
  if (!opened.ok()) {
    Check(opened.status(), "replay");
    co_return;
  }
  const std::unique_ptr<TaskTrace, Close> trace(opened->release());
  int64_t tasks = 0;
  for (;;) {
    absl::StatusOr<std::optional<TraceTask>> task = Read(*trace);
    if (!task.ok()) Check(task.status(), "replay");
    if (!task.ok() || !task->has_value()) co_return;
    if ((*task)->at < action.from) continue;
    if (!(*task)->ends && action.limit > 0 && ++tasks > action.limit) co_return;
    const absl::Duration at = ((*task)->at - action.from) / action.speed;
    co_await env_.executor().SleepUntil(begin + at);
    tasks_.Spawn(ReplayOne(action, **std::move(task)));
  }
}

Task<> WorkloadDriver::ReplayOne(const ReplayAction& action, TraceTask task) {
  for (int copy = 0; copy < task.copies; ++copy) {
    if (task.ends) {
      Target target{&api::KindOf<api::Pod>(), NamespaceOf(action.object), PodNameOf(task, copy)};
      co_await DeleteOne(std::move(target));
      continue;
    }
    const absl::StatusOr<api::Value> tree = PodOfTask(action, task, copy);
    absl::StatusOr<std::unique_ptr<google::protobuf::Message>> message =
        tree.ok() ? DecodeManifest(*tree, scenario_.path) : tree.status();
    if (!message.ok()) {
      Check(message.status(), absl::StrCat("replay ", task.name));
      co_return;
    }
    co_await CreateOne(api::MakeObject(*std::move(message)));
  }
}

}  // namespace drydock::sim

// batch_task.csv of cluster-trace-v2018:
//   task_name,instance_num,job_name,task_type,status,start_time,end_time,plan_cpu,plan_mem
// times in seconds, plan_cpu in hundredths of a core, plan_mem in percent of a machine.
// https://github.com/alibaba/clusterdata, cluster-trace-v2018/schema.md
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "sim/traces/line_reader.h"
#include "sim/traces/task_trace_readers.h"

namespace drydock::sim {
namespace {

constexpr size_t kColumns = 9;
constexpr int64_t kMostSeconds = 1'000'000'000;
constexpr int64_t kMostInstances = 1'000'000;
constexpr double kMostCpu = 1e6;
constexpr double kMilliOfHundredths = 10;

class Alibaba2018 final : public TaskTrace {
 public:
  Alibaba2018(std::unique_ptr<LineReader> lines, const TaskTraceSpec& spec)
      : lines_(std::move(lines)), memory_(spec.machine_memory_bytes) {}

  absl::StatusOr<std::optional<TraceTask>> Next() override {
    for (;;) {
      const absl::StatusOr<bool> more = lines_->Next();
      if (!more.ok()) return more.status();
      if (!*more) return std::nullopt;
      if (lines_->line().empty()) continue;
      const auto cells = SplitCsv(*lines_, kColumns);
      if (!cells.ok()) return cells.status();
      absl::StatusOr<std::optional<TraceTask>> task = Task(*cells);
      if (!task.ok() || task->has_value()) return task;
    }
  }

 private:
  // Absent for one that never began.
  absl::StatusOr<std::optional<TraceTask>> Task(const std::vector<absl::string_view>& cells) {
    const auto instances = lines_->Int(cells[1], "instance_num", 0, kMostInstances);
    if (!instances.ok()) return instances.status();
    const auto start = lines_->Int(cells[5], "start_time", 0, kMostSeconds);
    if (!start.ok()) return start.status();
    const auto end = lines_->Int(cells[6], "end_time", 0, kMostSeconds);
    if (!end.ok()) return end.status();
    const auto cpu = lines_->Number(cells[7], "plan_cpu", 0, kMostCpu);
    if (!cpu.ok()) return cpu.status();
    const auto memory = lines_->Number(cells[8], "plan_mem", 0, 100);
    if (!memory.ok()) return memory.status();
    if (cells[0].empty() || cells[2].empty()) {
      return lines_->Error("expected a task_name and a job_name");
    }
    if (start->value_or(0) == 0 || instances->value_or(1) == 0) return std::nullopt;
    if (**start < last_start_) {
      return lines_->Error(absl::StrCat(
          "start_time: expected at least ", last_start_, ", that of the task before, got ", **start,
          "; sort the file first: sort -s -t, -k6,6n batch_task.csv"));
    }
    last_start_ = **start;
    TraceTask task;
    // Names of jobs repeat those of tasks, and the other way round: the line tells all apart.
    task.name = absl::StrCat(ObjectName(cells[2]), "-", lines_->number());
    task.at = absl::Seconds(**start);
    task.copies = static_cast<int>(instances->value_or(1));
    task.cpu_milli = static_cast<int64_t>(cpu->value_or(0) * kMilliOfHundredths);
    task.memory_bytes = PartOf(memory->value_or(0) / 100, memory_);
    const int64_t ends = end->value_or(0);
    if (ends > 0) task.runs = absl::Seconds(std::max<int64_t>(1, ends - **start));
    return task;
  }

  const std::unique_ptr<LineReader> lines_;
  const int64_t memory_;
  int64_t last_start_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TaskTrace>> OpenAlibaba2018(const TaskTraceSpec& spec) {
  absl::StatusOr<std::unique_ptr<LineReader>> lines = LineReader::Open(spec.file);
  if (!lines.ok()) return lines.status();
  return std::make_unique<Alibaba2018>(*std::move(lines), spec);
}

}  // namespace drydock::sim

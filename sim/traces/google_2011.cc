// task_events of clusterdata-2011-2 (format and schema 2.1), without a header:
//   time (us), missing info, job ID, task index, machine ID, event type, user, scheduling
//   class, priority, CPU request, memory request, disk request, different machines
// requests in parts of the largest machine. https://github.com/google/cluster-data
//
// What is kept in memory is which tasks are there: some bytes for each of those that live at
// a time, at most 2^24 of them.
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "sim/traces/line_reader.h"
#include "sim/traces/task_trace_readers.h"

namespace drydock::sim {
namespace {

constexpr size_t kColumns = 13;
constexpr size_t kMaxLiving = size_t{1} << 24;
constexpr int64_t kMost = INT64_MAX;
constexpr int64_t kAfterTheTrace = INT64_MAX;  // 2^63 - 1 microseconds.
enum EventType : int64_t {
  kSubmit = 0,
  kSchedule = 1,
  kEvict = 2,
  kFail = 3,
  kFinish = 4,
  kKill = 5,
  kLost = 6,
  kUpdateRunning = 8,
};

class Google2011 final : public TaskTrace {
 public:
  Google2011(std::unique_ptr<LineReader> lines, const TaskTraceSpec& spec)
      : lines_(std::move(lines)),
        cpu_(spec.machine_cpu_milli),
        memory_(spec.machine_memory_bytes) {}

  absl::StatusOr<std::optional<TraceTask>> Next() override {
    for (;;) {
      const absl::StatusOr<bool> more = lines_->Next();
      if (!more.ok()) return more.status();
      if (!*more) return std::nullopt;
      if (lines_->line().empty()) continue;
      const auto cells = SplitCsv(*lines_, kColumns);
      if (!cells.ok()) return cells.status();
      absl::StatusOr<std::optional<TraceTask>> task = Event(*cells);
      if (!task.ok() || task->has_value()) return task;
    }
  }

 private:
  using Key = std::pair<int64_t, int64_t>;  // Job and index.

  absl::StatusOr<int64_t> Need(absl::string_view cell, absl::string_view column, int64_t high) {
    const auto value = lines_->Int(cell, column, 0, high);
    if (!value.ok()) return value.status();
    if (!value->has_value()) return lines_->Error(absl::StrCat(column, ": is missing"));
    return **value;
  }

  // Absent for an event that neither brings nor ends a task.
  absl::StatusOr<std::optional<TraceTask>> Event(const std::vector<absl::string_view>& cells) {
    const auto time = Need(cells[0], "time", kMost);
    if (!time.ok()) return time.status();
    const auto job = Need(cells[2], "job ID", kMost);
    if (!job.ok()) return job.status();
    const auto index = Need(cells[3], "task index", kMost);
    if (!index.ok()) return index.status();
    const auto type = Need(cells[5], "event type", kUpdateRunning);
    if (!type.ok()) return type.status();
    const auto cpu = lines_->Number(cells[9], "CPU request", 0, 1);
    if (!cpu.ok()) return cpu.status();
    const auto memory = lines_->Number(cells[10], "memory request", 0, 1);
    if (!memory.ok()) return memory.status();
    if (*time < last_time_) {
      return lines_->Error(absl::StrCat("time: expected at least ", last_time_,
                                        ", that of the event before, got ", *time,
                                        "; put the parts together in their order"));
    }
    last_time_ = *time;
    if (*time == kAfterTheTrace) return std::nullopt;
    TraceTask task;
    task.at = absl::Microseconds(*time);
    const Key key(*job, *index);
    if (*type == kSubmit) {
      if (living_.size() >= kMaxLiving) {
        return lines_->Error(absl::StrCat("expected at most ", kMaxLiving, " tasks at a time"));
      }
      // A task that is submitted again has another name: the line's number is in it.
      if (!living_.emplace(key, lines_->number()).second) return std::nullopt;
      task.name = NameOf(key, lines_->number());
      task.cpu_milli = PartOf(cpu->value_or(0), cpu_);
      task.memory_bytes = PartOf(memory->value_or(0), memory_);
      return task;
    }
    if (*type < kEvict || *type > kLost) return std::nullopt;
    const auto living = living_.find(key);
    if (living == living_.end()) return std::nullopt;  // It came before the trace began.
    task.name = NameOf(key, living->second);
    task.ends = true;
    living_.erase(living);
    return task;
  }

  static std::string NameOf(const Key& key, uint64_t line) {
    return absl::StrCat("task-", key.first, "-", key.second, "-", line);
  }

  const std::unique_ptr<LineReader> lines_;
  const int64_t cpu_;
  const int64_t memory_;
  int64_t last_time_ = 0;
  absl::flat_hash_map<Key, uint64_t> living_;  // The line of its SUBMIT. Never iterated.
};

}  // namespace

absl::StatusOr<std::unique_ptr<TaskTrace>> OpenGoogle2011(const TaskTraceSpec& spec) {
  absl::StatusOr<std::unique_ptr<LineReader>> lines = LineReader::Open(spec.file);
  if (!lines.ok()) return lines.status();
  return std::make_unique<Google2011>(*std::move(lines), spec);
}

}  // namespace drydock::sim

// Standard Workload Format 2.2: 18 fields a line, ';' begins a comment, -1 is unknown.
// https://www.cs.huji.ac.il/labs/parallel/workload/swf.html
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/traces/line_reader.h"
#include "sim/traces/task_trace_readers.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

constexpr size_t kFields = 18;
constexpr double kMost = 1e12;
constexpr int64_t kCpuMilli = 1000;
constexpr int64_t kKilobyte = 1024;

// By index; fields count from 1 in the format's own description.
enum Field : size_t {
  kJob = 0,
  kSubmit = 1,
  kRunTime = 3,
  kAllocated = 4,
  kUsedMemory = 6,
  kRequested = 7,
  kRequestedTime = 8,
  kRequestedMemory = 9,
  kStatus = 10,
};
constexpr const char* kNames[] = {
    "job number",           "submit time",      "wait time",   "run time",
    "allocated processors", "average CPU time", "used memory", "requested processors",
    "requested time",       "requested memory", "status"};
constexpr double kCancelled = 5;

class Swf final : public TaskTrace {
 public:
  Swf(std::unique_ptr<LineReader> lines, const TaskTraceSpec& spec)
      : lines_(std::move(lines)), max_cpu_(spec.max_cpu_milli) {}

  absl::StatusOr<std::optional<TraceTask>> Next() override {
    for (;;) {
      const absl::StatusOr<bool> more = lines_->Next();
      if (!more.ok()) return more.status();
      if (!*more) return std::nullopt;
      const absl::string_view line = absl::StripAsciiWhitespace(lines_->line());
      if (line.empty() || line.front() == ';') continue;
      RETURN_IF_ERROR(Split(line));
      // Cancelled before it began: nobody was asked for anything.
      if (Known(kStatus) == kCancelled && Known(kRunTime) <= 0) continue;
      return Task();
    }
  }

 private:
  absl::Status Split(absl::string_view line) {
    const std::vector<absl::string_view> cells =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (cells.size() != kFields) {
      return lines_->Error(absl::StrCat("expected ", kFields, " fields, got ", cells.size()));
    }
    for (size_t i = 0; i < std::size(kNames); ++i) {
      const auto value = lines_->Number(cells[i], kNames[i], -1, kMost);
      if (!value.ok()) return value.status();
      fields_[i] = **value;
    }
    if (fields_[kSubmit] < last_submit_) {
      return lines_->Error(absl::StrCat("submit time: expected at least ", last_submit_,
                                        ", that of the job before; got ", fields_[kSubmit]));
    }
    last_submit_ = fields_[kSubmit];
    return absl::OkStatus();
  }

  double Known(Field field) const { return fields_[field]; }
  // The first that is known.
  double Either(Field first, Field second) const {
    return Known(first) > 0 ? Known(first) : std::max(0.0, Known(second));
  }

  TraceTask Task() const {
    TraceTask task;
    task.name = absl::StrCat("job-", static_cast<int64_t>(Known(kJob)));
    task.at = absl::Seconds(std::max(0.0, Known(kSubmit)));
    const auto processors =
        std::max<int64_t>(1, static_cast<int64_t>(Either(kAllocated, kRequested)));
    const int64_t each_at_most =
        max_cpu_ > 0 ? std::max<int64_t>(1, max_cpu_ / kCpuMilli) : processors;
    const int64_t copies = (processors + each_at_most - 1) / each_at_most;
    const int64_t each = (processors + copies - 1) / copies;
    task.copies = static_cast<int>(copies);
    task.cpu_milli = each * kCpuMilli;
    task.memory_bytes =
        static_cast<int64_t>(Either(kUsedMemory, kRequestedMemory)) * kKilobyte * each;
    // A run time of 0 is one of less than half a second.
    const double runs = Known(kRunTime) >= 0 ? Known(kRunTime) : Known(kRequestedTime);
    if (runs >= 0) task.runs = absl::Seconds(std::max(0.5, runs));
    return task;
  }

  const std::unique_ptr<LineReader> lines_;
  const int64_t max_cpu_;
  double fields_[std::size(kNames)] = {};
  double last_submit_ = -1;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TaskTrace>> OpenSwf(const TaskTraceSpec& spec) {
  absl::StatusOr<std::unique_ptr<LineReader>> lines = LineReader::Open(spec.file);
  if (!lines.ok()) return lines.status();
  return std::make_unique<Swf>(*std::move(lines), spec);
}

}  // namespace drydock::sim

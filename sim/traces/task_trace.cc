// The table of formats.
#include "sim/traces/task_trace.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "sim/traces/task_trace_readers.h"

namespace drydock::sim {
namespace {

struct Format {
  absl::string_view name;
  bool needs_machine;
  absl::StatusOr<std::unique_ptr<TaskTrace>> (*open)(const TaskTraceSpec& spec);
};

constexpr Format kFormats[] = {
    {"swf", false, OpenSwf},
    {"alibaba-2018", true, OpenAlibaba2018},
    {"google-2011", true, OpenGoogle2011},
    {"azure-packing", true, OpenAzurePacking},
};

const Format* FindFormat(absl::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace

std::vector<absl::string_view> TaskTraceFormats() {
  std::vector<absl::string_view> names;
  for (const Format& format : kFormats) names.push_back(format.name);
  return names;
}

bool NeedsMachine(absl::string_view format) {
  const Format* found = FindFormat(format);
  return found != nullptr && found->needs_machine;
}

absl::StatusOr<std::unique_ptr<TaskTrace>> OpenTaskTrace(const TaskTraceSpec& spec) {
  return FindFormat(spec.format)->open(spec);
}

std::string ObjectName(absl::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool fits = absl::ascii_isalnum(static_cast<unsigned char>(c));
    name.push_back(fits ? absl::ascii_tolower(static_cast<unsigned char>(c)) : '-');
  }
  return name;
}

int64_t PartOf(double parts, int64_t whole) {
  return std::llround(parts * static_cast<double>(whole));
}

}  // namespace drydock::sim

// A recorded workload: its file, and what becomes of its tasks.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/files/files.h"
#include "sim/scenario/sections.h"
#include "sim/traces/task_trace.h"
#include "src/api/codec/yaml.h"
#include "src/api/quantity.h"

namespace drydock::sim {
namespace {

using api::Value;

constexpr int64_t kMost = 1'000'000'000'000;
constexpr int64_t kMilli = 1000;
constexpr char kPod[] = R"(
apiVersion: v1
kind: Pod
metadata: {labels: {app: replay}}
spec:
  restartPolicy: Never
  containers: [{name: task, image: task}]
)";

int64_t ReadMilliCpus(Errors& errors, const Value& value, const std::string& path) {
  const bool text = value.is_string() || value.type() == Value::Type::kNumber;
  const absl::StatusOr<api::Quantity> quantity = api::Quantity::Parse(text ? value.text() : "");
  if (quantity.ok() && quantity->Sign() > 0 && quantity->MilliValue() <= kMost) {
    return quantity->MilliValue();
  }
  errors.Expected(value, path, "CPUs such as 500m or 64");
  return kMilli;
}

void ReadMachine(Errors& errors, ObjectReader reader, TaskTraceSpec* trace) {
  if (!reader.present()) return;
  if (const Value* cpu = reader.Need("cpu")) {
    trace->machine_cpu_milli = ReadMilliCpus(errors, *cpu, reader.PathOf("cpu"));
  }
  if (const Value* memory = reader.Need("memory")) {
    trace->machine_memory_bytes = ReadQuantity(errors, *memory, reader.PathOf("memory"));
  }
  if (reader.Find("id") != nullptr) trace->machine_id = reader.Int("id", 0, 0, kMost);
  reader.Finish();
}

// The first container is the task.
bool HasContainer(const Value& pod) {
  const Value* const spec = pod.Find("spec");
  const Value* const containers =
      spec != nullptr && spec->is_object() ? spec->Find("containers") : nullptr;
  return containers != nullptr && containers->is_array() && !containers->items().empty();
}

}  // namespace

ReplayAction ReadReplay(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  ReplayAction action;
  if (const Value* format = reader.Need("format")) {
    action.trace.format = reader.String("format", "");
    const std::vector<absl::string_view> formats = TaskTraceFormats();
    if (std::find(formats.begin(), formats.end(), action.trace.format) == formats.end()) {
      errors.Expected(*format, reader.PathOf("format"),
                      absl::StrCat("one of ", absl::StrJoin(formats, ", ")));
    }
  }
  reader.Need("file");
  action.trace.file = Beside(errors.file(), reader.String("file", ""));
  if (NeedsMachine(action.trace.format)) reader.Need("machine");
  ReadMachine(errors, reader.Object("machine"), &action.trace);
  if (const Value* most = reader.Find("maxCpu")) {
    action.trace.max_cpu_milli = ReadMilliCpus(errors, *most, reader.PathOf("maxCpu"));
  }
  action.from = reader.Duration("from", absl::ZeroDuration());
  action.speed = reader.Number("speed", 1, 0.001, 1'000'000);
  action.limit = reader.Int("limit", 0, 0, kMost);
  const Value* const object = reader.Find("object");
  action.object = object != nullptr ? *object : api::ParseYaml(kPod)->front();
  const Value* const kind = action.object.Find("kind");
  if (object != nullptr && (kind == nullptr || kind->text() != "Pod" || !HasContainer(*object))) {
    errors.Add(*object, reader.PathOf("object"), "expected a Pod with a container");
  }
  reader.Finish();
  return action;
}

}  // namespace drydock::sim

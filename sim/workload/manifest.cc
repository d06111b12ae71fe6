// Trees to objects.
#include "sim/workload/manifest.h"

#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "sim/scenario/value_path.h"
#include "src/api/codec/codec.h"
#include "src/api/object.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

using api::Value;

// Actions check what they refer to: one visitor for each form.
struct Checker {
  const Scenario& scenario;

  absl::Status operator()(const ApplyAction& action) const {
    for (const Value& object : action.objects) {
      RETURN_IF_ERROR(DecodeManifest(object, action.source).status());
    }
    return absl::OkStatus();
  }
  absl::Status operator()(const GenerateAction& action) const {
    Value tree = action.object;
    Number(0, &tree);
    rt::Random random(0, "check");
    RETURN_IF_ERROR(Vary(action.vary, random, &tree));
    return DecodeManifest(tree, scenario.path).status();
  }
  // The file's first task: what is wrong with the others shows when they come.
  absl::Status operator()(const ReplayAction& action) const {
    const absl::StatusOr<std::unique_ptr<TaskTrace>> trace = OpenTaskTrace(action.trace);
    if (!trace.ok()) return trace.status();
    const absl::StatusOr<std::optional<TraceTask>> first = (*trace)->Next();
    if (!first.ok()) return first.status();
    TraceTask task = first->value_or(TraceTask());
    if (task.name.empty()) task.name = "task";
    const absl::StatusOr<Value> pod = PodOfTask(action, task, 0);
    if (!pod.ok()) return InFile(pod.status());
    return DecodeManifest(*pod, scenario.path).status();
  }
  absl::Status operator()(const ScaleAction& action) const { return OneObject(action.target); }
  absl::Status operator()(const PatchAction& action) const { return OneObject(action.target); }
  absl::Status operator()(const DeleteAction& action) const {
    return InFile(ParseTarget(action.target).status());
  }
  absl::Status operator()(const ChurnAction& action) const {
    return InFile(ParseTarget(action.target).status());
  }

  absl::Status OneObject(const std::string& text) const {
    const absl::StatusOr<Target> target = ParseTarget(text);
    if (target.ok() && target->name.empty()) {
      return InFile(absl::InvalidArgumentError(
          absl::StrCat("target: expected kind/name, got \"", text, "\"")));
    }
    return InFile(target.status());
  }
  absl::Status InFile(const absl::Status& status) const {
    if (status.ok()) return status;
    return absl::InvalidArgumentError(absl::StrCat(scenario.path, ": ", status.message()));
  }
};

}  // namespace

void Number(int i, Value* tree) {
  const std::string number = absl::StrCat(i);
  switch (tree->type()) {
    case Value::Type::kString:
      if (tree->text().find("{{i}}") != std::string::npos) {
        const api::Position position = tree->position;
        *tree = Value::String(absl::StrReplaceAll(tree->text(), {{"{{i}}", number}}));
        tree->position = position;
      }
      return;
    case Value::Type::kArray:
      for (Value& item : tree->items()) Number(i, &item);
      return;
    case Value::Type::kObject:
      for (Value::Member& member : tree->members()) {
        member.key = absl::StrReplaceAll(member.key, {{"{{i}}", number}});
        Number(i, &member.value);
      }
      return;
    default:
      return;
  }
}

absl::Status Vary(const std::vector<VaryRule>& rules, rt::Random& random, Value* tree) {
  for (const VaryRule& rule : rules) {
    Value drawn;
    switch (rule.kind) {
      case VaryRule::Kind::kNumber:
        drawn = Value::Int(rule.distribution->DrawInt(random));
        break;
      case VaryRule::Kind::kDuration:
        drawn = Value::String(absl::StrFormat(
            "%dms", absl::ToInt64Milliseconds(rule.distribution->DrawDuration(random))));
        break;
      case VaryRule::Kind::kChoice:
        drawn = rule.choices[random.Below(rule.choices.size())];
        break;
    }
    const absl::Status set = SetValue(rule.path, std::move(drawn), tree);
    if (!set.ok()) return absl::InvalidArgumentError(absl::StrCat("vary: ", set.message()));
  }
  return absl::OkStatus();
}

std::string PodNameOf(const TraceTask& task, int copy) {
  return task.copies == 1 ? task.name : absl::StrCat(task.name, "-", copy);
}

absl::StatusOr<Value> PodOfTask(const ReplayAction& action, const TraceTask& task, int copy) {
  Value pod = action.object;
  const auto set = [&pod](absl::string_view path, const std::string& text) {
    return SetValue(path, Value::String(text), &pod);
  };
  RETURN_IF_ERROR(set("metadata.name", PodNameOf(task, copy)));
  constexpr char kRequests[] = "spec.containers[0].resources.requests.";
  if (task.cpu_milli > 0) {
    RETURN_IF_ERROR(set(absl::StrCat(kRequests, "cpu"), absl::StrCat(task.cpu_milli, "m")));
  }
  if (task.memory_bytes > 0) {
    RETURN_IF_ERROR(set(absl::StrCat(kRequests, "memory"), absl::StrCat(task.memory_bytes)));
  }
  if (task.runs != absl::InfiniteDuration()) {
    RETURN_IF_ERROR(set("metadata.annotations[sim.drydock.dev/run-for]",
                        absl::StrFormat("%dms", absl::ToInt64Milliseconds(task.runs))));
  }
  return pod;
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> DecodeManifest(
    const Value& tree, absl::string_view source) {
  absl::StatusOr<api::DecodedObject> decoded = api::DecodeTree(tree, "");
  if (!decoded.ok()) {
    // The message begins with a line, unless what is wrong was put there by `vary`.
    const absl::string_view message = decoded.status().message();
    const bool placed = !message.empty() && absl::ascii_isdigit(message.front());
    return absl::InvalidArgumentError(absl::StrCat(source, placed ? ":" : ": ", message));
  }
  if (!decoded->kind->stored) {
    return absl::InvalidArgumentError(absl::StrCat(
        source, ":", tree.position.line, ":", tree.position.column,
        ": expected an object that the API server keeps, got the kind ", decoded->kind->kind));
  }
  if (decoded->kind->namespaced) {
    auto* metadata = api::MutableMetadataOf(decoded->message.get());
    if (metadata->namespace_().empty()) metadata->set_namespace_("default");
  }
  return std::move(decoded->message);
}

absl::StatusOr<Target> ParseTarget(const std::string& text) {
  std::vector<std::string> parts = absl::StrSplit(text, '/');
  Target target;
  target.ns = "default";
  if (parts.size() == 3) {
    target.ns = parts[0];
    parts.erase(parts.begin());
  }
  if (parts.size() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("target: expected kind/name or namespace/kind/name, got \"", text, "\""));
  }
  target.kind = api::FindResourceByAnyName(parts[0]);
  if (target.kind == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("target: expected a kind such as deployment, got \"", parts[0], "\""));
  }
  if (!target.kind->namespaced) target.ns.clear();
  if (parts.size() == 2) target.name = parts[1];
  return target;
}

absl::Status CheckWorkload(const Scenario& scenario) {
  for (const WorkloadItem& item : scenario.workload) {
    RETURN_IF_ERROR(std::visit(Checker{scenario}, item.action));
  }
  return absl::OkStatus();
}

}  // namespace drydock::sim

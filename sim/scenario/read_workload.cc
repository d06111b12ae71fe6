// What users do: one reader for each form of action.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "sim/files/files.h"
#include "sim/scenario/sections.h"
#include "sim/scenario/value_path.h"
#include "src/api/codec/yaml.h"

namespace drydock::sim {
namespace {

using api::Value;

// A manifest must be an object with apiVersion, kind and metadata.
Value ReadManifest(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  if (reader.present()) {
    for (const char* field : {"apiVersion", "kind", "metadata"}) reader.Need(field);
    reader.String("apiVersion", "");
    reader.String("kind", "");
    reader.Object("metadata");  // The rest: when it is decoded.
  }
  return value;
}

ApplyAction ReadApply(Errors& errors, const Value& value, const std::string& path) {
  ApplyAction action;
  if (value.is_array()) {
    action.source = errors.file();
    for (size_t i = 0; i < value.items().size(); ++i) {
      action.objects.push_back(ReadManifest(errors, value.items()[i], IndexPath(path, i)));
    }
    return action;
  }
  if (!value.is_string()) {
    errors.Expected(value, path, "the name of a file, or a list of manifests");
    return action;
  }
  action.source = Beside(errors.file(), value.text());
  const absl::StatusOr<std::string> text = ReadFile(action.source);
  if (!text.ok()) {
    errors.Add(value, path, text.status().message());
    return action;
  }
  const absl::StatusOr<std::vector<Value>> documents = api::ParseYaml(*text);
  if (!documents.ok()) {
    errors.Add(value, path, absl::StrCat(action.source, ":", documents.status().message()));
    return action;
  }
  Errors inner(action.source);
  for (const Value& document : *documents) {
    if (document.is_null()) continue;
    action.objects.push_back(ReadManifest(inner, document, ""));
  }
  if (!inner.status().ok()) errors.Add(value, path, inner.status().message());
  return action;
}

VaryRule ReadVary(Errors& errors, const std::string& field, const Value& value,
                  const std::string& path) {
  VaryRule rule;
  rule.path = field;
  if (const Value* choices = value.is_object() ? value.Find("choice") : nullptr) {
    rule.kind = VaryRule::Kind::kChoice;
    if (value.members().size() != 1) {
      errors.Add(value, path, "expected no field beside choice");
    } else if (!choices->is_array() || choices->items().empty()) {
      errors.Add(*choices, path + ".choice", "expected a list of at least one value");
    } else {
      rule.choices = choices->items();
    }
    return rule;
  }
  // What the bounds are written as decides: durations have units.
  const Value* sample = &value;
  while (sample->is_object() || sample->is_array()) {
    if (sample->is_object() ? sample->members().empty() : sample->items().empty()) break;
    sample = sample->is_object() ? &sample->members().front().value : &sample->items().front();
  }
  const bool is_duration =
      sample->is_string() && absl::ascii_isalpha(static_cast<unsigned char>(
                                 sample->text().empty() ? '0' : sample->text().back()));
  rule.kind = is_duration ? VaryRule::Kind::kDuration : VaryRule::Kind::kNumber;
  rule.distribution =
      ReadDistribution(errors, value, path, is_duration ? Unit::kDuration : Unit::kNumber);
  return rule;
}

GenerateAction ReadGenerate(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  GenerateAction action;
  action.count = static_cast<int>(reader.Int("count", 1, 1, 10'000'000));
  action.over = reader.Duration("over", absl::ZeroDuration());
  const std::string arrivals = reader.String("arrivals", "even");
  if (arrivals != "even" && arrivals != "poisson") {
    errors.Expected(*reader.Find("arrivals"), reader.PathOf("arrivals"), "even or poisson");
  }
  action.poisson = arrivals == "poisson";
  if (const Value* object = reader.Need("object")) {
    action.object = ReadManifest(errors, *object, reader.PathOf("object"));
  }
  if (const Value* vary = reader.Find("vary")) {
    if (!vary->is_object()) {
      errors.Expected(*vary, reader.PathOf("vary"), "paths with their values");
    } else {
      for (const auto& entry : vary->members()) {
        const std::string where = absl::StrCat(reader.PathOf("vary"), ".", entry.key);
        action.vary.push_back(ReadVary(errors, entry.key, entry.value, where));
        if (const absl::Status parsed = ParseValuePath(entry.key).status(); !parsed.ok()) {
          errors.Add(entry.value, where, parsed.message());
        }
      }
    }
  }
  if (const Value* lifetime = reader.Find("lifetime")) {
    action.lifetime =
        ReadDistribution(errors, *lifetime, reader.PathOf("lifetime"), Unit::kDuration);
  }
  reader.Finish();
  return action;
}

ScaleAction ReadScale(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  ScaleAction action;
  reader.Need("target");
  reader.Need("replicas");
  action.target = reader.String("target", "");
  action.replicas = static_cast<int>(reader.Int("replicas", 0, 0, 1'000'000));
  reader.Finish();
  return action;
}

PatchAction ReadPatch(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  PatchAction action;
  reader.Need("target");
  action.target = reader.String("target", "");
  action.type = reader.String("type", "strategic");
  if (action.type != "strategic" && action.type != "merge" && action.type != "json") {
    errors.Expected(*reader.Find("type"), reader.PathOf("type"), "strategic, merge or json");
  }
  if (const Value* patch = reader.Need("patch")) action.patch = *patch;
  reader.Finish();
  return action;
}

DeleteAction ReadDelete(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  DeleteAction action;
  reader.Need("target");
  action.target = reader.String("target", "");
  action.selector = reader.String("selector", "");
  reader.Finish();
  return action;
}

ChurnAction ReadChurn(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  ChurnAction action;
  for (const char* field : {"target", "every", "until"}) reader.Need(field);
  action.target = reader.String("target", "");
  action.selector = reader.String("selector", "");
  action.every = reader.Duration("every", absl::Seconds(1));
  if (action.every <= absl::ZeroDuration()) {
    errors.Expected(*reader.Find("every"), reader.PathOf("every"), "a duration above 0");
  }
  action.until = reader.Duration("until", absl::ZeroDuration());
  action.scale_weight = static_cast<int>(reader.Int("scale", 1, 0, 1000));
  action.restart_weight = static_cast<int>(reader.Int("restart", 1, 0, 1000));
  action.kill_weight = static_cast<int>(reader.Int("kill", 1, 0, 1000));
  if (action.scale_weight > 0) {
    if (const Value* replicas = reader.Need("replicas")) {
      action.replicas =
          ReadDistribution(errors, *replicas, reader.PathOf("replicas"), Unit::kNumber);
    }
  } else {
    reader.Find("replicas");
  }
  reader.Finish();
  return action;
}

}  // namespace

WorkloadItem ReadWorkload(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  WorkloadItem item;
  reader.Need("at");
  item.at = reader.Duration("at", absl::ZeroDuration());
  const std::string action =
      reader.OneOf({"apply", "generate", "replay", "scale", "patch", "delete", "churn"});
  if (!action.empty()) {
    const Value& body = *reader.Find(action);
    const std::string where = reader.PathOf(action);
    if (action == "apply") item.action = ReadApply(errors, body, where);
    if (action == "generate") item.action = ReadGenerate(errors, body, where);
    if (action == "replay") item.action = ReadReplay(errors, body, where);
    if (action == "scale") item.action = ReadScale(errors, body, where);
    if (action == "patch") item.action = ReadPatch(errors, body, where);
    if (action == "delete") item.action = ReadDelete(errors, body, where);
    if (action == "churn") item.action = ReadChurn(errors, body, where);
  }
  reader.Finish();
  return item;
}

}  // namespace drydock::sim

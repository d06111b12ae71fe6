// The fields of a scenario, section by section. docs/scenarios.md is the reference.
#include "sim/scenario/parse.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/files/files.h"
#include "sim/scenario/expression.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/value_path.h"
#include "src/api/codec/yaml.h"
#include "src/scheduler/gpushare/policy.h"

namespace drydock::sim {
namespace {

using api::Value;

constexpr absl::Duration kNever = absl::InfiniteDuration();

std::string Index(const std::string& path, size_t i) { return absl::StrCat(path, "[", i, "]"); }

// The items of a list field; empty when it is absent.
std::vector<const Value*> Items(Errors& errors, ObjectReader& reader, absl::string_view field) {
  std::vector<const Value*> items;
  const Value* value = reader.Find(field);
  if (value == nullptr) return items;
  if (!value->is_array()) {
    errors.Expected(*value, reader.PathOf(field), "a list");
    return items;
  }
  for (const Value& item : value->items()) items.push_back(&item);
  return items;
}

NodePool ReadPool(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  NodePool pool;
  reader.Need("name");
  pool.name = reader.String("name", "");
  reader.Need("count");
  pool.count = static_cast<int>(reader.Int("count", 1, 0, 1'000'000));
  reader.Need("capacity");
  pool.capacity = reader.StringMap("capacity");
  for (const auto& [resource, amount] : pool.capacity) {
    ReadQuantity(errors, *value.Find("capacity")->Find(resource),
                 absl::StrCat(path, ".capacity.", resource));
  }
  const auto has_pods = [](const auto& entry) { return entry.first == "pods"; };
  if (std::none_of(pool.capacity.begin(), pool.capacity.end(), has_pods)) {
    pool.capacity.emplace_back("pods", "110");
  }
  pool.labels = reader.StringMap("labels");
  if (const Value* taints = reader.Find("taints")) pool.taints = *taints;
  reader.Finish();
  return pool;
}

ClusterSpec ReadCluster(Errors& errors, ObjectReader reader) {
  ClusterSpec cluster;
  if (!reader.present()) return cluster;
  cluster.zones = static_cast<int>(reader.Int("zones", 1, 1, 26));
  reader.Need("nodePools");
  size_t index = 0;
  for (const Value* pool : Items(errors, reader, "nodePools")) {
    cluster.node_pools.push_back(ReadPool(errors, *pool, Index(reader.PathOf("nodePools"), index++)));
  }

  ObjectReader images = reader.Object("images");
  if (const Value* size = images.Find("defaultSize")) {
    cluster.images.default_size_bytes = ReadQuantity(errors, *size, images.PathOf("defaultSize"));
  }
  for (const auto& [image, size] : images.StringMap("sizes")) {
    const std::string path = absl::StrCat(images.PathOf("sizes"), ".", image);
    cluster.images.sizes.emplace_back(
        image, ReadQuantity(errors, *images.Find("sizes")->Find(image), path));
  }
  if (const Value* bandwidth = images.Find("bandwidth")) {
    cluster.images.node_bandwidth = ReadQuantity(errors, *bandwidth, images.PathOf("bandwidth"));
  }
  cluster.images.preloaded = images.Bool("preloaded", false);
  images.Finish();

  ObjectReader latency = reader.Object("latency");
  Latencies& costs = cluster.latency;
  costs.same_zone = latency.Duration("sameZone", costs.same_zone);
  costs.cross_zone = latency.Duration("crossZone", costs.cross_zone);
  costs.api_read = latency.Duration("apiRead", costs.api_read);
  costs.api_write = latency.Duration("apiWrite", costs.api_write);
  costs.schedule_pod = latency.Duration("schedulePod", costs.schedule_pod);
  latency.Finish();

  cluster.container_start = reader.String("containerStart", "");
  if (const Value* scheduler = reader.Find("scheduler")) cluster.scheduler = *scheduler;
  ObjectReader controllers = reader.Object("controllers");
  cluster.controller_qps = controllers.Number("qps", 0, 0, 1e9);
  cluster.controller_burst = static_cast<int>(controllers.Int("burst", 0, 0, 1'000'000'000));
  controllers.Finish();
  reader.Finish();
  return cluster;
}

// A manifest must be an object with apiVersion, kind and a name.
Value ReadManifest(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  if (reader.present()) {
    for (const char* field : {"apiVersion", "kind", "metadata"}) reader.Need(field);
  }
  return value;
}

ApplyAction ReadApply(Errors& errors, const Value& value, const std::string& path) {
  ApplyAction action;
  if (value.is_array()) {
    action.source = errors.file();
    for (size_t i = 0; i < value.items().size(); ++i) {
      action.objects.push_back(ReadManifest(errors, value.items()[i], Index(path, i)));
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
    if (!choices->is_array() || choices->items().empty()) {
      errors.Expected(*choices, path + ".choice", "a list of at least one value");
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
  action.count = static_cast<int>(reader.Int("count", 1, 0, 10'000'000));
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

// The one field of `names` that `reader` has; an error when there is none or several.
std::string OneOf(Errors& errors, ObjectReader& reader, const std::vector<std::string>& names) {
  std::string found;
  for (const std::string& name : names) {
    if (reader.Find(name) == nullptr) continue;
    if (!found.empty()) {
      errors.Add(reader.value(), reader.path(), absl::StrCat("has both ", found, " and ", name));
    }
    found = name;
  }
  if (found.empty() && reader.present()) {
    std::string all;
    for (const std::string& name : names) {
      absl::StrAppend(&all, all.empty() ? "" : ", ", name);
    }
    errors.Expected(reader.value(), reader.path(), absl::StrCat("one of ", all));
  }
  return found;
}

WorkloadItem ReadWorkload(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  WorkloadItem item;
  reader.Need("at");
  item.at = reader.Duration("at", absl::ZeroDuration());
  const std::string action =
      OneOf(errors, reader, {"apply", "generate", "scale", "patch", "delete", "churn"});
  if (!action.empty()) {
    const Value& body = *reader.Find(action);
    const std::string where = reader.PathOf(action);
    if (action == "apply") item.action = ReadApply(errors, body, where);
    if (action == "generate") item.action = ReadGenerate(errors, body, where);
    if (action == "scale") item.action = ReadScale(errors, body, where);
    if (action == "patch") item.action = ReadPatch(errors, body, where);
    if (action == "delete") item.action = ReadDelete(errors, body, where);
    if (action == "churn") item.action = ReadChurn(errors, body, where);
  }
  reader.Finish();
  return item;
}

PowerOffFault ReadPowerOff(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  PowerOffFault fault;
  fault.machines = reader.StringList("machines");
  fault.random_nodes = static_cast<int>(reader.Int("randomNodes", 0, 1, 1'000'000));
  fault.zone = reader.String("zone", "");
  OneOf(errors, reader, {"machines", "randomNodes", "zone"});
  reader.Finish();
  return fault;
}

CrashFault ReadCrash(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  CrashFault fault;
  reader.Need("process");
  fault.process = reader.String("process", "");
  fault.machine = reader.String("machine", "");
  fault.random_nodes = static_cast<int>(reader.Int("randomNodes", 0, 1, 1'000'000));
  if (fault.process == "kubelet") {
    OneOf(errors, reader, {"machine", "randomNodes"});
  } else if (fault.process != "scheduler" && fault.process != "controller-manager" &&
             reader.Find("process") != nullptr) {
    errors.Expected(*reader.Find("process"), reader.PathOf("process"),
                    "kubelet, scheduler or controller-manager");
  }
  reader.Finish();
  return fault;
}

FaultItem ReadFault(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  FaultItem item;
  reader.Need("at");
  item.at = reader.Duration("at", absl::ZeroDuration());
  const absl::Duration lasts = reader.Duration("for", kNever);
  if (lasts != kNever) item.lasts = lasts;
  const std::string kind = OneOf(errors, reader, {"powerOff", "crash", "partition", "network"});
  if (kind == "powerOff") {
    item.fault = ReadPowerOff(errors, *reader.Find(kind), reader.PathOf(kind));
  } else if (kind == "crash") {
    item.fault = ReadCrash(errors, *reader.Find(kind), reader.PathOf(kind));
  } else if (kind == "partition") {
    ObjectReader partition = reader.Object(kind);
    partition.Need("from");
    partition.Need("to");
    item.fault = PartitionFault{partition.String("from", ""), partition.String("to", ""),
                                partition.Bool("oneWay", false)};
    partition.Finish();
  } else if (kind == "network") {
    ObjectReader network = reader.Object(kind);
    item.fault = NetworkDegradation{network.Number("loss", 0, 0, 1),
                                    network.Duration("extraLatency", absl::ZeroDuration())};
    network.Finish();
  }
  reader.Finish();
  return item;
}

CheckItem ReadCheck(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  CheckItem check;
  check.always = OneOf(errors, reader, {"expect", "always"}) == "always";
  const char* const when = check.always ? "from" : "by";
  if (!check.always) reader.Need(when);
  check.at = reader.Duration(when, absl::ZeroDuration());
  const char* const what = check.always ? "always" : "expect";
  check.expect = reader.String(what, "");
  if (const Value* text = reader.Find(what)) {
    const absl::Status parsed = Expression::Parse(check.expect).status();
    if (!parsed.ok()) errors.Add(*text, reader.PathOf(what), parsed.message());
  }
  reader.Finish();
  return check;
}

void ReadTrace(Errors& errors, ObjectReader reader, Scenario* scenario) {
  if (!reader.present()) return;
  TraceSpec trace;
  reader.Need("format");
  trace.format = reader.String("format", "");
  if (trace.format != "openb" && reader.Find("format") != nullptr) {
    errors.Expected(*reader.Find("format"), reader.PathOf("format"), "openb");
  }
  trace.dir = reader.String("dir", "");
  trace.list = reader.String("list", "default");
  trace.load = reader.Number("load", 1.3, 0.001, 10);
  reader.Finish();
  scenario->trace = std::move(trace);
}

void ReadPolicy(Errors& errors, ObjectReader& spec, Scenario* scenario) {
  scenario->policy = spec.String("policy", "");
  if (scenario->policy.empty()) return;
  if (scheduler::gpushare::ParsePolicy(scenario->policy).has_value()) return;
  std::string names;
  for (const absl::string_view name : scheduler::gpushare::PolicyNames()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", name);
  }
  errors.Expected(*spec.Find("policy"), spec.PathOf("policy"), absl::StrCat("one of ", names));
}

Scenario ReadScenario(Errors& errors, const Value& root) {
  Scenario scenario;
  scenario.path = errors.file();
  ObjectReader top(errors, &root, "");
  for (const auto& [field, wanted] :
       {std::pair<const char*, const char*>{"apiVersion", "sim.drydock.dev/v1"},
        {"kind", "Scenario"}}) {
    const Value* value = top.Need(field);
    if (value != nullptr && (!value->is_string() || value->text() != wanted)) {
      errors.Expected(*value, field, wanted);
    }
  }
  ObjectReader metadata = top.Object("metadata");
  metadata.Need("name");
  scenario.name = metadata.String("name", "");
  metadata.Finish();

  top.Need("spec");
  ObjectReader spec = top.Object("spec");
  scenario.description = spec.String("description", "");
  scenario.seed =
      static_cast<uint64_t>(spec.Int("seed", 1, 0, std::numeric_limits<int64_t>::max()));
  scenario.duration = spec.Duration("duration", absl::ZeroDuration());
  scenario.sample_every = spec.Duration("sampleEvery", absl::Seconds(10));
  if (scenario.sample_every < absl::Milliseconds(1)) {
    errors.Expected(*spec.Find("sampleEvery"), spec.PathOf("sampleEvery"), "at least 1ms");
  }
  const std::string start = spec.String("start", "2026-01-01T00:00:00Z");
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, start, &scenario.start, &why)) {
    errors.Expected(*spec.Find("start"), spec.PathOf("start"),
                    "a time such as 2026-01-01T00:00:00Z");
  }
  ReadPolicy(errors, spec, &scenario);
  ReadTrace(errors, spec.Object("trace"), &scenario);
  scenario.cluster = ReadCluster(errors, spec.Object("cluster"));
  if (!scenario.trace.has_value() && spec.present()) {
    spec.Need("duration");
    spec.Need("cluster");
  }
  size_t index = 0;
  for (const Value* item : Items(errors, spec, "workload")) {
    scenario.workload.push_back(ReadWorkload(errors, *item, Index("spec.workload", index++)));
  }
  index = 0;
  for (const Value* item : Items(errors, spec, "faults")) {
    scenario.faults.push_back(ReadFault(errors, *item, Index("spec.faults", index++)));
  }
  index = 0;
  for (const Value* item : Items(errors, spec, "checks")) {
    scenario.checks.push_back(ReadCheck(errors, *item, Index("spec.checks", index++)));
  }
  spec.Finish();
  top.Finish();
  return scenario;
}

absl::Status ApplySet(const std::pair<std::string, std::string>& set, Value* root) {
  const std::string prefix = absl::StrCat("--set ", set.first, ": ");
  const absl::StatusOr<std::vector<Value>> documents = api::ParseYaml(set.second);
  if (!documents.ok() || documents->size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(prefix, "expected one YAML value, got \"", set.second, "\""));
  }
  const absl::Status changed =
      SetValue("spec." + set.first, documents->empty() ? Value() : documents->front(), root);
  if (changed.ok()) return changed;
  return absl::InvalidArgumentError(absl::StrCat(prefix, changed.message()));
}

}  // namespace

absl::StatusOr<Scenario> LoadScenario(
    const std::string& path, const std::vector<std::pair<std::string, std::string>>& set) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<Value>> documents = api::ParseYaml(*text);
  if (!documents.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", documents.status().message()));
  }
  if (documents->size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": expected one document of kind "
                                                         "Scenario, got ",
                                                   documents->size()));
  }
  for (const auto& change : set) {
    const absl::Status applied = ApplySet(change, &documents->front());
    if (!applied.ok()) return applied;
  }
  Errors errors(path);
  Scenario scenario = ReadScenario(errors, documents->front());
  if (!errors.status().ok()) return errors.status();
  return scenario;
}

}  // namespace drydock::sim

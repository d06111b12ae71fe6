// The fields of a scenario. docs/scenarios.md is the reference.
#include "sim/scenario/parse.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "sim/files/files.h"
#include "sim/scenario/expression.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/sections.h"
#include "sim/scenario/value_path.h"
#include "src/api/codec/yaml.h"
#include "src/scheduler/gpushare/policy.h"

namespace drydock::sim {
namespace {

using api::Value;

CheckItem ReadCheck(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  CheckItem check;
  check.always = reader.OneOf({"expect", "always"}) == "always";
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
  if (spec.Find("policy") == nullptr) return;
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
  scenario.name = ReadHead(errors, top, "Scenario");
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
  if (!absl::ParseTime(absl::RFC3339_full, start, &scenario.start, &why) ||
      scenario.start == absl::InfiniteFuture() || scenario.start == absl::InfinitePast()) {
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
  for (const Value* item : spec.Items("workload")) {
    scenario.workload.push_back(ReadWorkload(errors, *item, IndexPath("spec.workload", index++)));
  }
  index = 0;
  for (const Value* item : spec.Items("faults")) {
    scenario.faults.push_back(ReadFault(errors, *item, IndexPath("spec.faults", index++)));
  }
  index = 0;
  for (const Value* item : spec.Items("checks")) {
    scenario.checks.push_back(ReadCheck(errors, *item, IndexPath("spec.checks", index++)));
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

absl::StatusOr<Scenario> LoadScenario(const std::string& path,
                                      const std::vector<std::pair<std::string, std::string>>& set) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<Value>> documents = api::ParseYaml(*text);
  if (!documents.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", documents.status().message()));
  }
  if (documents->size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(path,
                                                   ": expected one document of kind "
                                                   "Scenario, got ",
                                                   documents->size()));
  }
  Errors errors(path);
  CheckDuplicates(errors, documents->front(), "");
  for (const auto& change : set) {
    const absl::Status applied = ApplySet(change, &documents->front());
    if (!applied.ok()) return applied;
  }
  Scenario scenario = ReadScenario(errors, documents->front());
  if (!errors.status().ok()) return errors.status();
  return scenario;
}

}  // namespace drydock::sim

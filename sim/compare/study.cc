// Reading a study: the file, then what the command line changes.
#include "sim/compare/study.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/files/files.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/value_path.h"
#include "src/api/codec/json.h"
#include "src/api/codec/yaml.h"

namespace drydock::sim {
namespace {

using api::Value;

constexpr size_t kMaxCells = 100'000;
constexpr char kDefaultSeeds[] = "1..10";

// YAML for --set: JSON is.
std::string AsYaml(const Value& value) { return api::WriteJson(value); }

// What a value is called when nobody says.
std::string NameOf(const Value& value) {
  switch (value.type()) {
    case Value::Type::kBool:
      return value.flag() ? "true" : "false";
    case Value::Type::kNumber:
    case Value::Type::kString:
      return value.text();
    default:
      return api::WriteJson(value);
  }
}

void CheckPath(Errors& errors, const Value& at, const std::string& field, const std::string& path) {
  const absl::Status parsed = ParseValuePath(path).status();
  if (!parsed.ok()) errors.Add(at, field, parsed.message());
}

Settings ReadSettings(Errors& errors, ObjectReader& reader, absl::string_view field) {
  Settings settings;
  const Value* const found = reader.Find(field);
  if (found == nullptr) return settings;
  if (!found->is_object()) {
    errors.Expected(*found, reader.PathOf(field), "paths with their values");
    return settings;
  }
  for (const Value::Member& member : found->members()) {
    CheckPath(errors, member.value, reader.PathOf(field), member.key);
    settings.emplace_back(member.key, AsYaml(member.value));
  }
  return settings;
}

// `path` is what the axis changes; empty: each value says what it sets.
AxisValue ReadAxisValue(Errors& errors, const Value& value, const std::string& where,
                        const std::string& path) {
  AxisValue read;
  if (!value.is_object()) {
    read.name = NameOf(value);
    if (path.empty()) {
      errors.Expected(value, where, "{name: NAME, set: {PATH: VALUE}}, since the axis has no path");
    }
    read.set.emplace_back(path, AsYaml(value));
    return read;
  }
  ObjectReader reader(errors, &value, where);
  reader.Need("name");
  read.name = reader.String("name", "");
  if (reader.OneOf({"value", "set"}) == "set") {
    read.set = ReadSettings(errors, reader, "set");
  } else if (const Value* given = reader.Find("value")) {
    if (path.empty()) errors.Add(*given, reader.PathOf("value"), "the axis has no path; use set");
    read.set.emplace_back(path, AsYaml(*given));
  }
  reader.Finish();
  return read;
}

Axis ReadAxis(Errors& errors, const Value& value, const std::string& where) {
  ObjectReader reader(errors, &value, where);
  Axis axis;
  const std::string path = reader.String("path", "");
  if (const Value* given = reader.Find("path")) {
    CheckPath(errors, *given, reader.PathOf("path"), path);
  }
  axis.name = reader.String("name", path);
  if (axis.name.empty()) errors.Add(value, where, "expected a name or a path");
  const Value* const values = reader.Need("values");
  size_t index = 0;
  std::set<std::string> names;
  for (const Value* item : reader.Items("values")) {
    const std::string at = IndexPath(reader.PathOf("values"), index++);
    axis.values.push_back(ReadAxisValue(errors, *item, at, path));
    if (!names.insert(axis.values.back().name).second) {
      errors.Add(*item, at, absl::StrCat("another value is called ", axis.values.back().name));
    }
  }
  if (values != nullptr && axis.values.empty()) {
    errors.Add(*values, reader.PathOf("values"), "expected at least one value");
  }
  reader.Finish();
  return axis;
}

Metric ReadMetric(Errors& errors, const Value& value, const std::string& where) {
  ObjectReader reader(errors, &value, where);
  Metric metric;
  if (const Value* path = reader.Need("path")) {
    metric.path = reader.String("path", "");
    CheckPath(errors, *path, reader.PathOf("path"), metric.path);
  }
  metric.name = reader.String("name", metric.path);
  metric.unit = reader.String("unit", "");
  metric.scale = reader.Number("scale", 1, 0, 1e12);
  metric.bound = reader.String("bound", "");
  if (const Value* bound = reader.Find("bound")) {
    CheckPath(errors, *bound, reader.PathOf("bound"), metric.bound);
  }
  const std::string better = reader.String("better", "neither");
  if (better == "higher") {
    metric.better = Metric::Better::kHigher;
  } else if (better == "lower") {
    metric.better = Metric::Better::kLower;
  } else if (better != "neither") {
    errors.Expected(*reader.Find("better"), reader.PathOf("better"), "higher, lower or neither");
  }
  reader.Finish();
  return metric;
}

CurvePlot ReadPlot(Errors& errors, const Value& value, const std::string& where) {
  ObjectReader reader(errors, &value, where);
  CurvePlot plot;
  reader.Need("path");
  for (const auto& [field, into] : {std::pair<const char*, std::string*>{"path", &plot.path},
                                    {"x", &plot.x},
                                    {"bound", &plot.bound}}) {
    *into = reader.String(field, "");
    if (const Value* path = reader.Find(field)) {
      CheckPath(errors, *path, reader.PathOf(field), *into);
    }
  }
  plot.title = reader.String("title", plot.path);
  plot.x_label = reader.String("xLabel", "");
  plot.y_label = reader.String("yLabel", "");
  plot.from = reader.Number("from", 0, 0, 1e15);
  plot.y_from_zero = reader.Bool("yFromZero", true);
  plot.scale = reader.Number("scale", 1, 0, 1e12);
  reader.Finish();
  return plot;
}

void ReadSeeds(Errors& errors, ObjectReader& reader, Study* study) {
  const Value* const found = reader.Find("seeds");
  if (found == nullptr) return;
  if (found->is_array()) {
    for (const Value& item : found->items()) {
      uint64_t seed = 0;
      if (item.type() == Value::Type::kNumber && absl::SimpleAtoi(item.text(), &seed)) {
        study->seeds.push_back(seed);
      } else {
        errors.Expected(item, reader.PathOf("seeds"), "a whole number");
      }
    }
    const std::set<uint64_t> different(study->seeds.begin(), study->seeds.end());
    if (different.size() != study->seeds.size()) {
      errors.Add(*found, reader.PathOf("seeds"), "a seed stands here twice");
    }
    return;
  }
  absl::StatusOr<std::vector<uint64_t>> seeds = ParseSeeds(NameOf(*found));
  if (!seeds.ok()) {
    errors.Add(*found, reader.PathOf("seeds"), seeds.status().message());
    return;
  }
  study->seeds = *std::move(seeds);
}

void ReadComparison(Errors& errors, ObjectReader& spec, Study* study) {
  const std::string compare = spec.String("compare", "");
  if (const Value* at = spec.Find("compare")) {
    const auto axis = std::find_if(study->axes.begin(), study->axes.end(),
                                   [&](const Axis& one) { return one.name == compare; });
    if (axis == study->axes.end()) {
      errors.Expected(*at, spec.PathOf("compare"), "the name of something that varies");
      return;
    }
    study->compared = static_cast<size_t>(axis - study->axes.begin());
  }
  study->baseline = spec.String("baseline", "");
}

Study ReadStudy(Errors& errors, const Value& root) {
  Study study;
  ObjectReader top(errors, &root, "");
  study.name = ReadHead(errors, top, "Study");
  top.Need("spec");
  ObjectReader spec = top.Object("spec");
  study.description = spec.String("description", "");
  if (spec.present()) spec.Need("scenario");
  study.scenario = Beside(errors.file(), spec.String("scenario", ""));
  study.set = ReadSettings(errors, spec, "set");
  ReadSeeds(errors, spec, &study);
  size_t index = 0;
  for (const Value* item : spec.Items("vary")) {
    const std::string where = IndexPath("spec.vary", index++);
    study.axes.push_back(ReadAxis(errors, *item, where));
    for (size_t i = 0; i + 1 < study.axes.size(); ++i) {
      if (study.axes[i].name != study.axes.back().name) continue;
      errors.Add(*item, where, absl::StrCat("another one is called ", study.axes[i].name));
    }
  }
  ReadComparison(errors, spec, &study);
  index = 0;
  for (const Value* item : spec.Items("metrics")) {
    study.metrics.push_back(ReadMetric(errors, *item, IndexPath("spec.metrics", index++)));
  }
  index = 0;
  for (const Value* item : spec.Items("plots")) {
    study.plots.push_back(ReadPlot(errors, *item, IndexPath("spec.plots", index++)));
  }
  spec.Finish();
  top.Finish();
  return study;
}

// --vary path=a,b,c: an axis of its own, or other values for the axis of that name or path.
absl::Status ApplyVary(const std::string& path, const std::string& list, Study* study) {
  const std::string flag = absl::StrCat("--vary ", path, ": ");
  const absl::StatusOr<std::vector<Value>> parsed = api::ParseYaml(absl::StrCat("[", list, "]"));
  if (!parsed.ok() || parsed->size() != 1 || !parsed->front().is_array() ||
      parsed->front().items().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, "expected values separated by commas, got \"", list, "\""));
  }
  Axis axis;
  axis.name = path;
  for (Axis& known : study->axes) {
    if (known.name == path) axis = known;
  }
  std::vector<AxisValue> values;
  for (const Value& value : parsed->front().items()) {
    const std::string name = NameOf(value);
    // A value that the file has a name for means what the file says.
    const auto known = std::find_if(axis.values.begin(), axis.values.end(),
                                    [&](const AxisValue& one) { return one.name == name; });
    AxisValue added;
    if (known != axis.values.end()) {
      added = *known;
    } else {
      // All values of an axis with a path set that path alone.
      const bool has_path = !axis.values.empty() && axis.values.front().set.size() == 1;
      added.name = name;
      added.set.emplace_back(has_path ? axis.values.front().set.front().first : path,
                             AsYaml(value));
    }
    for (const AxisValue& one : values) {
      if (one.name != name) continue;
      return absl::InvalidArgumentError(absl::StrCat(flag, name, " stands there twice"));
    }
    values.push_back(std::move(added));
  }
  axis.values = std::move(values);
  for (Axis& known : study->axes) {
    if (known.name != path) continue;
    known = std::move(axis);
    return absl::OkStatus();
  }
  if (const absl::Status parsed_path = ParseValuePath(path).status(); !parsed_path.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--vary: ", parsed_path.message()));
  }
  study->axes.push_back(std::move(axis));
  return absl::OkStatus();
}

absl::Status ApplyChanges(const StudyChanges& changes, Study* study) {
  for (const auto& change : changes.set) study->set.push_back(change);
  for (const auto& [path, list] : changes.vary) {
    if (absl::Status applied = ApplyVary(path, list, study); !applied.ok()) return applied;
  }
  if (!changes.seeds.empty() || study->seeds.empty()) {
    absl::StatusOr<std::vector<uint64_t>> seeds =
        ParseSeeds(changes.seeds.empty() ? kDefaultSeeds : changes.seeds);
    if (!seeds.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--seeds: ", seeds.status().message()));
    }
    study->seeds = *std::move(seeds);
  }
  if (study->axes.empty()) study->axes.push_back({"scenario", {{study->name, {}}}});
  size_t cells = study->seeds.size();
  for (const Axis& axis : study->axes) {
    cells *= axis.values.size();
    if (cells > kMaxCells) {
      return absl::InvalidArgumentError(
          absl::StrCat(study->name, ": expected at most ", kMaxCells, " runs in a study"));
    }
  }
  const std::vector<AxisValue>& compared = study->axes[study->compared].values;
  if (!study->baseline.empty() &&
      std::none_of(compared.begin(), compared.end(),
                   [&](const AxisValue& one) { return one.name == study->baseline; })) {
    return absl::InvalidArgumentError(
        absl::StrCat(study->name, ": spec.baseline: ", study->axes[study->compared].name,
                     " has no value ", study->baseline));
  }
  return absl::OkStatus();
}

bool HasNumbers(const Value& results, absl::string_view path) {
  const Value* found = FindValue(*ParseValuePath(path), results);
  if (found == nullptr) return false;
  return found->type() == Value::Type::kNumber || (found->is_array() && !found->items().empty());
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> ParseSeeds(const std::string& text) {
  const absl::Status wrong = absl::InvalidArgumentError(
      absl::StrCat("expected seeds such as 1..10 or 1,2,5..9, got \"", text, "\""));
  std::vector<uint64_t> seeds;
  std::set<uint64_t> different;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<std::string> ends = absl::StrSplit(part, "..");
    uint64_t first = 0;
    uint64_t last = 0;
    if (ends.size() > 2 || !absl::SimpleAtoi(ends.front(), &first) ||
        !absl::SimpleAtoi(ends.back(), &last) || last < first || last - first >= kMaxCells ||
        last > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return wrong;
    }
    for (uint64_t seed = first; seed <= last; ++seed) {
      if (!different.insert(seed).second) {
        return absl::InvalidArgumentError(absl::StrCat("the seed ", seed, " stands there twice"));
      }
      seeds.push_back(seed);
    }
  }
  return seeds;
}

absl::StatusOr<Study> LoadStudy(const std::string& path, const StudyChanges& changes) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  const absl::StatusOr<std::vector<Value>> documents = api::ParseYaml(*text);
  if (!documents.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", documents.status().message()));
  }
  if (documents->size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": expected one document of kind Study or Scenario, got ", documents->size()));
  }
  const Value& root = documents->front();
  Study study;
  Errors errors(path);
  const Value* const kind = root.is_object() ? root.Find("kind") : nullptr;
  if (kind != nullptr && kind->text() == "Scenario") {
    ObjectReader top(errors, &root, "");
    study.name = ReadHead(errors, top, "Scenario");
    ObjectReader spec = top.Object("spec");
    study.description = spec.String("description", "");
    study.scenario = path;
  } else {
    CheckDuplicates(errors, root, "");
    study = ReadStudy(errors, root);
  }
  if (!errors.status().ok()) return errors.status();
  if (absl::Status changed = ApplyChanges(changes, &study); !changed.ok()) return changed;
  return study;
}

std::vector<Cell> CellsOf(const Study& study) {
  std::vector<Cell> cells;
  std::vector<size_t> choice(study.axes.size(), 0);
  for (;;) {
    Cell cell;
    cell.choice = choice;
    cell.set = study.set;
    for (size_t i = 0; i < choice.size(); ++i) {
      const AxisValue& value = study.axes[i].values[choice[i]];
      cell.set.insert(cell.set.end(), value.set.begin(), value.set.end());
      absl::StrAppend(&cell.label, study.axes[i].name, "=", value.name, " ");
    }
    for (const uint64_t seed : study.seeds) {
      cells.push_back(cell);
      cells.back().seed = seed;
      absl::StrAppend(&cells.back().label, "seed=", seed);
    }
    size_t at = choice.size();
    while (at > 0 && ++choice[at - 1] == study.axes[at - 1].values.size()) choice[--at] = 0;
    if (at == 0) return cells;
  }
}

std::vector<Metric> DefaultMetrics(const Value& results) {
  using Better = Metric::Better;
  const Metric all[] = {
      {"allocation at 100% load", "curves.allocation[100]", "% of GPUs", Better::kHigher,
       "curves.allocationBound[100]"},
      {"allocation at the end", "curves.allocation[130]", "% of GPUs", Better::kHigher,
       "curves.allocationBound[130]"},
      {"fragmentation at 100% load", "curves.fragmentation[100]", "% of GPUs", Better::kLower, ""},
      {"mean wait for a node", "pods.pendingSeconds.mean", "s", Better::kLower, ""},
      {"99% bound within", "pods.pendingSeconds.p99", "s", Better::kLower, ""},
      {"99% running within", "pods.startSeconds.p99", "s", Better::kLower, ""},
      {"CPU requested", "utilisation.cpu.mean", "% of CPUs", Better::kHigher, "", 100},
      {"memory requested", "utilisation.memory.mean", "% of memory", Better::kHigher, "", 100},
      {"CPU fragmentation", "fragmentation.cpu.mean", "% of free CPUs", Better::kLower, "", 100},
      {"preemptions", "scheduler.preemptions", "pods", Better::kLower, ""},
  };
  std::vector<Metric> metrics;
  for (const Metric& metric : all) {
    if (HasNumbers(results, metric.path)) metrics.push_back(metric);
  }
  return metrics;
}

std::vector<CurvePlot> DefaultPlots(const Value& results) {
  const char* const load = "arrived load, percent of all GPUs";
  const CurvePlot all[] = {
      {"Allocation", "curves.allocation", "", load, "percent of all GPUs",
       "curves.allocationBound"},
      {"Fragmentation", "curves.fragmentation", "", load, "percent of all GPUs", ""},
      {"Pods that wait", "series.podsPending", "series.seconds", "seconds", "pods", ""},
      {"CPU requested", "series.cpu", "series.seconds", "seconds", "percent of allocatable", "", 0,
       true, 100},
      {"Free CPU where a mean pod does not fit", "series.cpuFragmentation", "series.seconds",
       "seconds", "percent of the free CPU", "", 0, true, 100},
  };
  std::vector<CurvePlot> plots;
  for (const CurvePlot& plot : all) {
    if (HasNumbers(results, plot.path)) plots.push_back(plot);
  }
  return plots;
}

}  // namespace drydock::sim

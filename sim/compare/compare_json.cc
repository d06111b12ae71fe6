// A study as JSON. docs/studies.md names and explains every field.
#include "absl/strings/str_cat.h"
#include "sim/compare/compare_report.h"
#include "sim/report/json_number.h"

namespace drydock::sim {
namespace {

using api::Value;

const char* BetterName(Metric::Better better) {
  switch (better) {
    case Metric::Better::kHigher:
      return "higher";
    case Metric::Better::kLower:
      return "lower";
    case Metric::Better::kNeither:
      break;
  }
  return "neither";
}

Value ComparisonJson(const RankedValue& value, const std::string& baseline) {
  const PairedComparison& pair = *value.against;
  Value json = Value::Object();
  json["with"] = Value::String(baseline);
  json["difference"] = JsonNumber(pair.difference);
  json["low"] = JsonNumber(pair.low);
  json["high"] = JsonNumber(pair.high);
  json["t"] = JsonNumber(pair.t);
  json["pairedT"] = JsonNumber(pair.t_p);
  json["pairedTHolm"] = JsonNumber(value.adjusted_p);
  json["wilcoxon"] = JsonNumber(pair.wilcoxon_p);
  return json;
}

Value RankingJson(const Study& study, const Metric& metric, const Ranking& ranking) {
  const std::vector<AxisValue>& names = study.axes[study.compared].values;
  Value json = Value::Object();
  json["metric"] = Value::String(metric.name);
  if (ranking.bound.has_value()) json["bound"] = JsonNumber(*ranking.bound);
  Value values = Value::Array();
  for (size_t i = 0; i < ranking.values.size(); ++i) {
    const RankedValue& value = ranking.values[i];
    Value item = Value::Object();
    item["value"] = Value::String(names[value.value].name);
    if (metric.better != Metric::Better::kNeither) {
      item["rank"] = Value::Int(static_cast<int64_t>(i + 1));
    }
    item["count"] = Value::Int(static_cast<int64_t>(value.summary.count));
    item["mean"] = JsonNumber(value.summary.mean);
    item["low"] = JsonNumber(value.summary.low);
    item["high"] = JsonNumber(value.summary.high);
    item["deviation"] = JsonNumber(value.summary.deviation);
    item["min"] = JsonNumber(value.summary.min);
    item["max"] = JsonNumber(value.summary.max);
    if (value.against.has_value()) {
      item["compared"] = ComparisonJson(value, names[ranking.values[ranking.baseline].value].name);
    }
    values.items().push_back(std::move(item));
  }
  json["values"] = std::move(values);
  return json;
}

Value CurveJson(const std::string& name, const Curve& curve) {
  Value json = Value::Object();
  json["value"] = Value::String(name);
  Value mean = Value::Array();
  for (const auto& [x, y] : curve.mean) mean.items().push_back(JsonNumber(y));
  json["mean"] = std::move(mean);
  if (curve.interval.empty()) return json;
  Value low = Value::Array();
  Value high = Value::Array();
  for (const auto& [from, to] : curve.interval) {
    low.items().push_back(JsonNumber(from));
    high.items().push_back(JsonNumber(to));
  }
  json["low"] = std::move(low);
  json["high"] = std::move(high);
  return json;
}

Value CurvesJson(const Study& study, const CurvePlot& plot, const Curves& curves) {
  const std::vector<AxisValue>& names = study.axes[study.compared].values;
  Value json = Value::Object();
  json["title"] = Value::String(plot.title);
  Value x = Value::Array();
  for (const auto& [at, y] : curves.values.front().mean) x.items().push_back(JsonNumber(at));
  json["x"] = std::move(x);
  Value lines = Value::Array();
  for (size_t i = 0; i < curves.values.size(); ++i) {
    lines.items().push_back(CurveJson(names[i].name, curves.values[i]));
  }
  json["curves"] = std::move(lines);
  if (curves.bound.has_value()) json["bound"] = CurveJson("bound", *curves.bound);
  return json;
}

}  // namespace

Value CompareJson(const Study& study, const Analysis& analysis, const std::string& version) {
  Value json = Value::Object();
  json["study"] = Value::String(study.name);
  json["version"] = Value::String(version);
  bool held = true;
  for (const CellResult& cell : analysis.cells) held = held && cell.held;
  json["held"] = Value::Bool(held);
  json["compared"] = Value::String(study.axes[study.compared].name);
  Value axes = Value::Array();
  for (const Axis& axis : study.axes) {
    Value item = Value::Object();
    item["name"] = Value::String(axis.name);
    Value values = Value::Array();
    for (const AxisValue& value : axis.values) values.items().push_back(Value::String(value.name));
    item["values"] = std::move(values);
    axes.items().push_back(std::move(item));
  }
  json["axes"] = std::move(axes);
  Value seeds = Value::Array();
  for (const uint64_t seed : study.seeds) {
    seeds.items().push_back(Value::Int(static_cast<int64_t>(seed)));
  }
  json["seeds"] = std::move(seeds);
  Value metrics = Value::Array();
  for (const Metric& metric : analysis.metrics) {
    Value item = Value::Object();
    item["name"] = Value::String(metric.name);
    item["path"] = Value::String(metric.path);
    item["unit"] = Value::String(metric.unit);
    item["better"] = Value::String(BetterName(metric.better));
    metrics.items().push_back(std::move(item));
  }
  json["metrics"] = std::move(metrics);
  Value groups = Value::Array();
  for (const Group& group : analysis.groups) {
    Value item = Value::Object();
    item["group"] = Value::String(group.name);
    Value rankings = Value::Array();
    for (size_t i = 0; i < analysis.metrics.size(); ++i) {
      rankings.items().push_back(RankingJson(study, analysis.metrics[i], group.metrics[i]));
    }
    item["rankings"] = std::move(rankings);
    Value plots = Value::Array();
    for (size_t i = 0; i < analysis.plots.size(); ++i) {
      plots.items().push_back(CurvesJson(study, analysis.plots[i], group.plots[i]));
    }
    item["plots"] = std::move(plots);
    groups.items().push_back(std::move(item));
  }
  json["groups"] = std::move(groups);
  Value runs = Value::Array();
  for (const CellResult& cell : analysis.cells) {
    Value item = Value::Object();
    for (size_t i = 0; i < study.axes.size(); ++i) {
      item["values"][study.axes[i].name] =
          Value::String(study.axes[i].values[cell.cell.choice[i]].name);
    }
    item["seed"] = Value::Int(static_cast<int64_t>(cell.cell.seed));
    item["held"] = Value::Bool(cell.held);
    item["digest"] = Value::String(cell.digest);
    for (size_t i = 0; i < analysis.metrics.size(); ++i) {
      item["metrics"][analysis.metrics[i].name] = JsonNumber(cell.metrics[i]);
    }
    runs.items().push_back(std::move(item));
  }
  json["runs"] = std::move(runs);
  return json;
}

}  // namespace drydock::sim

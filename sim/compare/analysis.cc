// Collects numbers out of results by path, groups them, and compares.
#include "sim/compare/analysis.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sim/scenario/value_path.h"
#include "src/api/codec/json.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

using api::Value;
using Points = std::vector<double>;

absl::StatusOr<double> NumberAt(const Value& results, const std::string& path,
                                const std::string& what) {
  const Value* found = FindValue(*ParseValuePath(path), results);
  double number = 0;
  if (found != nullptr && found->type() == Value::Type::kNumber &&
      absl::SimpleAtod(found->text(), &number)) {
    return number;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": expected a number at ", path, " of the results, got ",
                   found == nullptr ? "nothing" : api::Describe(*found)));
}

absl::StatusOr<Points> NumbersAt(const Value& results, const std::string& path,
                                 const std::string& what) {
  const Value* found = FindValue(*ParseValuePath(path), results);
  Points points;
  bool numbers = found != nullptr && found->is_array();
  if (numbers) {
    for (const Value& item : found->items()) {
      double number = 0;
      numbers =
          numbers && item.type() == Value::Type::kNumber && absl::SimpleAtod(item.text(), &number);
      points.push_back(number);
    }
  }
  if (numbers) return points;
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": expected a list of numbers at ", path, " of the results, got ",
                   found == nullptr ? "nothing" : api::Describe(*found)));
}

std::string NameOf(const Metric& metric) { return absl::StrCat("the metric ", metric.name); }
std::string NameOf(const CurvePlot& plot) { return absl::StrCat("the plot ", plot.title); }

// What a run gives to the study.
struct Taken {
  Points metrics;
  Points bounds;  // By metric; 0 without one.
  std::vector<Points> curves;
  std::vector<Points> x;
  std::vector<Points> curve_bounds;  // Empty without one.
};

absl::StatusOr<Taken> Take(const Analysis& analysis, const Value& results) {
  Taken taken;
  for (const Metric& metric : analysis.metrics) {
    absl::StatusOr<double> number = NumberAt(results, metric.path, NameOf(metric));
    if (!number.ok()) return number.status();
    taken.metrics.push_back(*number * metric.scale);
    taken.bounds.push_back(0);
    if (metric.bound.empty()) continue;
    absl::StatusOr<double> bound = NumberAt(results, metric.bound, NameOf(metric));
    if (!bound.ok()) return bound.status();
    taken.bounds.back() = *bound * metric.scale;
  }
  for (const CurvePlot& plot : analysis.plots) {
    for (const auto& [path, into] :
         {std::pair<const std::string*, std::vector<Points>*>{&plot.path, &taken.curves},
          {&plot.x, &taken.x},
          {&plot.bound, &taken.curve_bounds}}) {
      into->emplace_back();
      if (path->empty()) continue;
      absl::StatusOr<Points> points = NumbersAt(results, *path, NameOf(plot));
      if (!points.ok()) return points.status();
      into->back() = *std::move(points);
      if (path == &plot.x) continue;
      for (double& point : into->back()) point *= plot.scale;
    }
  }
  return taken;
}

// Point by point over the seeds, as far as all of them go.
Curve Average(const std::vector<const Points*>& curves, const Points& x) {
  size_t length = x.empty() ? curves.front()->size() : x.size();
  for (const Points* one : curves) length = std::min(length, one->size());
  Curve curve;
  for (size_t i = 0; i < length; ++i) {
    Points sample;
    for (const Points* one : curves) sample.push_back((*one)[i]);
    const SampleSummary summary = Summarize(sample);
    curve.mean.emplace_back(x.empty() ? static_cast<double>(i) : x[i], summary.mean);
    if (summary.count > 1) curve.interval.emplace_back(summary.low, summary.high);
  }
  return curve;
}

void Compare(const Study& study, const Metric& metric, Ranking* ranking) {
  std::vector<RankedValue>& values = ranking->values;
  if (metric.better != Metric::Better::kNeither) {
    const bool higher = metric.better == Metric::Better::kHigher;
    std::stable_sort(
        values.begin(), values.end(), [higher](const RankedValue& a, const RankedValue& b) {
          return higher ? a.summary.mean > b.summary.mean : a.summary.mean < b.summary.mean;
        });
  }
  const std::vector<AxisValue>& names = study.axes[study.compared].values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (names[values[i].value].name == study.baseline) ranking->baseline = i;
  }
  std::vector<double> p;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i == ranking->baseline) continue;
    values[i].against = ComparePaired(values[i].sample, values[ranking->baseline].sample);
    p.push_back(values[i].against->t_p);
  }
  const std::vector<double> adjusted = HolmAdjusted(p);
  size_t next = 0;
  for (RankedValue& value : values) {
    if (value.against.has_value()) value.adjusted_p = adjusted[next++];
  }
}

// The cells of a group, by value of the compared axis and in the order of the seeds.
using GroupCells = std::vector<std::vector<size_t>>;

std::vector<std::pair<std::string, GroupCells>> GroupsOf(const Study& study,
                                                         const std::vector<Cell>& cells) {
  std::vector<std::pair<std::string, GroupCells>> groups;
  for (size_t i = 0; i < cells.size(); ++i) {
    std::string name;
    for (size_t axis = 0; axis < study.axes.size(); ++axis) {
      if (axis == study.compared) continue;
      absl::StrAppend(&name, name.empty() ? "" : ", ", study.axes[axis].name, "=",
                      study.axes[axis].values[cells[i].choice[axis]].name);
    }
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& known) { return known.first == name; });
    if (group == groups.end()) {
      groups.emplace_back(name, GroupCells(study.axes[study.compared].values.size()));
      group = groups.end() - 1;
    }
    group->second[cells[i].choice[study.compared]].push_back(i);
  }
  return groups;
}

Group AnalyseGroup(const Study& study, const Analysis& analysis, const GroupCells& cells,
                   const std::vector<Taken>& taken) {
  Group group;
  for (size_t m = 0; m < analysis.metrics.size(); ++m) {
    Ranking ranking;
    Points bounds;
    for (size_t value = 0; value < cells.size(); ++value) {
      RankedValue ranked;
      ranked.value = value;
      for (const size_t cell : cells[value]) {
        ranked.sample.push_back(taken[cell].metrics[m]);
        bounds.push_back(taken[cell].bounds[m]);
      }
      ranked.summary = Summarize(ranked.sample);
      ranking.values.push_back(std::move(ranked));
    }
    if (!analysis.metrics[m].bound.empty()) ranking.bound = Summarize(bounds).mean;
    Compare(study, analysis.metrics[m], &ranking);
    group.metrics.push_back(std::move(ranking));
  }
  for (size_t p = 0; p < analysis.plots.size(); ++p) {
    Curves curves;
    std::vector<const Points*> bounds;
    const Points& x = taken[cells.front().front()].x[p];
    for (const std::vector<size_t>& of_value : cells) {
      std::vector<const Points*> sample;
      for (const size_t cell : of_value) {
        sample.push_back(&taken[cell].curves[p]);
        bounds.push_back(&taken[cell].curve_bounds[p]);
      }
      curves.values.push_back(Average(sample, x));
    }
    if (!analysis.plots[p].bound.empty()) curves.bound = Average(bounds, x);
    group.plots.push_back(std::move(curves));
  }
  return group;
}

}  // namespace

absl::StatusOr<Analysis> CheckResults(const Study& study, const std::string& results) {
  const absl::StatusOr<Value> parsed = api::ParseJson(results);
  if (!parsed.ok()) return parsed.status();
  Analysis analysis;
  analysis.metrics = study.metrics.empty() ? DefaultMetrics(*parsed) : study.metrics;
  analysis.plots = study.plots.empty() ? DefaultPlots(*parsed) : study.plots;
  RETURN_IF_ERROR(Take(analysis, *parsed).status());
  return analysis;
}

absl::StatusOr<Analysis> Analyse(const Study& study, const std::vector<Cell>& cells,
                                 const std::map<size_t, FinishedCell>& finished) {
  absl::StatusOr<Analysis> analysis = CheckResults(study, finished.begin()->second.results);
  if (!analysis.ok()) return analysis.status();
  std::vector<Taken> taken;
  for (size_t i = 0; i < cells.size(); ++i) {
    const FinishedCell& cell = finished.at(i);
    const absl::StatusOr<Value> parsed = api::ParseJson(cell.results);
    if (!parsed.ok()) return parsed.status();
    absl::StatusOr<Taken> one = Take(*analysis, *parsed);
    if (!one.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(cell.label, ": ", one.status().message()));
    }
    analysis->cells.push_back({cells[i], cell.held, cell.digest, one->metrics});
    taken.push_back(*std::move(one));
  }
  for (auto& [name, group_cells] : GroupsOf(study, cells)) {
    analysis->groups.push_back(AnalyseGroup(study, *analysis, group_cells, taken));
    analysis->groups.back().name = name;
  }
  return analysis;
}

}  // namespace drydock::sim

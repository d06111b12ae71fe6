// The page and the summary of a study.
#include "sim/compare/compare_report.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/report/page.h"
#include "sim/report/plot.h"

namespace drydock::sim {
namespace {

constexpr double kSignificant = 0.05;

const std::vector<AxisValue>& Compared(const Study& study) {
  return study.axes[study.compared].values;
}

const std::string& NameOf(const Study& study, const RankedValue& value) {
  return Compared(study)[value.value].name;
}

std::string PText(double p) { return p < 0.0001 ? "< 0.0001" : absl::StrFormat("%.4f", p); }

double HalfOf(const SampleSummary& summary) { return (summary.high - summary.low) / 2; }

std::string Titled(const std::string& title, const std::string& unit) {
  return unit.empty() ? title : absl::StrCat(title, " (", unit, ")");
}

Plot CurvesOf(const Study& study, const CurvePlot& spec, const Curves& curves) {
  Plot plot{spec.title, spec.x_label, spec.y_label, {}, spec.y_from_zero};
  const auto add = [&](const std::string& name, const Curve& curve, bool is_bound) {
    Series series;
    series.name = name;
    series.is_bound = is_bound;
    for (size_t i = 0; i < curve.mean.size(); ++i) {
      if (curve.mean[i].first < spec.from) continue;
      series.points.push_back(curve.mean[i]);
      if (!is_bound && !curve.interval.empty()) series.band.push_back(curve.interval[i]);
    }
    plot.series.push_back(std::move(series));
  };
  for (size_t i = 0; i < curves.values.size(); ++i) {
    add(Compared(study)[i].name, curves.values[i], false);
  }
  if (curves.bound.has_value()) add("bound of any policy", *curves.bound, true);
  return plot;
}

IntervalPlot IntervalsOf(const Study& study, const Metric& metric, const Ranking& ranking) {
  IntervalPlot plot{Titled(metric.name, metric.unit), "mean and its 95% interval", {}, {}};
  for (const RankedValue& value : ranking.values) {
    plot.rows.push_back({NameOf(study, value), value.summary.mean, value.summary.low,
                         value.summary.high, value.value});
  }
  plot.bound = ranking.bound;
  return plot;
}

Table RankingOf(const Study& study, const Metric& metric, const Ranking& ranking) {
  const std::string& baseline = NameOf(study, ranking.values[ranking.baseline]);
  Table table;
  table.title = Titled(metric.name, metric.unit);
  table.columns = {
      "",        study.axes[study.compared].name, "mean",         "95% interval", "smallest",
      "largest", absl::StrCat("less ", baseline), "95% interval", "p (paired t)", "p (Wilcoxon)"};
  for (size_t i = 0; i < ranking.values.size(); ++i) {
    const RankedValue& value = ranking.values[i];
    const SampleSummary& summary = value.summary;
    std::vector<std::string> row = {
        metric.better == Metric::Better::kNeither ? "" : absl::StrCat(i + 1),
        NameOf(study, value),
        FigureWithInterval(summary.mean, 0),
        absl::StrCat(FigureWithInterval(summary.low, 0), " to ",
                     FigureWithInterval(summary.high, 0)),
        FigureWithInterval(summary.min, 0),
        FigureWithInterval(summary.max, 0)};
    if (value.against.has_value()) {
      row.push_back(FigureWithInterval(value.against->difference, 0));
      row.push_back(absl::StrCat(FigureWithInterval(value.against->low, 0), " to ",
                                 FigureWithInterval(value.against->high, 0)));
      row.push_back(PText(value.adjusted_p));
      row.push_back(PText(value.against->wilcoxon_p));
    } else {
      row.insert(row.end(), {"", "", "", ""});
    }
    table.rows.push_back(std::move(row));
  }
  if (ranking.bound.has_value()) {
    table.rows.push_back({"", "bound of any policy", FigureWithInterval(*ranking.bound, 0), "", "",
                          "", "", "", "", ""});
  }
  return table;
}

// The first metric in all groups: one row a value.
Table Overview(const Study& study, const Analysis& analysis) {
  const Metric& metric = analysis.metrics.front();
  Table table;
  table.title = Titled(metric.name, metric.unit);
  table.columns = {study.axes[study.compared].name};
  for (const Group& group : analysis.groups) table.columns.push_back(group.name);
  table.columns.emplace_back("mean rank");
  std::vector<std::pair<double, std::vector<std::string>>> rows;
  for (size_t value = 0; value < Compared(study).size(); ++value) {
    std::vector<std::string> row = {Compared(study)[value].name};
    double ranks = 0;
    for (const Group& group : analysis.groups) {
      const std::vector<RankedValue>& ranked = group.metrics.front().values;
      const auto at = std::find_if(ranked.begin(), ranked.end(),
                                   [&](const RankedValue& one) { return one.value == value; });
      ranks += static_cast<double>(at - ranked.begin() + 1);
      row.push_back(FigureWithInterval(at->summary.mean, HalfOf(at->summary)));
    }
    const double mean = ranks / static_cast<double>(analysis.groups.size());
    row.push_back(absl::StrFormat("%.2f", mean));
    rows.emplace_back(mean, std::move(row));
  }
  if (metric.better != Metric::Better::kNeither) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  } else {
    table.columns.pop_back();
    for (auto& [mean, row] : rows) row.pop_back();
  }
  for (auto& [mean, row] : rows) table.rows.push_back(std::move(row));
  return table;
}

// "policies", for a count of them.
std::string Counted(size_t count, const std::string& what) {
  return absl::StrCat(what, count == 1 ? "" : " values");
}

std::string Facts(const Study& study) {
  std::string text;
  for (const Axis& axis : study.axes) {
    absl::StrAppend(&text, text.empty() ? "" : " x ", axis.values.size(), " ",
                    Counted(axis.values.size(), axis.name));
  }
  return absl::StrCat(text, " x ", study.seeds.size(),
                      study.seeds.size() == 1 ? " seed" : " seeds");
}

size_t FailedChecks(const Analysis& analysis) {
  return static_cast<size_t>(std::count_if(analysis.cells.begin(), analysis.cells.end(),
                                           [](const CellResult& cell) { return !cell.held; }));
}

// "fgd, ahead of gpupacking by 3.45 (p < 0.0001)".
std::string Verdict(const Study& study, const Metric& metric, const Ranking& ranking) {
  if (metric.better == Metric::Better::kNeither || ranking.values.size() < 2) return "";
  const RankedValue& best = ranking.values[0];
  const RankedValue& next = ranking.values[1];
  const PairedComparison pair = ComparePaired(best.sample, next.sample);
  if (pair.count < 2) {
    return absl::StrFormat("%s, then %s; one seed tells nothing of chance", NameOf(study, best),
                           NameOf(study, next));
  }
  if (pair.t_p >= kSignificant) {
    return absl::StrFormat("%s and %s, which %d seeds do not tell apart (p = %.2f)",
                           NameOf(study, best), NameOf(study, next), pair.count, pair.t_p);
  }
  const std::string p = PText(pair.t_p);
  return absl::StrFormat("%s, ahead of %s by %s (p %s)", NameOf(study, best), NameOf(study, next),
                         FigureWithInterval(std::abs(pair.difference),
                                            HalfOf(SampleSummary{pair.count, pair.difference, 0,
                                                                 pair.low, pair.high})),
                         p[0] == '<' ? p : "= " + p);
}

std::string FileName(const std::string& group, const std::string& title) {
  std::string name = absl::StrCat(group, group.empty() ? "" : "-", title);
  for (char& c : name) {
    c = absl::ascii_isalnum(static_cast<unsigned char>(c))
            ? absl::ascii_tolower(static_cast<unsigned char>(c))
            : '-';
  }
  // One dash for each gap, and none at the ends.
  name.erase(
      std::unique(name.begin(), name.end(), [](char a, char b) { return a == '-' && b == '-'; }),
      name.end());
  if (!name.empty() && name.back() == '-') name.pop_back();
  if (!name.empty() && name.front() == '-') name.erase(0, 1);
  return name + ".svg";
}

constexpr char kHowToRead[] =
    "Means over the seeds with 95% intervals by Student's t. Settings are compared with the same "
    "seeds: p-values are two-sided, of the paired t-test, adjusted by Holm over the rows of a "
    "table, and of Wilcoxon's signed-rank test as a check that does not lean on the normal "
    "distribution, not adjusted.";

}  // namespace

std::string ComparePage(const Study& study, const Analysis& analysis, const std::string& version) {
  Page page;
  page.title = study.name;
  page.subtitle = absl::StrCat(study.description, study.description.empty() ? "" : ". ",
                               Facts(study), ", Drydock ", version);
  page.facts = {{absl::StrCat(analysis.cells.size()), "runs"},
                {absl::StrCat(study.seeds.size()), "seeds, the same for all"}};
  for (const Axis& axis : study.axes) {
    page.facts.emplace_back(absl::StrCat(axis.values.size()),
                            Counted(axis.values.size(), axis.name));
  }
  if (const size_t failed = FailedChecks(analysis); failed > 0) {
    page.facts.emplace_back(absl::StrCat(failed), "runs with checks that failed");
  }
  if (!analysis.metrics.empty() && analysis.groups.size() > 1) {
    page.tables.push_back(Overview(study, analysis));
  }
  for (const Group& group : analysis.groups) {
    Section section;
    section.title = group.name.empty() ? "Results" : group.name;
    if (&group == &analysis.groups.front()) section.text = kHowToRead;
    for (size_t i = 0; i < analysis.plots.size(); ++i) {
      section.plots.push_back(CurvesOf(study, analysis.plots[i], group.plots[i]));
    }
    for (size_t i = 0; i < analysis.metrics.size(); ++i) {
      section.intervals.push_back(IntervalsOf(study, analysis.metrics[i], group.metrics[i]));
      section.tables.push_back(RankingOf(study, analysis.metrics[i], group.metrics[i]));
    }
    page.sections.push_back(std::move(section));
  }
  return RenderPage(page);
}

std::vector<std::pair<std::string, std::string>> ComparePlots(const Study& study,
                                                              const Analysis& analysis) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const Group& group : analysis.groups) {
    for (size_t i = 0; i < analysis.plots.size(); ++i) {
      files.emplace_back(
          FileName(group.name, analysis.plots[i].title),
          StandaloneSvg(RenderPlot(CurvesOf(study, analysis.plots[i], group.plots[i]))));
    }
    for (size_t i = 0; i < analysis.metrics.size(); ++i) {
      files.emplace_back(FileName(group.name, analysis.metrics[i].name),
                         StandaloneSvg(RenderIntervals(
                             IntervalsOf(study, analysis.metrics[i], group.metrics[i]))));
    }
  }
  return files;
}

std::string CompareSummary(const Study& study, const Analysis& analysis) {
  std::string text = absl::StrCat(study.name, ": ", study.description, "\n  ", Facts(study), "\n");
  for (const Group& group : analysis.groups) {
    for (size_t i = 0; i < analysis.metrics.size(); ++i) {
      const Metric& metric = analysis.metrics[i];
      const Ranking& ranking = group.metrics[i];
      absl::StrAppend(&text, "\n  ", group.name, group.name.empty() ? "" : ": ",
                      Titled(metric.name, metric.unit), "\n");
      for (const RankedValue& value : ranking.values) {
        absl::StrAppendFormat(&text, "    %-16s %s\n", NameOf(study, value),
                              FigureWithInterval(value.summary.mean, HalfOf(value.summary)));
      }
      if (ranking.bound.has_value()) {
        absl::StrAppendFormat(&text, "    %-16s %s\n", "(any policy)",
                              FigureWithInterval(*ranking.bound, 0));
      }
      const std::string verdict = Verdict(study, metric, ranking);
      if (!verdict.empty()) absl::StrAppend(&text, "    best: ", verdict, "\n");
    }
  }
  size_t listed = 0;
  for (const CellResult& cell : analysis.cells) {
    if (cell.held) continue;
    if (++listed > 10) continue;
    absl::StrAppend(&text, listed == 1 ? "\n" : "", "  FAILED     a check of ", cell.cell.label,
                    "\n");
  }
  if (listed > 10) absl::StrAppend(&text, "  FAILED     ", listed - 10, " more\n");
  return text;
}

}  // namespace drydock::sim

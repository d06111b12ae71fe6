// From the results of a study's runs to what the study says: for every combination of
// what is not compared, each metric's ranking and each plot's curves.
#ifndef DRYDOCK_SIM_COMPARE_ANALYSIS_H_
#define DRYDOCK_SIM_COMPARE_ANALYSIS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/compare/result_database.h"
#include "sim/compare/statistics.h"
#include "sim/compare/study.h"

namespace drydock::sim {

// One of the settings compared, under one metric.
struct RankedValue {
  size_t value = 0;            // Of the compared axis.
  std::vector<double> sample;  // By seed.
  SampleSummary summary;
  // Against the baseline, with the same seeds; absent for the baseline itself.
  std::optional<PairedComparison> against;
  double adjusted_p = 1;  // Of the paired t-test, by Holm over this ranking.
};

struct Ranking {
  std::vector<RankedValue> values;  // The best first; as in the file when neither is better.
  size_t baseline = 0;              // Of `values`.
  std::optional<double> bound;      // The mean over the runs of what no policy can exceed.
};

struct Curve {
  std::vector<std::pair<double, double>> mean;
  std::vector<std::pair<double, double>> interval;  // As Series::band; empty for one seed.
};

struct Curves {
  std::vector<Curve> values;  // By value of the compared axis.
  std::optional<Curve> bound;
};

struct Group {
  std::string name;              // "trace=default"; empty when nothing else varies.
  std::vector<Ranking> metrics;  // As Analysis::metrics.
  std::vector<Curves> plots;     // As Analysis::plots.
};

struct CellResult {
  Cell cell;
  bool held = true;
  std::string digest;
  std::vector<double> metrics;
};

struct Analysis {
  std::vector<Metric> metrics;
  std::vector<CurvePlot> plots;
  std::vector<Group> groups;
  std::vector<CellResult> cells;
};

// The metrics and plots of `study`, or the default ones that `results` (JSON of a run) has.
// An error names the metric or plot for which there is no number.
absl::StatusOr<Analysis> CheckResults(const Study& study, const std::string& results);

// `finished` has every one of `cells`.
absl::StatusOr<Analysis> Analyse(const Study& study, const std::vector<Cell>& cells,
                                 const std::map<size_t, FinishedCell>& finished);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_COMPARE_ANALYSIS_H_

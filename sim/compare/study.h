// A study: a scenario run with every combination of some settings and seeds.
//
// docs/studies.md is the reference of the file.
#ifndef DRYDOCK_SIM_COMPARE_STUDY_H_
#define DRYDOCK_SIM_COMPARE_STUDY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

// Changes to the scenario, as --set makes them: path below spec, and YAML.
using Settings = std::vector<std::pair<std::string, std::string>>;

struct AxisValue {
  std::string name;
  Settings set;
};

// Something that varies.
struct Axis {
  std::string name;
  std::vector<AxisValue> values;
};

// A number of a run's results.
struct Metric {
  enum class Better : uint8_t { kHigher, kLower, kNeither };
  std::string name;
  std::string path;  // Into results.json: "curves.allocation[100]".
  std::string unit;
  Better better = Better::kNeither;
  std::string bound;  // Path of what no policy can be better than; empty: none is known.
  double scale = 1;   // The number is shown times this.
};

// A list of numbers of a run's results, drawn as a line.
struct CurvePlot {
  std::string title;
  std::string path;  // "curves.allocation".
  std::string x;     // Path of as many numbers; empty: 0, 1, 2, ...
  std::string x_label;
  std::string y_label;
  std::string bound;
  double from = 0;  // Only what is right of it is drawn.
  bool y_from_zero = true;
  double scale = 1;  // Numbers are shown times this.
};

struct Study {
  std::string name;
  std::string description;
  std::string scenario;  // The file.
  Settings set;          // Of every run.
  std::vector<uint64_t> seeds;
  std::vector<Axis> axes;
  size_t compared = 0;   // Which of `axes`: the settings that are ranked against each other.
  std::string baseline;  // A value of that axis; empty: the best of each ranking.
  std::vector<Metric> metrics;
  std::vector<CurvePlot> plots;
};

// What the command line adds to the file.
struct StudyChanges {
  Settings set;                                           // --set path=value
  std::vector<std::pair<std::string, std::string>> vary;  // --vary path=a,b,c
  std::string seeds;                                      // --seeds 1..10
};

// `path` is a file of kind Study, or a Scenario, which `changes` make a study of. Errors
// name file, line, column and field, or the flag.
absl::StatusOr<Study> LoadStudy(const std::string& path, const StudyChanges& changes);

// One run.
struct Cell {
  std::vector<size_t> choice;  // Of each axis.
  uint64_t seed = 0;
  Settings set;
  std::string label;  // "policy=fgd trace=default seed=42".
};

// Every combination, the last axis and then the seed changing fastest.
std::vector<Cell> CellsOf(const Study& study);

// "1..10", "1,2,7..9".
absl::StatusOr<std::vector<uint64_t>> ParseSeeds(const std::string& text);

// What can be measured when the file does not say: those that results like these have.
std::vector<Metric> DefaultMetrics(const api::Value& results);
std::vector<CurvePlot> DefaultPlots(const api::Value& results);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_COMPARE_STUDY_H_

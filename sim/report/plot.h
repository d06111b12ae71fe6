// Line plots as SVG, for a page that stands alone: no script, no network, readable
// in light and in dark.
#ifndef DRYDOCK_SIM_REPORT_PLOT_H_
#define DRYDOCK_SIM_REPORT_PLOT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace drydock::sim {

struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x ascending.
  // Lower and upper end of an interval around each point, drawn as a shade; or empty.
  std::vector<std::pair<double, double>> band = {};
  bool is_bound = false;  // Not one of the things compared but a limit: dashed and grey.
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;  // At most eight have colours of their own.
  bool y_from_zero = true;
};

// Things by name, each with a mean and its interval, one below the other.
struct IntervalPlot {
  struct Row {
    std::string name;
    double mean = 0;
    double low = 0;
    double high = 0;
    size_t colour = 0;  // As the series of that index.
  };
  std::string title;
  std::string x_label;
  std::vector<Row> rows;
  std::optional<double> bound;  // A line across all rows.
};

// One <svg> element. Colours are the page's CSS variables --series-1 to --series-8.
std::string RenderPlot(const Plot& plot);
std::string RenderIntervals(const IntervalPlot& plot);

// What a page with plots has in its <style>: the colours in light and in dark, and how
// the parts of a plot look.
absl::string_view PlotStyle();

// `svg` as a file of its own, with its style in it.
std::string StandaloneSvg(absl::string_view svg);

// Round numbers that span [low, high]: four to eight of them, in steps of 1, 2 or 5
// times a power of ten.
std::vector<double> NiceTicks(double low, double high);

// "91.78 ± 0.12"; without an interval "91.78".
std::string FigureWithInterval(double mean, double half);

std::string EscapeHtml(absl::string_view text);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_REPORT_PLOT_H_

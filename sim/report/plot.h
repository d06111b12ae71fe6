// Line plots as SVG, for a page that stands alone: no script, no network, readable
// in light and in dark.
#ifndef DRYDOCK_SIM_REPORT_PLOT_H_
#define DRYDOCK_SIM_REPORT_PLOT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace drydock::sim {

struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x ascending.
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;  // At most eight have colours of their own.
  bool y_from_zero = true;
};

// One <svg> element. Colours are the page's CSS variables --series-1 to --series-8.
std::string RenderPlot(const Plot& plot);

// Round numbers that span [low, high]: four to eight of them, in steps of 1, 2 or 5
// times a power of ten.
std::vector<double> NiceTicks(double low, double high);

std::string EscapeHtml(absl::string_view text);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_REPORT_PLOT_H_

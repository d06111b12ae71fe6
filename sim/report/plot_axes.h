// What the kinds of plots are made of: scales, extents, the texts of ticks.
#ifndef DRYDOCK_SIM_REPORT_PLOT_AXES_H_
#define DRYDOCK_SIM_REPORT_PLOT_AXES_H_

#include <algorithm>
#include <limits>
#include <string>

namespace drydock::sim {

struct PlotScale {
  double low;
  double high;
  double from;
  double to;
  double operator()(double value) const {
    return from + (value - low) / (high - low) * (to - from);
  }
};

struct PlotExtent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void Add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// 12000 as "12k", 0.25 as "0.25".
std::string TickText(double value);

// The beginning of an <svg> element, with its title at `left`.
std::string OpenPlot(const std::string& title, double width, double height, double left);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_REPORT_PLOT_AXES_H_

// Dots with whiskers.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/report/plot.h"
#include "sim/report/plot_axes.h"

namespace drydock::sim {
namespace {

constexpr double kWidth = 720;
constexpr double kRight = 124;  // Room for the numbers.
constexpr double kTop = 40;
constexpr double kBottom = 46;
constexpr double kRowHeight = 26;

void AppendRow(const IntervalPlot::Row& row, double y, const PlotScale& x, double text_x,
               std::string* svg) {
  const int colour = static_cast<int>(row.colour % 8 + 1);
  absl::StrAppendFormat(
      svg,
      "<text class=\"value\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>"
      "<line class=\"line s%d\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
      text_x, y + 4, EscapeHtml(row.name), colour, x(row.low), x(row.high), y, y);
  for (const double end : {row.low, row.high}) {
    absl::StrAppendFormat(
        svg, "<line class=\"line s%d\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", colour,
        x(end), x(end), y - 5, y + 5);
  }
  absl::StrAppendFormat(svg,
                        "<circle class=\"dot f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>"
                        "<text class=\"value\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                        colour, x(row.mean), y, kWidth - kRight + 14, y + 4,
                        FigureWithInterval(row.mean, (row.high - row.low) / 2));
}

}  // namespace

std::string FigureWithInterval(double mean, double half) {
  // As many decimals as the interval leaves meaning, two at least where numbers are small.
  int decimals = std::fabs(mean) >= 1000 ? 0 : std::fabs(mean) >= 100 ? 1 : 2;
  if (half > 0 && half < 0.01 && std::fabs(mean) < 1) decimals = 4;
  if (half == 0) return absl::StrFormat("%.*f", decimals, mean);
  return absl::StrFormat("%.*f \u00b1 %.*f", decimals, mean, decimals, half);
}

std::string RenderIntervals(const IntervalPlot& plot) {
  PlotExtent extent;
  size_t longest = 0;
  for (const IntervalPlot::Row& row : plot.rows) {
    extent.Add(row.low);
    extent.Add(row.high);
    longest = std::max(longest, row.name.size());
  }
  if (plot.bound.has_value()) extent.Add(*plot.bound);
  if (extent.low > extent.high) extent = {0, 1};
  const std::vector<double> ticks = NiceTicks(extent.low, extent.high);
  const double left = std::min(260.0, 24 + 7.0 * static_cast<double>(longest));
  const double height = kTop + kBottom + kRowHeight * static_cast<double>(plot.rows.size());
  const PlotScale x{ticks.front(), ticks.back(), left, kWidth - kRight};
  std::string svg = OpenPlot(plot.title, kWidth, height, left);
  for (const double tick : ticks) {
    absl::StrAppendFormat(&svg,
                          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" "
                          "text-anchor=\"middle\">%s</text>",
                          x(tick), x(tick), kTop - 6, height - kBottom, x(tick),
                          height - kBottom + 18, TickText(tick));
  }
  absl::StrAppendFormat(
      &svg, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
      (left + kWidth - kRight) / 2, height - 8, EscapeHtml(plot.x_label));
  if (plot.bound.has_value()) {
    absl::StrAppendFormat(&svg,
                          "<line class=\"bound\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\">"
                          "<title>no policy can be better</title></line>",
                          x(*plot.bound), x(*plot.bound), kTop - 6, height - kBottom);
  }
  double y = kTop + kRowHeight / 2 - 2;
  for (const IntervalPlot::Row& row : plot.rows) {
    AppendRow(row, y, x, left - 10, &svg);
    y += kRowHeight;
  }
  absl::StrAppend(&svg, "</svg>\n");
  return svg;
}

}  // namespace drydock::sim

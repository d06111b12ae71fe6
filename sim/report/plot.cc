// Scales, axes and lines.
#include "sim/report/plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "sim/report/plot_axes.h"

namespace drydock::sim {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 300;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 36;
constexpr double kBottom = 46;
constexpr double kLegendRow = 18;
constexpr size_t kMaxPoints = 600;  // As many as pixels can tell apart.

void AppendAxes(const Plot& plot, const PlotScale& x, const PlotScale& y, double height,
                std::string* svg) {
  for (const double tick : NiceTicks(y.low, y.high)) {
    if (tick < y.low || tick > y.high * (1 + 1e-9)) continue;
    absl::StrAppendFormat(
        svg,
        "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
        "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
        kLeft, kWidth - kRight, y(tick), y(tick), kLeft - 8, y(tick) + 4, TickText(tick));
  }
  for (const double tick : NiceTicks(x.low, x.high)) {
    if (tick < x.low || tick > x.high * (1 + 1e-9)) continue;
    absl::StrAppendFormat(svg,
                          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" "
                          "text-anchor=\"middle\">%s</text>",
                          x(tick), height - kBottom + 18, TickText(tick));
  }
  absl::StrAppendFormat(svg,
                        "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
                        kLeft, kWidth - kRight, height - kBottom, height - kBottom);
  absl::StrAppendFormat(
      svg, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
      (kLeft + kWidth - kRight) / 2, height - 8, EscapeHtml(plot.x_label));
  absl::StrAppendFormat(svg,
                        "<text class=\"label\" transform=\"translate(14 %.1f) rotate(-90)\" "
                        "text-anchor=\"middle\">%s</text>",
                        (y.to + height - kBottom) / 2, EscapeHtml(plot.y_label));
}

// The class of a line: compared things have colours by their place.
std::string LineClass(const Series& series, size_t index) {
  if (series.is_bound) return "bound";
  return absl::StrFormat("line s%d", static_cast<int>(index % 8 + 1));
}

void AppendBand(const Series& series, size_t index, const PlotScale& x, const PlotScale& y,
                std::string* svg) {
  if (series.band.empty()) return;
  const size_t step = series.points.size() / kMaxPoints + 1;
  absl::StrAppendFormat(svg, "<polygon class=\"band f%d\" points=\"",
                        static_cast<int>(index % 8 + 1));
  const size_t last = (series.points.size() - 1) / step * step;
  for (size_t i = 0; i <= last; i += step) {
    absl::StrAppendFormat(svg, "%.1f,%.1f ", x(series.points[i].first), y(series.band[i].second));
  }
  for (size_t i = last + step; i > 0; i -= step) {
    absl::StrAppendFormat(svg, "%.1f,%.1f ", x(series.points[i - step].first),
                          y(series.band[i - step].first));
  }
  absl::StrAppend(svg, "\"/>");
}

void AppendLine(const Series& series, size_t index, const PlotScale& x, const PlotScale& y,
                std::string* svg) {
  absl::StrAppend(svg, "<polyline class=\"", LineClass(series, index), "\" points=\"");
  const size_t step = series.points.size() / kMaxPoints + 1;
  for (size_t i = 0; i < series.points.size(); i += step) {
    absl::StrAppendFormat(svg, "%.1f,%.1f ", x(series.points[i].first), y(series.points[i].second));
  }
  absl::StrAppend(svg, "\"><title>", EscapeHtml(series.name), "</title></polyline>");
}

struct LegendItem {
  size_t series;
  double x;
  int row;
};

// Beside the title when there is room, else in rows below it.
std::vector<LegendItem> PlaceLegend(const Plot& plot) {
  std::vector<LegendItem> items;
  if (plot.series.size() < 2) return items;
  const auto width = [](const Series& series) {
    return 7.0 * static_cast<double>(series.name.size()) + 34;
  };
  double total = 0;
  for (const Series& series : plot.series) total += width(series);
  const double title_end = kLeft + 8.5 * static_cast<double>(plot.title.size());
  if (title_end + total <= kWidth - kRight) {
    double at = kWidth - kRight - total;
    for (size_t i = 0; i < plot.series.size(); ++i) {
      items.push_back({i, at, 0});
      at += width(plot.series[i]);
    }
    return items;
  }
  double at = kLeft;
  int row = 1;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    if (at > kLeft && at + width(plot.series[i]) > kWidth - kRight) {
      at = kLeft;
      ++row;
    }
    items.push_back({i, at, row});
    at += width(plot.series[i]);
  }
  return items;
}

}  // namespace

std::string TickText(double value) {
  const double size = std::fabs(value);
  if (size >= 1e6) return absl::StrFormat("%gM", value / 1e6);
  if (size >= 1e4) return absl::StrFormat("%gk", value / 1e3);
  return absl::StrFormat("%g", value);
}

std::string OpenPlot(const std::string& title, double width, double height, double left) {
  return absl::StrFormat(
      "<svg class=\"plot\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">"
      "<text class=\"title\" x=\"%g\" y=\"20\">%s</text>",
      width, height, EscapeHtml(title), left, EscapeHtml(title));
}

std::vector<double> NiceTicks(double low, double high) {
  if (!(high > low)) high = low + 1;
  const double raw = (high - low) / 5;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = power * factor;
    if (step >= raw * (1 - 1e-9)) break;
  }
  std::vector<double> ticks;
  const double first = std::floor(low / step);
  for (int i = 0; (first + i) * step < high + step * 0.999; ++i) {
    ticks.push_back((first + i) * step);
  }
  return ticks;
}

std::string EscapeHtml(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string RenderPlot(const Plot& plot) {
  PlotExtent x_extent;
  PlotExtent y_extent;
  for (const Series& series : plot.series) {
    for (const auto& [x, y] : series.points) {
      x_extent.Add(x);
      y_extent.Add(y);
    }
    for (const auto& [low, high] : series.band) {
      y_extent.Add(low);
      y_extent.Add(high);
    }
  }
  if (x_extent.low > x_extent.high) x_extent = {0, 1};
  if (y_extent.low > y_extent.high) y_extent = {0, 1};
  if (plot.y_from_zero) y_extent.low = std::min(0.0, y_extent.low);
  if (x_extent.high == x_extent.low) x_extent.high += 1;
  const std::vector<LegendItem> legend = PlaceLegend(plot);
  const double legend_height = legend.empty() ? 0 : kLegendRow * legend.back().row;
  const double height = kHeight + legend_height;
  const std::vector<double> y_ticks = NiceTicks(y_extent.low, y_extent.high);
  const PlotScale x{x_extent.low, x_extent.high, kLeft, kWidth - kRight};
  const PlotScale y{y_ticks.front(), y_ticks.back(), height - kBottom, kTop + legend_height};

  std::string svg = OpenPlot(plot.title, kWidth, height, kLeft);
  AppendAxes(plot, x, y, height, &svg);
  for (size_t i = 0; i < plot.series.size(); ++i) AppendBand(plot.series[i], i, x, y, &svg);
  for (size_t i = 0; i < plot.series.size(); ++i) AppendLine(plot.series[i], i, x, y, &svg);
  for (const LegendItem& item : legend) {
    const Series& series = plot.series[item.series];
    const double base = 20 + kLegendRow * item.row;
    absl::StrAppendFormat(&svg,
                          "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                          LineClass(series, item.series), item.x, item.x + 14, base - 4, base - 4,
                          item.x + 19, base, EscapeHtml(series.name));
  }
  absl::StrAppend(&svg, "</svg>\n");
  return svg;
}

}  // namespace drydock::sim

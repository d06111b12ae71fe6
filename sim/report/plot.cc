// Scales, axes and lines.
#include "sim/report/plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace drydock::sim {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 300;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 36;
constexpr double kBottom = 46;
constexpr size_t kMaxPoints = 600;  // As many as pixels can tell apart.

// 12000 as "12k", 0.25 as "0.25".
std::string Tick(double value) {
  const double size = std::fabs(value);
  if (size >= 1e6) return absl::StrFormat("%gM", value / 1e6);
  if (size >= 1e4) return absl::StrFormat("%gk", value / 1e3);
  return absl::StrFormat("%g", value);
}

struct Scale {
  double low;
  double high;
  double from;
  double to;
  double operator()(double value) const {
    return from + (value - low) / (high - low) * (to - from);
  }
};

struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void Add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

void AppendAxes(const Plot& plot, const Scale& x, const Scale& y, std::string* svg) {
  for (const double tick : NiceTicks(y.low, y.high)) {
    if (tick < y.low || tick > y.high * (1 + 1e-9)) continue;
    absl::StrAppendFormat(
        svg,
        "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
        "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
        kLeft, kWidth - kRight, y(tick), y(tick), kLeft - 8, y(tick) + 4, Tick(tick));
  }
  for (const double tick : NiceTicks(x.low, x.high)) {
    if (tick < x.low || tick > x.high * (1 + 1e-9)) continue;
    absl::StrAppendFormat(svg,
                          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" "
                          "text-anchor=\"middle\">%s</text>",
                          x(tick), kHeight - kBottom + 18, Tick(tick));
  }
  absl::StrAppendFormat(svg,
                        "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
                        kLeft, kWidth - kRight, kHeight - kBottom, kHeight - kBottom);
  absl::StrAppendFormat(
      svg, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
      (kLeft + kWidth - kRight) / 2, kHeight - 8, EscapeHtml(plot.x_label));
  absl::StrAppendFormat(svg,
                        "<text class=\"label\" transform=\"translate(14 %.1f) rotate(-90)\" "
                        "text-anchor=\"middle\">%s</text>",
                        (kTop + kHeight - kBottom) / 2, EscapeHtml(plot.y_label));
}

void AppendLine(const Series& series, size_t index, const Scale& x, const Scale& y,
                std::string* svg) {
  absl::StrAppendFormat(svg, "<polyline class=\"line s%d\" points=\"",
                        static_cast<int>(index % 8 + 1));
  const size_t step = series.points.size() / kMaxPoints + 1;
  for (size_t i = 0; i < series.points.size(); i += step) {
    absl::StrAppendFormat(svg, "%.1f,%.1f ", x(series.points[i].first), y(series.points[i].second));
  }
  absl::StrAppend(svg, "\"><title>", EscapeHtml(series.name), "</title></polyline>");
}

}  // namespace

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
  Extent x_extent;
  Extent y_extent;
  for (const Series& series : plot.series) {
    for (const auto& [x, y] : series.points) {
      x_extent.Add(x);
      y_extent.Add(y);
    }
  }
  if (x_extent.low > x_extent.high) x_extent = {0, 1};
  if (y_extent.low > y_extent.high) y_extent = {0, 1};
  if (plot.y_from_zero) y_extent.low = std::min(0.0, y_extent.low);
  if (x_extent.high == x_extent.low) x_extent.high += 1;
  const std::vector<double> y_ticks = NiceTicks(y_extent.low, y_extent.high);
  const Scale x{x_extent.low, x_extent.high, kLeft, kWidth - kRight};
  const Scale y{y_ticks.front(), y_ticks.back(), kHeight - kBottom, kTop};

  std::string svg = absl::StrFormat(
      "<svg class=\"plot\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">"
      "<text class=\"title\" x=\"%g\" y=\"20\">%s</text>",
      kWidth, kHeight, EscapeHtml(plot.title), kLeft, EscapeHtml(plot.title));
  AppendAxes(plot, x, y, &svg);
  for (size_t i = 0; i < plot.series.size(); ++i) AppendLine(plot.series[i], i, x, y, &svg);
  if (plot.series.size() > 1) {
    double at = kWidth - kRight;
    for (size_t i = plot.series.size(); i-- > 0;) {
      at -= 7.0 * static_cast<double>(plot.series[i].name.size()) + 26;
      absl::StrAppendFormat(&svg,
                            "<line class=\"line s%d\" x1=\"%.1f\" x2=\"%.1f\" y1=\"16\" y2=\"16\"/>"
                            "<text class=\"tick\" x=\"%.1f\" y=\"20\">%s</text>",
                            static_cast<int>(i % 8 + 1), at, at + 14, at + 19,
                            EscapeHtml(plot.series[i].name));
    }
  }
  absl::StrAppend(&svg, "</svg>\n");
  return svg;
}

}  // namespace drydock::sim

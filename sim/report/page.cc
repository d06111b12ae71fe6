// The page's frame and its style.
#include "sim/report/page.h"

#include "absl/strings/str_cat.h"

namespace drydock::sim {
namespace {

constexpr char kHead[] = R"(<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
)";

constexpr char kStyle[] =
    R"(body { margin: 0 auto; max-width: 1120px; padding: 32px 20px 64px; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 32px 0 8px; }
h3 { font-size: 15px; margin: 24px 0 4px; }
section { border-top: 1px solid var(--rule); margin-top: 40px; }
.note { color: var(--quiet); max-width: 760px; margin: 4px 0 0; }
.subtitle { color: var(--quiet); margin: 4px 0 24px; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 12px; }
.fact { background: var(--card); border-radius: 8px; padding: 12px 14px; }
.fact b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
.fact span { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr));
  gap: 20px; margin-top: 28px; }
.plot { width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--rule); }
th { color: var(--quiet); font-weight: 500; }
</style>
)";

void AppendPlots(const std::vector<Plot>& plots, const std::vector<IntervalPlot>& intervals,
                 std::string* html) {
  if (plots.empty() && intervals.empty()) return;
  absl::StrAppend(html, "<div class=\"plots\">\n");
  for (const Plot& plot : plots) absl::StrAppend(html, "<div>", RenderPlot(plot), "</div>");
  for (const IntervalPlot& plot : intervals) {
    absl::StrAppend(html, "<div>", RenderIntervals(plot), "</div>");
  }
  absl::StrAppend(html, "</div>\n");
}

void AppendTable(const Table& table, absl::string_view heading, std::string* html) {
  absl::StrAppend(html, "<", heading, ">", EscapeHtml(table.title), "</", heading,
                  ">\n<div class=\"scroll\"><table><thead><tr>");
  for (const std::string& column : table.columns) {
    absl::StrAppend(html, "<th>", EscapeHtml(column), "</th>");
  }
  absl::StrAppend(html, "</tr></thead><tbody>\n");
  for (const std::vector<std::string>& row : table.rows) {
    absl::StrAppend(html, "<tr>");
    for (const std::string& cell : row) {
      absl::StrAppend(html, "<td>", EscapeHtml(cell), "</td>");
    }
    absl::StrAppend(html, "</tr>\n");
  }
  absl::StrAppend(html, "</tbody></table></div>\n");
}

}  // namespace

std::string RenderPage(const Page& page) {
  std::string html =
      absl::StrCat("<!doctype html>\n<html lang=\"en\">\n<head>\n<title>", EscapeHtml(page.title),
                   "</title>\n", kHead, PlotStyle(), kStyle, "</head>\n<body>\n");
  absl::StrAppend(&html, "<h1>", EscapeHtml(page.title), "</h1>\n<p class=\"subtitle\">",
                  EscapeHtml(page.subtitle), "</p>\n<div class=\"facts\">\n");
  for (const auto& [figure, meaning] : page.facts) {
    absl::StrAppend(&html, "<div class=\"fact\"><b>", EscapeHtml(figure), "</b><span>",
                    EscapeHtml(meaning), "</span></div>\n");
  }
  absl::StrAppend(&html, "</div>\n");
  AppendPlots(page.plots, {}, &html);
  for (const Table& table : page.tables) AppendTable(table, "h2", &html);
  for (const Section& section : page.sections) {
    absl::StrAppend(&html, "<section>\n<h2>", EscapeHtml(section.title), "</h2>\n");
    if (!section.text.empty()) {
      absl::StrAppend(&html, "<p class=\"note\">", EscapeHtml(section.text), "</p>\n");
    }
    AppendPlots(section.plots, section.intervals, &html);
    for (const Table& table : section.tables) AppendTable(table, "h3", &html);
    absl::StrAppend(&html, "</section>\n");
  }
  absl::StrAppend(&html, "</body>\n</html>\n");
  return html;
}

}  // namespace drydock::sim

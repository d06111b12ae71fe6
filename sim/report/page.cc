// The page's frame and its style.
#include "sim/report/page.h"

#include "absl/strings/str_cat.h"

namespace drydock::sim {
namespace {

constexpr char kHead[] = R"(<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1b2530; --quiet: #5c6b7a; --rule: #dfe5ea; --card: #f5f7f9;
  --series-1: #1f6feb; --series-2: #d9480f; --series-3: #2b8a3e; --series-4: #9c36b5;
  --series-5: #0b7285; --series-6: #b8860b; --series-7: #c2255c; --series-8: #5f3dc4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12181f; --ink: #e6ebf0; --quiet: #93a1af; --rule: #2a3541; --card: #1a222b;
    --series-1: #6ea8fe; --series-2: #ff922b; --series-3: #69db7c; --series-4: #da77f2;
    --series-5: #3bc9db; --series-6: #ffd43b; --series-7: #faa2c1; --series-8: #b197fc;
  }
}
body { margin: 0 auto; max-width: 1120px; padding: 32px 20px 64px; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 32px 0 8px; }
.subtitle { color: var(--quiet); margin: 4px 0 24px; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 12px; }
.fact { background: var(--card); border-radius: 8px; padding: 12px 14px; }
.fact b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
.fact span { color: var(--quiet); font-size: 13px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr));
  gap: 20px; margin-top: 28px; }
.plot { width: 100%; height: auto; }
.plot .grid { stroke: var(--rule); } .plot .axis { stroke: var(--quiet); }
.plot .tick { fill: var(--quiet); font-size: 12px; } .plot .label { fill: var(--quiet); font-size: 12px; }
.plot .title { fill: var(--ink); font-size: 15px; font-weight: 600; }
.plot .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.s1 { stroke: var(--series-1); } .s2 { stroke: var(--series-2); } .s3 { stroke: var(--series-3); }
.s4 { stroke: var(--series-4); } .s5 { stroke: var(--series-5); } .s6 { stroke: var(--series-6); }
.s7 { stroke: var(--series-7); } .s8 { stroke: var(--series-8); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--rule); }
th { color: var(--quiet); font-weight: 500; }
</style>
)";

}  // namespace

std::string RenderPage(const Page& page) {
  std::string html = absl::StrCat("<!doctype html>\n<html lang=\"en\">\n<head>\n<title>",
                                  EscapeHtml(page.title), "</title>\n", kHead, "</head>\n<body>\n");
  absl::StrAppend(&html, "<h1>", EscapeHtml(page.title), "</h1>\n<p class=\"subtitle\">",
                  EscapeHtml(page.subtitle), "</p>\n<div class=\"facts\">\n");
  for (const auto& [figure, meaning] : page.facts) {
    absl::StrAppend(&html, "<div class=\"fact\"><b>", EscapeHtml(figure), "</b><span>",
                    EscapeHtml(meaning), "</span></div>\n");
  }
  absl::StrAppend(&html, "</div>\n<div class=\"plots\">\n");
  for (const Plot& plot : page.plots) absl::StrAppend(&html, "<div>", RenderPlot(plot), "</div>");
  absl::StrAppend(&html, "</div>\n");
  for (const Table& table : page.tables) {
    absl::StrAppend(&html, "<h2>", EscapeHtml(table.title),
                    "</h2>\n<div class=\"scroll\"><table><thead><tr>");
    for (const std::string& column : table.columns) {
      absl::StrAppend(&html, "<th>", EscapeHtml(column), "</th>");
    }
    absl::StrAppend(&html, "</tr></thead><tbody>\n");
    for (const std::vector<std::string>& row : table.rows) {
      absl::StrAppend(&html, "<tr>");
      for (const std::string& cell : row) {
        absl::StrAppend(&html, "<td>", EscapeHtml(cell), "</td>");
      }
      absl::StrAppend(&html, "</tr>\n");
    }
    absl::StrAppend(&html, "</tbody></table></div>\n");
  }
  absl::StrAppend(&html, "</body>\n</html>\n");
  return html;
}

}  // namespace drydock::sim

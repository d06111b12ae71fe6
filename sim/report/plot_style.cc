// The style that plots share, on a page and as files of their own.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "sim/report/plot.h"

namespace drydock::sim {
namespace {

constexpr char kStyle[] = R"(:root {
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
.plot .grid { stroke: var(--rule); } .plot .axis { stroke: var(--quiet); }
.plot .tick { fill: var(--quiet); font-size: 12px; } .plot .label { fill: var(--quiet); font-size: 12px; }
.plot .title { fill: var(--ink); font-size: 15px; font-weight: 600; }
.plot .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.plot .bound { stroke: var(--quiet); stroke-dasharray: 5 4; fill: none; stroke-width: 1.5; }
.plot .value { fill: var(--ink); font-size: 12px; font-variant-numeric: tabular-nums; }
.plot .band { stroke: none; fill-opacity: 0.18; } .plot .dot { stroke: none; }
.s1 { stroke: var(--series-1); } .s2 { stroke: var(--series-2); } .s3 { stroke: var(--series-3); }
.s4 { stroke: var(--series-4); } .s5 { stroke: var(--series-5); } .s6 { stroke: var(--series-6); }
.s7 { stroke: var(--series-7); } .s8 { stroke: var(--series-8); }
.f1 { fill: var(--series-1); } .f2 { fill: var(--series-2); } .f3 { fill: var(--series-3); } .f4 { fill: var(--series-4); }
.f5 { fill: var(--series-5); } .f6 { fill: var(--series-6); } .f7 { fill: var(--series-7); } .f8 { fill: var(--series-8); }
)";

}  // namespace

absl::string_view PlotStyle() { return kStyle; }

std::string StandaloneSvg(absl::string_view svg) {
  const std::string opening = absl::StrCat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"system-ui, sans-serif\" ");
  std::string file = absl::StrReplaceAll(svg, {{"<svg ", opening}});
  const size_t inside = file.find('>') + 1;
  file.insert(inside,
              absl::StrCat("<style>\nsvg { background: var(--page); }\n", kStyle, "</style>\n"));
  return file;
}

}  // namespace drydock::sim

// The report of a run as one HTML file: what ran, how it went, the plots.
#ifndef DRYDOCK_SIM_REPORT_PAGE_H_
#define DRYDOCK_SIM_REPORT_PAGE_H_

#include <string>
#include <utility>
#include <vector>

#include "sim/report/plot.h"

namespace drydock::sim {

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

// A part of a long page.
struct Section {
  std::string title;
  std::string text;
  std::vector<Plot> plots;
  std::vector<IntervalPlot> intervals;
  std::vector<Table> tables;
};

struct Page {
  std::string title;
  std::string subtitle;
  std::vector<std::pair<std::string, std::string>> facts;  // A figure and what it is.
  std::vector<Plot> plots;
  std::vector<Table> tables;
  std::vector<Section> sections = {};
};

std::string RenderPage(const Page& page);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_REPORT_PAGE_H_

// What a study says, for programs, for people, and for a terminal.
//
// A function of the study and its runs' results: no times of this machine, and nothing of
// how the runs were spread over its cores.
#ifndef DRYDOCK_SIM_COMPARE_COMPARE_REPORT_H_
#define DRYDOCK_SIM_COMPARE_COMPARE_REPORT_H_

#include <string>
#include <utility>
#include <vector>

#include "sim/compare/analysis.h"
#include "sim/compare/study.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

api::Value CompareJson(const Study& study, const Analysis& analysis, const std::string& version);
std::string ComparePage(const Study& study, const Analysis& analysis, const std::string& version);
std::string CompareSummary(const Study& study, const Analysis& analysis);

// Every plot as an SVG file: its name and its content.
std::vector<std::pair<std::string, std::string>> ComparePlots(const Study& study,
                                                              const Analysis& analysis);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_COMPARE_COMPARE_REPORT_H_

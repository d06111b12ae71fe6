// From a scenario file to a Scenario.
#ifndef DRYDOCK_SIM_SCENARIO_PARSE_H_
#define DRYDOCK_SIM_SCENARIO_PARSE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/scenario/scenario.h"

namespace drydock::sim {

// `set` changes fields below spec before anything is read: path and YAML value.
// Errors name file, line, column and field; files that the scenario names (`apply`)
// are read too.
absl::StatusOr<Scenario> LoadScenario(const std::string& path,
                                      const std::vector<std::pair<std::string, std::string>>& set);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_SCENARIO_PARSE_H_

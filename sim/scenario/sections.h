// The sections of a scenario file, one reader each; parse.cc puts them together.
// Each reports what is wrong to `errors` and returns what it could read.
#ifndef DRYDOCK_SIM_SCENARIO_SECTIONS_H_
#define DRYDOCK_SIM_SCENARIO_SECTIONS_H_

#include <string>

#include "sim/scenario/reader.h"
#include "sim/scenario/scenario.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

ClusterSpec ReadCluster(Errors& errors, ObjectReader reader);
WorkloadItem ReadWorkload(Errors& errors, const api::Value& value, const std::string& path);
ReplayAction ReadReplay(Errors& errors, const api::Value& value, const std::string& path);
FaultItem ReadFault(Errors& errors, const api::Value& value, const std::string& path);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_SCENARIO_SECTIONS_H_

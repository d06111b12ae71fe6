// What in a scenario's faults could not happen in its world: found before the run,
// not in the middle of it.
#ifndef DRYDOCK_SIM_FAULTS_CHECK_FAULTS_H_
#define DRYDOCK_SIM_FAULTS_CHECK_FAULTS_H_

#include "absl/status/status.h"
#include "sim/machine/world.h"
#include "sim/scenario/scenario.h"

namespace drydock::sim {

// Names of machines and zones that do not exist, more random nodes than there are,
// processes that do not exist where they should crash, partitions without two sides.
// The message begins with the scenario's file and field. `world` has all its machines
// and their processes.
absl::Status CheckFaults(const Scenario& scenario, const World& world);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_FAULTS_CHECK_FAULTS_H_

// Whom the names in a scenario's faults mean.
//
// Masters are the machines called master-0, master-1, ...; the users' machine is
// called user and never suffers; all others are nodes. Lists are in the order of the
// machines' names.
#ifndef DRYDOCK_SIM_FAULTS_VICTIMS_H_
#define DRYDOCK_SIM_FAULTS_VICTIMS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "sim/scenario/scenario.h"

namespace drydock::sim {

inline constexpr absl::string_view kMasters = "masters";  // As a side of a partition.

std::vector<Machine*> Masters(const World& world);
std::vector<Machine*> Nodes(const World& world);
std::vector<Machine*> Everybody(const World& world);  // Masters and nodes.
// All of a zone's machines, its masters too; none when there is no such zone.
std::vector<Machine*> MachinesInZone(const World& world, absl::string_view zone);
// A master or a node; null when there is none of that name.
Machine* FindVictim(const World& world, absl::string_view name);

// Both sides of a partition. A machine that both names mean is on the side that says
// so more narrowly: a machine before the masters, the masters before a zone. Thus
// {from: zone-a, to: masters} leaves a zone's nodes together and its master out.
struct Sides {
  std::vector<Machine*> from;
  std::vector<Machine*> to;
};
Sides SidesOf(const World& world, const PartitionFault& fault);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_FAULTS_VICTIMS_H_

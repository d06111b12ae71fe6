// One visitor for each form of fault.
#include "sim/faults/check_faults.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/faults/victims.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

struct Checker {
  const World& world;
  std::string where;  // "quickstart.yaml: spec.faults[0]"

  absl::Status operator()(const PowerOffFault& fault) const {
    for (size_t i = 0; i < fault.machines.size(); ++i) {
      RETURN_IF_ERROR(MachineExists(absl::StrCat("powerOff.machines[", i, "]"), fault.machines[i]));
    }
    RETURN_IF_ERROR(EnoughNodes("powerOff.randomNodes", fault.random_nodes));
    if (!fault.zone.empty() && MachinesInZone(world, fault.zone).empty()) {
      return Wrong("powerOff.zone", "a zone that has machines, such as zone-a", fault.zone);
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const CrashFault& fault) const {
    if (fault.process != "kubelet") {
      for (Machine* const machine : Masters(world)) {
        if (machine->FindProcess(fault.process) != nullptr) return absl::OkStatus();
      }
      return Wrong("crash.process", "a process of a master", fault.process);
    }
    RETURN_IF_ERROR(EnoughNodes("crash.randomNodes", fault.random_nodes));
    if (fault.machine.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(MachineExists("crash.machine", fault.machine));
    if (FindVictim(world, fault.machine)->FindProcess(fault.process) != nullptr) {
      return absl::OkStatus();
    }
    return Wrong("crash.machine", "a machine that runs a kubelet", fault.machine);
  }

  absl::Status operator()(const PartitionFault& fault) const {
    RETURN_IF_ERROR(SideExists("partition.from", fault.from));
    RETURN_IF_ERROR(SideExists("partition.to", fault.to));
    const Sides sides = SidesOf(world, fault);
    if (!sides.from.empty() && !sides.to.empty()) return absl::OkStatus();
    return Wrong("partition", "two sides with different machines",
                 absl::StrCat(fault.from, "\" and \"", fault.to));
  }

  absl::Status operator()(const NetworkDegradation&) const { return absl::OkStatus(); }

  absl::Status MachineExists(absl::string_view field, const std::string& name) const {
    if (FindVictim(world, name) != nullptr) return absl::OkStatus();
    return Wrong(field, "a master or a node", name);
  }
  absl::Status SideExists(absl::string_view field, const std::string& name) const {
    if (name == kMasters || FindVictim(world, name) != nullptr ||
        !MachinesInZone(world, name).empty()) {
      return absl::OkStatus();
    }
    return Wrong(field, "masters, a zone that has machines, or a machine", name);
  }
  absl::Status EnoughNodes(absl::string_view field, int count) const {
    const size_t nodes = Nodes(world).size();
    if (count <= static_cast<int>(nodes)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(where, ".", field, ": expected at most ", nodes, " nodes, got ", count));
  }
  absl::Status Wrong(absl::string_view field, absl::string_view expected,
                     absl::string_view got) const {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ".", field, ": expected ", expected, ", got \"", got, "\""));
  }
};

}  // namespace

absl::Status CheckFaults(const Scenario& scenario, const World& world) {
  for (size_t i = 0; i < scenario.faults.size(); ++i) {
    const Checker checker{world, absl::StrCat(scenario.path, ": spec.faults[", i, "]")};
    RETURN_IF_ERROR(std::visit(checker, scenario.faults[i].fault));
  }
  return absl::OkStatus();
}

}  // namespace drydock::sim

// From names to machines.
#include "sim/faults/victims.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace drydock::sim {
namespace {

constexpr absl::string_view kUserMachine = "user";

bool IsMaster(absl::string_view name) { return absl::StartsWith(name, "master-"); }

template <typename Predicate>
std::vector<Machine*> Select(const World& world, Predicate chosen) {
  std::vector<Machine*> machines;
  for (const auto& [name, machine] : world.machines()) {
    if (name != kUserMachine && chosen(name, *machine)) machines.push_back(machine);
  }
  return machines;
}

// One side of a partition, and how widely its name reaches.
struct Side {
  std::vector<Machine*> machines;
  int breadth;
};

Side SideOf(const World& world, const std::string& name) {
  if (Machine* const machine = FindVictim(world, name)) return {{machine}, 0};
  if (name == kMasters) return {Masters(world), 1};
  return {MachinesInZone(world, name), 2};
}

void Remove(const std::vector<Machine*>& those, std::vector<Machine*>* machines) {
  std::erase_if(*machines, [&those](const Machine* machine) {
    return std::find(those.begin(), those.end(), machine) != those.end();
  });
}

}  // namespace

std::vector<Machine*> Masters(const World& world) {
  return Select(world, [](absl::string_view name, const Machine&) { return IsMaster(name); });
}

std::vector<Machine*> Nodes(const World& world) {
  return Select(world, [](absl::string_view name, const Machine&) { return !IsMaster(name); });
}

std::vector<Machine*> Everybody(const World& world) {
  return Select(world, [](absl::string_view, const Machine&) { return true; });
}

std::vector<Machine*> MachinesInZone(const World& world, absl::string_view zone) {
  return Select(world, [zone](absl::string_view, const Machine& machine) {
    return !zone.empty() && machine.zone() == zone;
  });
}

Machine* FindVictim(const World& world, absl::string_view name) {
  return name == kUserMachine ? nullptr : world.FindMachine(name);
}

Sides SidesOf(const World& world, const PartitionFault& fault) {
  Side from = SideOf(world, fault.from);
  Side to = SideOf(world, fault.to);
  if (from.breadth < to.breadth) {
    Remove(from.machines, &to.machines);
  } else {
    Remove(to.machines, &from.machines);
  }
  return {std::move(from.machines), std::move(to.machines)};
}

}  // namespace drydock::sim

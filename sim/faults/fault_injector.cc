// Each fault is one task: wait, break, wait, mend.
#include "sim/faults/fault_injector.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "sim/faults/victims.h"
#include "sim/kernel/event_digest.h"
#include "sim/network/network.h"
#include "src/rt/payload.h"

namespace drydock::sim {
namespace {

constexpr absl::Duration kRestartDelay = absl::Seconds(1);  // Of a crash that says none.
constexpr size_t kNamesShown = 10;

// Some of `candidates`, without repetition, in the order of their names.
std::vector<Machine*> Draw(std::vector<Machine*> candidates, int count, rt::Random& random) {
  random.Shuffle(candidates);
  if (candidates.size() > static_cast<size_t>(count)) {
    candidates.resize(static_cast<size_t>(count));
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Machine* a, const Machine* b) { return a->machine() < b->machine(); });
  return candidates;
}

std::string Names(const std::vector<Machine*>& machines) {
  if (machines.empty()) return "nothing";
  std::string names;
  for (size_t i = 0; i < std::min(machines.size(), kNamesShown); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", machines[i]->machine());
  }
  if (machines.size() > kNamesShown) {
    absl::StrAppend(&names, " and ", machines.size() - kNamesShown, " more");
  }
  return names;
}

MachineSet SetOf(const std::vector<Machine*>& machines) {
  MachineSet set;
  for (const Machine* const machine : machines) set.members.push_back(machine->id());
  return set;
}

}  // namespace

FaultInjector::FaultInjector(World& world, const std::vector<FaultItem>& faults, rt::Random random)
    : world_(world), faults_(faults), random_(random) {}

void FaultInjector::Start() {
  for (size_t i = 0; i < faults_.size(); ++i) tasks_.Spawn(Play(faults_[i], i));
}

rt::Task<> FaultInjector::Play(const FaultItem& item, size_t number) {
  co_await world_.executor().SleepUntil(item.at);
  rt::Random random = random_.Fork(absl::StrCat(number));
  const Injected injected =
      std::visit([&](const auto& fault) { return Plan(fault, random); }, item.fault);
  const bool crash = std::holds_alternative<CrashFault>(item.fault);
  const absl::Duration lasts =
      item.lasts.value_or(crash ? kRestartDelay : absl::InfiniteDuration());

  const size_t record = Record(injected.what);
  for (const Victim& victim : injected.victims) Break(victim, world_.Now() + lasts);
  Network::FaultId network = 0;
  if (injected.network.has_value()) network = world_.network().AddFault(*injected.network);
  if (lasts == absl::InfiniteDuration()) co_return;

  co_await world_.executor().SleepFor(lasts);
  for (const Victim& victim : injected.victims) Mend(victim);
  if (injected.network.has_value()) world_.network().RemoveFault(network);
  records_[record].healed_at = world_.Now();
  Note(absl::StrCat("healed: ", injected.what));
}

FaultInjector::Injected FaultInjector::Plan(const PowerOffFault& fault, rt::Random& random) const {
  std::vector<Machine*> machines;
  if (!fault.zone.empty()) {
    machines = MachinesInZone(world_, fault.zone);
  } else if (fault.random_nodes > 0) {
    // Among those that have power to lose.
    std::vector<Machine*> candidates = Nodes(world_);
    std::erase_if(candidates, [](const Machine* node) { return !node->powered(); });
    machines = Draw(std::move(candidates), fault.random_nodes, random);
  } else {
    for (const std::string& name : fault.machines) {
      machines.push_back(FindVictim(world_, name));
    }
  }
  Injected planned;
  planned.what = fault.zone.empty()
                     ? absl::StrCat("powerOff ", Names(machines))
                     : absl::StrCat("powerOff ", fault.zone, " (", machines.size(), " machines)");
  for (Machine* const machine : machines) planned.victims.push_back({machine, nullptr});
  return planned;
}

FaultInjector::Injected FaultInjector::Plan(const CrashFault& fault, rt::Random& random) const {
  const auto runs_it = [&fault](Machine* machine) {
    const Process* const process = machine->FindProcess(fault.process);
    return process != nullptr && process->running();
  };
  std::vector<Machine*> machines;
  if (fault.process != "kubelet") {
    machines = Masters(world_);
  } else if (fault.random_nodes > 0) {
    std::vector<Machine*> candidates = Nodes(world_);
    std::erase_if(candidates, [&](Machine* node) { return !runs_it(node); });
    machines = Draw(std::move(candidates), fault.random_nodes, random);
  } else {
    machines.push_back(FindVictim(world_, fault.machine));
  }
  // Without power there is nothing to crash, and booting starts everything.
  std::erase_if(machines, [&fault](Machine* machine) {
    return !machine->powered() || machine->FindProcess(fault.process) == nullptr;
  });
  Injected planned;
  planned.what = absl::StrCat("crash ", fault.process, " on ", Names(machines));
  for (Machine* const machine : machines) {
    planned.victims.push_back({machine, machine->FindProcess(fault.process)});
  }
  return planned;
}

FaultInjector::Injected FaultInjector::Plan(const PartitionFault& fault, rt::Random&) const {
  const Sides sides = SidesOf(world_, fault);
  Injected planned;
  planned.what = fault.one_way
                     ? absl::StrCat("partition ", fault.from, " to ", fault.to, ", one way")
                     : absl::StrCat("partition ", fault.from, " from ", fault.to);
  NetworkFault& cut = planned.network.emplace();
  cut.from = SetOf(sides.from);
  cut.to = SetOf(sides.to);
  cut.both_ways = !fault.one_way;
  cut.cut = true;
  return planned;
}

FaultInjector::Injected FaultInjector::Plan(const NetworkDegradation& fault, rt::Random&) const {
  Injected planned;
  planned.what = absl::StrCat("network loss ", fault.loss, ", extra latency ",
                              absl::FormatDuration(fault.extra_latency));
  NetworkFault& degraded = planned.network.emplace();
  degraded.from = SetOf(Everybody(world_));
  degraded.to = degraded.from;
  degraded.both_ways = false;  // The set is on both sides: each message once.
  // A call fails with the probability `loss`, half of the times before it is served.
  // The reply's part counts among the calls whose request arrived.
  degraded.lose_request = fault.loss / 2;
  degraded.lose_reply = (fault.loss / 2) / (1 - fault.loss / 2);
  degraded.extra_latency = fault.extra_latency;
  return planned;
}

void FaultInjector::Break(const Victim& victim, absl::Duration end) {
  const std::string& machine = victim.machine->machine();
  absl::Duration& held = holds_[{machine, victim.process ? victim.process->name() : ""}];
  const bool up = victim.process ? victim.process->running() : victim.machine->powered();
  held = up ? end : std::max(held, end);
  if (victim.process != nullptr) {
    victim.process->Kill();
  } else {
    victim.machine->PowerOff();
  }
}

void FaultInjector::Mend(const Victim& victim) {
  const std::string& machine = victim.machine->machine();
  if (world_.Now() < holds_[{machine, victim.process ? victim.process->name() : ""}]) return;
  if (victim.process == nullptr) {
    victim.machine->PowerOn();
  } else if (victim.machine->powered() && !victim.process->running()) {
    victim.process->Start();
  }
}

size_t FaultInjector::Record(const std::string& what) {
  Note(what);
  records_.push_back({.at = world_.Now(), .what = what, .healed_at = std::nullopt});
  return records_.size() - 1;
}

void FaultInjector::Note(const std::string& what) {
  world_.kernel().digest().Note(world_.kernel().now(), 0, EventDigest::kFault,
                                rt::DigestBytes(what.data(), what.size()));
}

}  // namespace drydock::sim

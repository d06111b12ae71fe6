// Plays a scenario's faults on a world, each at its time, and heals it after its own.
//
//   FaultInjector faults(world, scenario.faults, world.NewRandom("faults"));
//   faults.Start();
//   world.Run(scenario.duration);
//   Report(faults.records());
//
// Faults may overlap. A machine stays without power, and a process down, until the
// last fault that holds it there has healed; whoever boots or starts it before ends
// that. Network faults add up, and each heals alone.
#ifndef DRYDOCK_SIM_FAULTS_FAULT_INJECTOR_H_
#define DRYDOCK_SIM_FAULTS_FAULT_INJECTOR_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "sim/network/network_fault.h"
#include "sim/scenario/scenario.h"
#include "src/rt/random.h"
#include "src/rt/task.h"

namespace drydock::sim {

// What was done to the world, for the report.
struct FaultRecord {
  absl::Duration at;
  std::string what;  // "powerOff general-17, general-23"
  std::optional<absl::Duration> healed_at;
};

class FaultInjector {
 public:
  // `world` and `faults` outlive the injector; `faults` has passed CheckFaults. Each
  // fault draws from a fork of `random`: adding one moves no other's victims.
  FaultInjector(World& world, const std::vector<FaultItem>& faults, rt::Random random);
  FaultInjector(const FaultInjector&) = delete;
  FaultInjector& operator=(const FaultInjector&) = delete;

  // Everything happens on the world's executor, outside of any machine. Destroying
  // the injector stops it: what is broken then stays broken. REQUIRES: called once.
  void Start();

  // In the order of their injection.
  const std::vector<FaultRecord>& records() const { return records_; }

 private:
  struct Victim {
    Machine* machine;
    Process* process;  // Null: the machine as a whole.
  };
  // A fault in force, as far as its healing needs it.
  struct Injected {
    std::string what;
    std::vector<Victim> victims;
    std::optional<NetworkFault> network;
  };

  rt::Task<> Play(const FaultItem& item, size_t number);

  // Says what will be broken, by the state of the world of now.
  Injected Plan(const PowerOffFault& fault, rt::Random& random) const;
  Injected Plan(const CrashFault& fault, rt::Random& random) const;
  Injected Plan(const PartitionFault& fault, rt::Random& random) const;
  Injected Plan(const NetworkDegradation& fault, rt::Random& random) const;

  void Break(const Victim& victim, absl::Duration end);
  void Mend(const Victim& victim);

  size_t Record(const std::string& what);
  void Note(const std::string& what);

  World& world_;
  const std::vector<FaultItem>& faults_;
  const rt::Random random_;
  // When what is held down may come back, by the names of machine and process.
  std::map<std::pair<std::string, std::string>, absl::Duration> holds_;
  std::vector<FaultRecord> records_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_FAULTS_FAULT_INJECTOR_H_

// Marks the stretches of a program in which simulated code runs, so that the
// tripwires (tripwire.cc) can tell a simulation that asks the outside world for
// something from a harness that may.
#ifndef DRYDOCK_SIM_TRIPWIRE_SIMULATION_SCOPE_H_
#define DRYDOCK_SIM_TRIPWIRE_SIMULATION_SCOPE_H_

#include <utility>

namespace drydock::sim {

// Of this thread. The one mutable global of the simulator: the C library's
// functions, which the tripwires replace, have no parameter to pass it in.
inline thread_local bool simulating = false;

// The kernel holds one while it runs turns.
class SimulationScope {
 public:
  SimulationScope() : outer_(std::exchange(simulating, true)) {}
  SimulationScope(const SimulationScope&) = delete;
  SimulationScope& operator=(const SimulationScope&) = delete;
  ~SimulationScope() { simulating = outer_; }

 private:
  const bool outer_;
};

// Held by what writes results or shows progress from within a run. Nothing that
// it learns from the outside may flow back into the simulation.
class OutsideScope {
 public:
  OutsideScope() : outer_(std::exchange(simulating, false)) {}
  OutsideScope(const OutsideScope&) = delete;
  OutsideScope& operator=(const OutsideScope&) = delete;
  ~OutsideScope() { simulating = outer_; }

 private:
  const bool outer_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_TRIPWIRE_SIMULATION_SCOPE_H_

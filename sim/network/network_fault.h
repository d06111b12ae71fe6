// What can be wrong between machines for a while.
#ifndef DRYDOCK_SIM_NETWORK_NETWORK_FAULT_H_
#define DRYDOCK_SIM_NETWORK_NETWORK_FAULT_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace drydock::sim {

// A machine's number in the network: they count up from 0 as machines are added.
using MachineId = uint32_t;

// Some machines. Network has helpers that make them: Machines, Zone, Everyone.
struct MachineSet {
  std::vector<MachineId> members;
  bool everyone = false;  // Those to come included.
};

// Acts on messages from `from` to `to`, and on those the other way when
// `both_ways`; never on those within one machine. Faults add up.
struct NetworkFault {
  MachineSet from;
  MachineSet to;
  bool both_ways = true;

  // Nothing passes, and nobody is told: messages wait, as TCP has them wait, and
  // pass when the last cut ends, unless the keep-alive time or the caller's
  // patience ends first.
  bool cut = false;

  // As in LinkProfile.
  double retransmit = 0;
  double lose_request = 0;
  double lose_reply = 0;
  double reset = 0;

  absl::Duration extra_latency;  // On each message...
  double slow_down = 1;          // ...after its latency was multiplied by this.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_NETWORK_NETWORK_FAULT_H_

// A rolling hash over everything that happens in a run. Two runs that agree in it
// did the same things at the same virtual times in the same order; the first event
// in which they differ changes every later value.
#ifndef DRYDOCK_SIM_KERNEL_EVENT_DIGEST_H_
#define DRYDOCK_SIM_KERNEL_EVENT_DIGEST_H_

#include <cstdint>

#include "sim/kernel/event.h"
#include "src/rt/payload.h"

namespace drydock::sim {

class EventDigest {
 public:
  // Kinds of the kernel and the network; components' notes hash their names.
  enum Kind : uint64_t {
    kTurn = 1,
    kRequest,
    kReply,
    kMessage,
    kLost,
    kBroken,
    kFault,
    kMachineState,
  };

  void Note(Nanos at, uint32_t machine, uint64_t kind, uint64_t payload) {
    value_ = rt::MixDigest(value_ + payload, Position(at, machine) ^ kind * kSpread);
    ++count_;
  }

  uint64_t value() const { return value_; }
  uint64_t count() const { return count_; }

 private:
  static constexpr uint64_t kSpread = 0xd1342543de82ef95ull;
  static uint64_t Position(Nanos at, uint32_t machine) {
    return static_cast<uint64_t>(at) + (static_cast<uint64_t>(machine) << 44);
  }

  uint64_t value_ = 0x6472796a6f636b21ull;
  uint64_t count_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_KERNEL_EVENT_DIGEST_H_

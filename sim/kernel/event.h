// What the kernel can have in its queues: wake-ups of coroutines, and plain events.
//
// An event is for hot paths that need no coroutine, such as a message in flight:
// an object with a virtual Fire(), linked into the queues by itself, so that
// scheduling it allocates nothing and its owner can pool it.
#ifndef DRYDOCK_SIM_KERNEL_EVENT_H_
#define DRYDOCK_SIM_KERNEL_EVENT_H_

#include <cstdint>

#include "src/rt/executor.h"

namespace drydock::sim {

// Virtual time: nanoseconds since the start of the simulation.
using Nanos = int64_t;

class Kernel;
class LocalExecutor;

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // Runs in a turn of its own, no longer scheduled; it may schedule or destroy itself.
  virtual void Fire() = 0;

  bool scheduled() const { return queue_ != Queue::kNone; }
  void Cancel();

 protected:
  virtual ~Event() { Cancel(); }

 private:
  friend class Kernel;
  friend class LocalExecutor;
  using Queue = rt::Wakeup::Queue;

  void Queued(Queue queue, uint32_t slot) {
    queue_ = queue;
    slot_ = slot;
  }

  Kernel* kernel_ = nullptr;         // Set while scheduled.
  LocalExecutor* holder_ = nullptr;  // Set while held by a machine that stands still.
  uint32_t slot_ = 0;
  Queue queue_ = Queue::kNone;
};

// A wake-up, an event, or nothing; one pointer wide.
class Item {
 public:
  Item() = default;
  explicit Item(rt::Wakeup& wakeup) : bits_(reinterpret_cast<uintptr_t>(&wakeup)) {}
  explicit Item(Event& event) : bits_(reinterpret_cast<uintptr_t>(&event) | kEventBit) {}

  explicit operator bool() const { return bits_ != 0; }
  bool is_event() const { return (bits_ & kEventBit) != 0; }
  // NOLINTBEGIN(performance-no-int-to-ptr): a pointer with a tag in its lowest bit.
  Event& event() const { return *reinterpret_cast<Event*>(bits_ & ~kEventBit); }
  rt::Wakeup& wakeup() const { return *reinterpret_cast<rt::Wakeup*>(bits_); }

  // Asks for the memory of what will run soon. A wake-up lies in its coroutine's
  // frame, near the front.
  void Prefetch() const {
    const auto* address = reinterpret_cast<const char*>(bits_ & ~kEventBit);
    __builtin_prefetch(address);
    __builtin_prefetch(address + (is_event() ? 64 : -64));
  }
  // NOLINTEND(performance-no-int-to-ptr)

 private:
  static constexpr uintptr_t kEventBit = 1;
  uintptr_t bits_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_KERNEL_EVENT_H_

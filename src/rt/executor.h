// The seam between components and the world they run in: time and turns.
//
// The simulator implements it with a virtual clock, the real build with
// Boost.Asio. Components see only this class, never which one it is.
//
// An executor is single-threaded. Everything it runs may touch everything else
// it runs without locks, and nothing else may. Every simulated machine has an
// executor of its own, so that its clocks can run fast, slow or stand still.
#ifndef DRYDOCK_SRC_RT_EXECUTOR_H_
#define DRYDOCK_SRC_RT_EXECUTOR_H_

#include <coroutine>
#include <cstdint>

#include "absl/time/time.h"

namespace drydock::rt {

class Wakeup;

// A point on a machine's monotonic clock: the time since an origin that is fixed
// for the life of the process and means nothing to anybody else. Never stored in
// an object, never sent to another machine. A type other than absl::Time, so that
// it cannot be mixed up with wall-clock time.
using Instant = absl::Duration;

class Executor {
 public:
  virtual ~Executor() = default;

  // The monotonic clock. Never goes back.
  virtual Instant Now() const = 0;

  // The wall clock, for timestamps in objects. May step either way.
  virtual absl::Time WallNow() const = 0;

  // co_await executor.SleepFor(absl::Seconds(10));
  auto SleepFor(absl::Duration duration);
  auto SleepUntil(Instant when);

  // co_await executor.Yield(); lets everything already due run first.
  auto Yield();

 private:
  friend class Wakeup;
  // Resume wakeup.waiter() in a later turn of this instant, after what is already
  // scheduled for it (the simulator may choose another order by seed); or in the
  // first turn at or after `when`, in the order of scheduling among equals. The
  // executor calls Fire() before it resumes.
  virtual void Schedule(Wakeup& wakeup) = 0;
  virtual void ScheduleAt(Wakeup& wakeup, Instant when) = 0;
  virtual void Cancel(Wakeup& wakeup) = 0;
};

// A scheduled resumption that can be taken back. Every awaiter that waits has one
// inside it, hence inside the coroutine frame: scheduling allocates nothing, and a
// frame that is destroyed while it waits takes itself off the executor's queues.
class Wakeup {
 public:
  explicit Wakeup(Executor& executor) : executor_(executor) {}
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;
  ~Wakeup() { Cancel(); }

  void Schedule(std::coroutine_handle<> waiter) {
    Cancel();
    waiter_ = waiter;
    executor_.Schedule(*this);
  }
  void ScheduleAt(std::coroutine_handle<> waiter, Instant when) {
    Cancel();
    waiter_ = waiter;
    executor_.ScheduleAt(*this, when);
  }
  void Cancel() {
    if (queue_ != Queue::kNone) executor_.Cancel(*this);
    queue_ = Queue::kNone;
  }
  bool scheduled() const { return queue_ != Queue::kNone; }

  // For executors: who to resume, and where the wakeup is queued (kHeld: with a
  // machine that stands still).
  enum class Queue : uint8_t { kNone, kReady, kTimer, kHeld };
  Executor& executor() const { return executor_; }
  std::coroutine_handle<> waiter() const { return waiter_; }
  Queue queue() const { return queue_; }
  uint32_t slot() const { return slot_; }
  void Queued(Queue queue, uint32_t slot) {
    queue_ = queue;
    slot_ = slot;
  }
  std::coroutine_handle<> Fire() {
    queue_ = Queue::kNone;
    return waiter_;
  }

 private:
  Executor& executor_;
  std::coroutine_handle<> waiter_;
  uint32_t slot_ = 0;
  Queue queue_ = Queue::kNone;
};

inline auto Executor::SleepUntil(Instant when) {
  struct Awaiter {
    Instant when;
    Wakeup wakeup;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { wakeup.ScheduleAt(waiter, when); }
    void await_resume() const noexcept {}
  };
  return Awaiter{when, Wakeup(*this)};
}

inline auto Executor::SleepFor(absl::Duration duration) { return SleepUntil(Now() + duration); }

inline auto Executor::Yield() {
  struct Awaiter {
    Wakeup wakeup;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { wakeup.Schedule(waiter); }
    void await_resume() const noexcept {}
  };
  return Awaiter{Wakeup(*this)};
}

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_EXECUTOR_H_

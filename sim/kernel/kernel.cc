// The event loop, and the executors that see it through machines' clocks.
#include "sim/kernel/kernel.h"

#include <algorithm>

#include "absl/strings/internal/cordz_functions.h"
#include "sim/tripwire/simulation_scope.h"
#include "src/rt/check.h"
#include "src/rt/task.h"

namespace drydock::sim {
namespace {

using Queue = rt::Wakeup::Queue;

// The digest's name for turns that belong to no machine.
constexpr uint32_t kNoMachine = 0xfffff;

const absl::Duration kAlmostOneNanosecond = absl::Nanoseconds(0.75);

}  // namespace

Kernel::Kernel(KernelOptions options)
    : options_(options), clocks_(*this), executor_(*this, clocks_, kNoMachine) {
  // Abseil asks for the time whenever it samples an absl::Cord for its profiler, which is
  // one in 50,000 at random; the payloads of an absl::Status are cords.
  absl::cord_internal::set_cordz_mean_interval(0);
  if (options_.exploration_seed) {
    choices_.emplace(*options_.exploration_seed, "kernel/exploration");
  }
}

void Kernel::Run(absl::Duration until) {
  const SimulationScope scope;
  const Nanos limit = ToNanos(until);
  stopped_ = false;
  while (!stopped_ && StepUpTo(limit)) {
  }
  if (!stopped_ && limit != TimerQueue::kForever) now_ = std::max(now_, limit);
}

bool Kernel::RunUntil(const std::function<bool()>& done, absl::Duration until) {
  const SimulationScope scope;
  const Nanos limit = ToNanos(until);
  stopped_ = false;
  while (!done()) {
    if (stopped_) return false;
    if (!StepUpTo(limit)) {
      if (limit != TimerQueue::kForever) now_ = std::max(now_, limit);
      return done();
    }
  }
  return true;
}

bool Kernel::Step() {
  const SimulationScope scope;
  return StepUpTo(TimerQueue::kForever);
}

bool Kernel::StepUpTo(Nanos limit) {
  Item item;
  if (choices_) [[unlikely]] {
    item = PopRandom(limit);
  } else {
    item = ready_.Pop();
    if (!item) item = timers_.PopDue(limit, &now_);
  }
  if (!item) return false;
  if (item.is_event()) {
    ++events_fired_;
    Event& event = item.event();
    event.queue_ = Queue::kNone;
    digest_.Note(now_, kNoMachine, EventDigest::kTurn, 0);
    event.Fire();
  } else {
    Resume(item.wakeup());
  }
  return true;
}

inline void Kernel::Resume(rt::Wakeup& wakeup) {
  auto& executor = static_cast<LocalExecutor&>(wakeup.executor());
  if (executor.frozen()) [[unlikely]] {
    executor.Hold(wakeup);
    return;
  }
  ++wakeups_fired_;
  digest_.Note(now_, executor.machine(), EventDigest::kTurn, 1);
  running_ = &executor;
  rt::Resume(wakeup.Fire());
  running_ = nullptr;
}

Item Kernel::PopRandom(Nanos limit) {
  // Everything due at this moment may be the next.
  const auto gather = [this](Nanos until) {
    Nanos due = now_;
    for (;;) {
      const Item item = timers_.PopDue(until, &due);
      if (!item) return;
      now_ = std::max(now_, due);
      until = now_;
      PushReady(item);
    }
  };
  gather(std::min(now_, limit));
  for (;;) {
    while (ready_.span() != 0) {
      const auto offset = static_cast<uint32_t>(choices_->Below(ready_.span()));
      const Item item = ready_.Take(
          offset, [](Item moved, uint32_t position) { Moved(moved, Queue::kReady, position); });
      if (item) return item;
    }
    gather(limit);
    if (ready_.span() == 0) return Item();
  }
}

void Kernel::Moved(Item item, Queue queue, uint32_t position) {
  if (item.is_event()) {
    item.event().Queued(queue, position);
  } else {
    item.wakeup().Queued(queue, position);
  }
}

void Kernel::PushReady(Item item) { Moved(item, Queue::kReady, ready_.Push(item)); }

void Kernel::Schedule(Event& event) {
  event.Cancel();
  event.kernel_ = this;
  event.Queued(Queue::kReady, ready_.Push(Item(event)));
}

void Kernel::ScheduleAt(Event& event, Nanos when) {
  event.Cancel();
  event.kernel_ = this;
  event.Queued(Queue::kTimer, timers_.Arm(std::max(now_, when), Item(event)));
}

void Kernel::Cancel(Event& event) { event.Cancel(); }

void Event::Cancel() {
  switch (queue_) {
    case Queue::kNone:
      return;
    case Queue::kReady:
      kernel_->ready_.Erase(slot_);
      break;
    case Queue::kTimer:
      kernel_->timers_.Disarm(slot_);
      break;
    case Queue::kHeld:
      holder_->held_.Erase(slot_);
      break;
  }
  queue_ = Queue::kNone;
}

void Kernel::Rearm(const MachineClocks& clocks, const LocalClock& before, const LocalClock& after) {
  const std::vector<TimerQueue::Timer> timers = timers_.Select([&clocks](Item item) {
    return !item.is_event() &&
           &static_cast<LocalExecutor&>(item.wakeup().executor()).clocks_ == &clocks;
  });
  for (const TimerQueue::Timer& timer : timers) {
    if (timer.due == TimerQueue::kForever) continue;
    // What the clock would have shown then: the deadline, give or take its rounding.
    const Nanos local = before.Read(timer.due);
    timers_.Disarm(timer.slot);
    const Nanos due = after.When(local, now_, TimerQueue::kForever);
    Moved(timer.item, Queue::kTimer, timers_.Arm(due, timer.item));
  }
}

rt::Instant MachineClocks::Now() const { return absl::Nanoseconds(monotonic_.Read(kernel_.now())); }

absl::Time MachineClocks::WallNow() const {
  return kernel_.wall_origin() + absl::Nanoseconds(wall_.Read(kernel_.now()));
}

void MachineClocks::StepMonotonic(absl::Duration forward) {
  DRYDOCK_CHECK(forward >= absl::ZeroDuration(), "a monotonic clock never goes back");
  const LocalClock before = monotonic_;
  monotonic_.Step(kernel_.now(), ToNanos(forward));
  kernel_.Rearm(*this, before, monotonic_);
}

void MachineClocks::SetMonotonicSkew(int64_t parts_per_billion) {
  const LocalClock before = monotonic_;
  monotonic_.SetSkew(kernel_.now(), parts_per_billion);
  kernel_.Rearm(*this, before, monotonic_);
}

void MachineClocks::StepWall(absl::Duration difference) {
  wall_.Step(kernel_.now(), ToNanos(difference));
}

void MachineClocks::SetWallSkew(int64_t parts_per_billion) {
  wall_.SetSkew(kernel_.now(), parts_per_billion);
}

void LocalExecutor::Schedule(rt::Wakeup& wakeup) {
  wakeup.Queued(Queue::kReady, kernel_.ready_.Push(Item(wakeup)));
}

void LocalExecutor::ScheduleAt(rt::Wakeup& wakeup, rt::Instant when) {
  // absl counts in quarters of a nanosecond: rounded up, or the waiter would be woken
  // before its time, wait again, and be woken at once, for ever.
  const Nanos local = ToNanos(when + kAlmostOneNanosecond);
  const Nanos due = clocks_.monotonic_.When(local, kernel_.now(), TimerQueue::kForever);
  wakeup.Queued(Queue::kTimer, kernel_.timers_.Arm(due, Item(wakeup)));
}

void LocalExecutor::Cancel(rt::Wakeup& wakeup) {
  switch (wakeup.queue()) {
    case Queue::kNone:
      break;
    case Queue::kReady:
      kernel_.ready_.Erase(wakeup.slot());
      break;
    case Queue::kTimer:
      kernel_.timers_.Disarm(wakeup.slot());
      break;
    case Queue::kHeld:
      held_.Erase(wakeup.slot());
      break;
  }
}

void LocalExecutor::Hold(rt::Wakeup& wakeup) {
  wakeup.Queued(Queue::kHeld, held_.Push(Item(wakeup)));
}

void LocalExecutor::Hold(Event& event) {
  event.Cancel();
  event.kernel_ = &kernel_;
  event.holder_ = this;
  event.Queued(Queue::kHeld, held_.Push(Item(event)));
}

void LocalExecutor::Thaw() {
  frozen_ = false;
  while (const Item item = held_.Pop()) kernel_.PushReady(item);
}

}  // namespace drydock::sim

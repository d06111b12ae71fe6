// The simulator's event loop: virtual time, and one total order of turns.
//
// Time stands still while anything is ready and jumps to the next timer when
// nothing is. Ready work runs in the order it was scheduled, timers in the order of
// (due time, order of arming). Two runs of one program differ in nothing.
//
// In exploration mode a seeded draw picks among everything that could run at the
// moment, which reaches interleavings that first-in-first-out never shows.
//
// The kernel knows time and turns only: machines, networks and faults are built
// on it.
#ifndef DRYDOCK_SIM_KERNEL_KERNEL_H_
#define DRYDOCK_SIM_KERNEL_KERNEL_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "absl/time/time.h"
#include "sim/kernel/event.h"
#include "sim/kernel/event_digest.h"
#include "sim/kernel/local_executor.h"
#include "sim/kernel/ready_queue.h"
#include "sim/kernel/timer_queue.h"
#include "src/rt/random.h"

namespace drydock::sim {

struct KernelOptions {
  // What every wall clock shows at virtual time 0, unless it is skewed.
  absl::Time wall_origin = absl::FromUnixSeconds(1704067200);  // 2024-01-01T00:00:00Z
  // Set: pick among ready work by this seed.
  std::optional<uint64_t> exploration_seed;
};

class Kernel {
 public:
  explicit Kernel(KernelOptions options = {});
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // Virtual time since the start.
  Nanos now() const { return now_; }
  absl::Duration Now() const { return absl::Nanoseconds(now_); }
  absl::Time wall_origin() const { return options_.wall_origin; }

  // The executor of what belongs to no machine (workloads, faults, checks): its
  // clocks are virtual time itself.
  LocalExecutor& executor() { return executor_; }

  // Runs turns until none is left, until Stop, or until virtual time would pass
  // `until`; after the latter, Now() == until.
  void Run(absl::Duration until = absl::InfiniteDuration());
  void RunFor(absl::Duration duration) { Run(Now() + duration); }
  // Runs until `done` holds, which is asked after every turn, or `until`. Says
  // whether it holds.
  bool RunUntil(const std::function<bool()>& done, absl::Duration until);
  // Runs one turn; false when there is none.
  bool Step();
  // Ends Run after the present turn.
  void Stop() { stopped_ = true; }

  // Plain events. An event that is scheduled already is scheduled anew.
  void Schedule(Event& event);  // In a later turn of this moment.
  void ScheduleAt(Event& event, Nanos when);
  void ScheduleAfter(Event& event, Nanos delay) { ScheduleAt(event, now_ + delay); }
  void Cancel(Event& event);

  EventDigest& digest() { return digest_; }
  const EventDigest& digest() const { return digest_; }

  // Whose turn this is; null between turns and in those of plain events.
  const LocalExecutor* running() const { return running_; }

  uint64_t turns() const { return events_fired_ + wakeups_fired_; }
  uint64_t events_fired() const { return events_fired_; }
  uint64_t wakeups_fired() const { return wakeups_fired_; }
  size_t armed_timers() const { return timers_.size(); }

 private:
  friend class Event;
  friend class LocalExecutor;
  friend class MachineClocks;

  bool StepUpTo(Nanos limit);
  Item PopRandom(Nanos limit);
  void PushReady(Item item);
  static void Moved(Item item, rt::Wakeup::Queue queue, uint32_t position);
  void Resume(rt::Wakeup& wakeup);
  // Moves the timers on `clocks` from where `before` had them.
  void Rearm(const MachineClocks& clocks, const LocalClock& before, const LocalClock& after);

  const KernelOptions options_;
  Nanos now_ = 0;
  bool stopped_ = false;
  const LocalExecutor* running_ = nullptr;
  uint64_t events_fired_ = 0;
  uint64_t wakeups_fired_ = 0;
  TimerQueue timers_;
  ReadyQueue ready_;
  EventDigest digest_;
  std::optional<rt::Random> choices_;
  MachineClocks clocks_;
  LocalExecutor executor_;
};

// Limits of what virtual time can express, for durations from outside.
inline Nanos ToNanos(absl::Duration duration) { return absl::ToInt64Nanoseconds(duration); }

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_KERNEL_KERNEL_H_

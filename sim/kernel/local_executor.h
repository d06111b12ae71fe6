// A machine's view of the kernel: its turns, seen through its own clocks.
#ifndef DRYDOCK_SIM_KERNEL_LOCAL_EXECUTOR_H_
#define DRYDOCK_SIM_KERNEL_LOCAL_EXECUTOR_H_

#include <cstdint>

#include "absl/time/time.h"
#include "sim/kernel/event.h"
#include "sim/kernel/local_clock.h"
#include "sim/kernel/ready_queue.h"
#include "src/rt/executor.h"

namespace drydock::sim {

// The two clocks of a machine, shared by all that runs on it. Every change costs
// time linear in the number of armed timers of the world: these are faults, and rare.
class MachineClocks {
 public:
  explicit MachineClocks(Kernel& kernel) : kernel_(kernel) {}
  MachineClocks(const MachineClocks&) = delete;
  MachineClocks& operator=(const MachineClocks&) = delete;

  rt::Instant Now() const;
  absl::Time WallNow() const;

  // Timers that are armed follow the monotonic clock to their new moments.
  // REQUIRES: `forward` is not negative; rates within LocalClock's limits.
  void StepMonotonic(absl::Duration forward);
  void SetMonotonicSkew(int64_t parts_per_billion);
  void StepWall(absl::Duration difference);
  void SetWallSkew(int64_t parts_per_billion);

 private:
  friend class LocalExecutor;

  Kernel& kernel_;
  LocalClock monotonic_;
  LocalClock wall_;  // Nanoseconds after the kernel's wall origin.
};

// The executor of one process. Processes of a machine differ in nothing but that
// each can be made to stand still on its own.
class LocalExecutor final : public rt::Executor {
 public:
  // `machine` names it in the digest.
  LocalExecutor(Kernel& kernel, MachineClocks& clocks, uint32_t machine)
      : kernel_(kernel), clocks_(clocks), machine_(machine) {}
  LocalExecutor(const LocalExecutor&) = delete;
  LocalExecutor& operator=(const LocalExecutor&) = delete;
  ~LocalExecutor() override { Thaw(); }  // Events that were held find nobody.

  rt::Instant Now() const override { return clocks_.Now(); }
  absl::Time WallNow() const override { return clocks_.WallNow(); }

  // Stops all turns, as for a suspended process, a stalled hypervisor or a long
  // collection pause: clocks go on; timers and messages that become due wait, and
  // run in their order after Thaw.
  void Freeze() { frozen_ = true; }
  void Thaw();
  bool frozen() const { return frozen_; }

  // For events that act upon a process: kept until Thaw, then fired again.
  void Hold(Event& event);

  uint32_t machine() const { return machine_; }
  Kernel& kernel() const { return kernel_; }

 private:
  friend class Event;
  friend class Kernel;

  void Schedule(rt::Wakeup& wakeup) override;
  void ScheduleAt(rt::Wakeup& wakeup, rt::Instant when) override;
  void Cancel(rt::Wakeup& wakeup) override;

  void Hold(rt::Wakeup& wakeup);

  Kernel& kernel_;
  MachineClocks& clocks_;
  const uint32_t machine_;
  bool frozen_ = false;
  ReadyQueue held_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_KERNEL_LOCAL_EXECUTOR_H_

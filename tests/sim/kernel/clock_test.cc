// Clocks that run fast, slow and by steps, and timers that follow them.
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/kernel/kernel.h"
#include "sim/kernel/local_clock.h"
#include "sim/kernel/local_executor.h"
#include "src/rt/executor.h"
#include "src/rt/random.h"
#include "src/rt/task.h"

namespace drydock::sim {
namespace {

constexpr Nanos kNever = TimerQueue::kForever;

TEST(LocalClock, WhenIsTheFirstMomentAtWhichTheClockShowsTheTime) {
  rt::Random random(1, "test");
  for (int i = 0; i < 10'000; ++i) {
    LocalClock clock(random.Between(0, 1'000'000));
    Nanos now = random.Between(0, 1'000'000'000);
    clock.SetSkew(now, random.Between(-900'000'000, 2'000'000'000));
    now += random.Between(0, 1'000'000);
    const Nanos local = clock.Read(now) + random.Between(1, 1'000'000'000);
    const Nanos when = clock.When(local, now, kNever);
    ASSERT_GE(clock.Read(when), local);
    ASSERT_LT(clock.Read(when - 1), local);
  }
}

TEST(LocalClock, WhatIsPastIsDueNowAndWhatIsTooFarIsNever) {
  LocalClock clock(1000);
  EXPECT_EQ(clock.When(500, 7, kNever), 7);
  EXPECT_EQ(clock.When(kNever, 7, kNever), kNever);
  clock.SetSkew(7, LocalClock::kSlowest);
  EXPECT_EQ(clock.When(kNever / 2, 7, kNever), kNever);
}

class ClocksTest : public testing::Test {
 protected:
  rt::Task<> SleepAndLog(absl::Duration duration) {
    co_await executor_.SleepFor(duration);
    woke_.push_back(kernel_.Now());
  }

  Kernel kernel_;
  MachineClocks clocks_{kernel_};
  LocalExecutor executor_{kernel_, clocks_, 1};
  std::vector<absl::Duration> woke_;
  rt::TaskGroup tasks_;
};

TEST_F(ClocksTest, AFastClockMakesSleepsShortAndASlowOneLong) {
  clocks_.SetMonotonicSkew(1'000'000'000);  // Twice as fast.
  tasks_.Spawn(SleepAndLog(absl::Seconds(10)));
  kernel_.Run(absl::Seconds(5));
  EXPECT_EQ(woke_, std::vector<absl::Duration>{absl::Seconds(5)});
  clocks_.SetMonotonicSkew(-500'000'000);
  tasks_.Spawn(SleepAndLog(absl::Seconds(10)));
  kernel_.Run();
  EXPECT_EQ(woke_.back(), absl::Seconds(25));
}

TEST_F(ClocksTest, ArmedTimersFollowTheClockWhenItsRateChangesAndKeepTheirOrder) {
  tasks_.Spawn(SleepAndLog(absl::Seconds(10)));
  tasks_.Spawn(SleepAndLog(absl::Seconds(20)));
  kernel_.Run(absl::Seconds(5));
  clocks_.SetMonotonicSkew(-500'000'000);  // Half as fast.
  kernel_.Run();
  EXPECT_EQ(woke_, (std::vector<absl::Duration>{absl::Seconds(15), absl::Seconds(35)}));
}

TEST_F(ClocksTest, AStepOfTheMonotonicClockFiresWhatItPasses) {
  tasks_.Spawn(SleepAndLog(absl::Seconds(10)));
  kernel_.Run(absl::Seconds(1));
  clocks_.StepMonotonic(absl::Minutes(1));
  kernel_.Run();
  EXPECT_EQ(woke_, std::vector<absl::Duration>{absl::Seconds(1)});
}

TEST_F(ClocksTest, TheWallClockStepsBackWithoutMovingTimers) {
  const absl::Time origin = executor_.WallNow();
  tasks_.Spawn(SleepAndLog(absl::Seconds(10)));
  clocks_.StepWall(-absl::Hours(1));
  clocks_.SetWallSkew(100'000'000);  // 10 % fast.
  kernel_.Run();
  EXPECT_EQ(woke_, std::vector<absl::Duration>{absl::Seconds(10)});
  EXPECT_EQ(executor_.WallNow(), origin - absl::Hours(1) + absl::Seconds(11));
}

TEST_F(ClocksTest, AnotherMachinesTimersStayWhereTheyAre) {
  MachineClocks other_clocks(kernel_);
  LocalExecutor other(kernel_, other_clocks, 2);
  tasks_.Spawn(SleepAndLog(absl::Seconds(10)));
  other_clocks.StepMonotonic(absl::Hours(1));
  kernel_.Run();
  EXPECT_EQ(woke_, std::vector<absl::Duration>{absl::Seconds(10)});
}

TEST_F(ClocksTest, AFrozenExecutorRunsWhatBecameDueAfterItsThaw) {
  tasks_.Spawn(SleepAndLog(absl::Seconds(1)));
  tasks_.Spawn(SleepAndLog(absl::Seconds(2)));
  executor_.Freeze();
  kernel_.Run(absl::Seconds(10));
  EXPECT_TRUE(woke_.empty());
  executor_.Thaw();
  kernel_.Run();
  EXPECT_EQ(woke_, (std::vector<absl::Duration>{absl::Seconds(10), absl::Seconds(10)}));
}

TEST_F(ClocksTest, TasksOfAFrozenExecutorCanBeDestroyed) {
  tasks_.Spawn(SleepAndLog(absl::Seconds(1)));
  executor_.Freeze();
  kernel_.Run(absl::Seconds(10));
  tasks_.Clear();
  executor_.Thaw();
  kernel_.Run();
  EXPECT_TRUE(woke_.empty());
}

TEST_F(ClocksTest, AnInfiniteSleepNeverEnds) {
  tasks_.Spawn(SleepAndLog(absl::InfiniteDuration()));
  kernel_.Run();
  clocks_.SetMonotonicSkew(1'000'000'000);
  kernel_.Run();
  EXPECT_TRUE(woke_.empty());
  EXPECT_EQ(kernel_.armed_timers(), 1u);
}

}  // namespace
}  // namespace drydock::sim

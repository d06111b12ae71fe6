// The event loop: its order, its clock, its events.
#include "sim/kernel/kernel.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::sim {
namespace {

rt::Task<> SleepThenLog(rt::Executor& executor, absl::Duration duration, std::string name,
                        std::vector<std::string>* log) {
  co_await executor.SleepFor(duration);
  log->push_back(name);
}

rt::Task<> YieldThenLog(rt::Executor& executor, std::string name, std::vector<std::string>* log) {
  co_await executor.Yield();
  log->push_back(name);
}

rt::Task<> YieldForever(rt::Executor& executor, int* turns) {
  for (;;) {
    co_await executor.Yield();
    ++*turns;
  }
}

rt::Task<> Tick(rt::Executor& executor, absl::Duration period, int* ticks) {
  for (;;) {
    co_await executor.SleepFor(period);
    ++*ticks;
  }
}

class Logging final : public Event {
 public:
  Logging(std::string name, std::vector<std::string>* log) : name_(std::move(name)), log_(log) {}
  ~Logging() override = default;
  void Fire() override { log_->push_back(name_); }

 private:
  const std::string name_;
  std::vector<std::string>* const log_;
};

using Names = std::vector<std::string>;

TEST(Kernel, RunsTimersInTheOrderOfDueTimeThenOfArmingAndReadyWorkBeforeTimers) {
  Kernel kernel;
  Names log;
  rt::TaskGroup tasks;
  Logging event("event", &log);
  tasks.Spawn(SleepThenLog(kernel.executor(), absl::Seconds(2), "late", &log));
  tasks.Spawn(SleepThenLog(kernel.executor(), absl::Seconds(1), "first of two", &log));
  kernel.ScheduleAt(event, 1'000'000'000);
  tasks.Spawn(SleepThenLog(kernel.executor(), absl::Seconds(1), "second of two", &log));
  tasks.Spawn(YieldThenLog(kernel.executor(), "ready", &log));
  kernel.Run();
  EXPECT_EQ(log, (Names{"ready", "first of two", "event", "second of two", "late"}));
  EXPECT_EQ(kernel.Now(), absl::Seconds(2));
  EXPECT_EQ(kernel.turns(), 5u);
  EXPECT_EQ(kernel.events_fired(), 1u);
  EXPECT_EQ(kernel.armed_timers(), 0u);
}

TEST(Kernel, WakesNobodyBeforeAFractionOfANanosecondIsOver) {
  Kernel kernel;
  Names log;
  rt::TaskGroup tasks;
  const absl::Duration when = absl::Nanoseconds(10.25);
  tasks.Spawn([](rt::Executor& executor, absl::Duration until, Names* names) -> rt::Task<> {
    co_await executor.SleepUntil(until);
    names->push_back(executor.Now() >= until ? "late enough" : "too early");
  }(kernel.executor(), when, &log));
  kernel.Run();
  EXPECT_EQ(log, Names{"late enough"});
}

TEST(Kernel, RunStopsAtTheGivenTimeAndTheClockShowsIt) {
  Kernel kernel;
  int ticks = 0;
  rt::TaskGroup tasks;
  tasks.Spawn(Tick(kernel.executor(), absl::Seconds(1), &ticks));
  kernel.Run(absl::Seconds(10));
  EXPECT_EQ(ticks, 10);
  kernel.RunFor(absl::Milliseconds(500));
  EXPECT_EQ(ticks, 10);
  EXPECT_EQ(kernel.Now(), absl::Seconds(10.5));
}

TEST(Kernel, RunUntilStopsInTheTurnInWhichTheConditionComesTrue) {
  Kernel kernel;
  int ticks = 0;
  rt::TaskGroup tasks;
  tasks.Spawn(Tick(kernel.executor(), absl::Seconds(1), &ticks));
  EXPECT_TRUE(kernel.RunUntil([&] { return ticks == 3; }, absl::Hours(1)));
  EXPECT_EQ(kernel.Now(), absl::Seconds(3));
  EXPECT_FALSE(kernel.RunUntil([&] { return ticks == 30; }, absl::Seconds(10)));
  EXPECT_EQ(kernel.Now(), absl::Seconds(10));
}

TEST(Kernel, StepRunsOneTurn) {
  Kernel kernel;
  int ticks = 0;
  rt::TaskGroup tasks;
  EXPECT_FALSE(kernel.Step());
  tasks.Spawn(Tick(kernel.executor(), absl::Seconds(1), &ticks));
  EXPECT_TRUE(kernel.Step());
  EXPECT_EQ(ticks, 1);
}

class Stopping final : public Event {
 public:
  explicit Stopping(Kernel& kernel) : kernel_(kernel) {}
  ~Stopping() override = default;
  void Fire() override { kernel_.Stop(); }

 private:
  Kernel& kernel_;
};

TEST(Kernel, StopEndsARunAfterThePresentTurn) {
  Kernel kernel;
  int ticks = 0;
  rt::TaskGroup tasks;
  Stopping stop(kernel);
  kernel.ScheduleAfter(stop, 5'500'000'000);
  tasks.Spawn(Tick(kernel.executor(), absl::Seconds(1), &ticks));
  kernel.Run(absl::Hours(1));
  EXPECT_EQ(ticks, 5);
  EXPECT_EQ(kernel.Now(), absl::Seconds(5.5));
  kernel.Run(absl::Seconds(8));
  EXPECT_EQ(ticks, 8);
}

TEST(Kernel, CancelledAndDestroyedEventsDoNotFire) {
  Kernel kernel;
  Names log;
  Logging cancelled("cancelled", &log);
  kernel.ScheduleAfter(cancelled, 10);
  cancelled.Cancel();
  auto destroyed = std::make_unique<Logging>("destroyed", &log);
  kernel.Schedule(*destroyed);
  destroyed.reset();
  Logging moved("moved", &log);
  kernel.ScheduleAfter(moved, 10);
  kernel.ScheduleAfter(moved, 20);
  kernel.Run();
  EXPECT_EQ(log, (Names{"moved"}));
  EXPECT_EQ(kernel.now(), 20);
}

TEST(Kernel, TheClockStaysPutWhenOnlyCancelledTimersRemain) {
  Kernel kernel;
  Names log;
  {
    rt::TaskGroup cancelled;
    cancelled.Spawn(SleepThenLog(kernel.executor(), absl::Hours(1), "never", &log));
  }
  kernel.Run();
  EXPECT_EQ(kernel.Now(), absl::ZeroDuration());
  int ticks = 0;
  rt::TaskGroup tasks;
  tasks.Spawn(Tick(kernel.executor(), absl::Seconds(1), &ticks));
  kernel.Run(absl::Seconds(10));
  EXPECT_EQ(ticks, 10);
}

TEST(Kernel, DestroyingAGroupTakesReadyTasksBack) {
  Kernel kernel;
  int turns = 0;
  auto victims = std::make_unique<rt::TaskGroup>();
  for (int i = 0; i < 3000; ++i) victims->Spawn(YieldForever(kernel.executor(), &turns));
  victims.reset();
  kernel.Run();
  EXPECT_EQ(turns, 0);
  EXPECT_EQ(kernel.turns(), 0u);
}

TEST(Kernel, TheWallClockStartsAtItsOrigin) {
  Kernel kernel;
  kernel.Run(absl::Seconds(90));
  EXPECT_EQ(absl::FormatTime(kernel.executor().WallNow(), absl::UTCTimeZone()),
            "2024-01-01T00:01:30+00:00");
}

// The order in which twenty tasks that are ready at once run.
Names Order(std::optional<uint64_t> exploration_seed) {
  Kernel kernel({.exploration_seed = exploration_seed});
  Names log;
  rt::TaskGroup tasks;
  for (int i = 0; i < 10; ++i) {
    tasks.Spawn(YieldThenLog(kernel.executor(), std::to_string(i), &log));
  }
  for (int i = 10; i < 20; ++i) {
    tasks.Spawn(SleepThenLog(kernel.executor(), absl::Seconds(1), std::to_string(i), &log));
  }
  kernel.Run();
  EXPECT_EQ(log.size(), 20u);
  return log;
}

TEST(Kernel, ExplorationDrawsTheOrderOfWhatIsDueAtOnceFromItsSeed) {
  EXPECT_EQ(Order(std::nullopt), Order(std::nullopt));
  EXPECT_EQ(Order(1), Order(1));
  EXPECT_NE(Order(1), Order(2));
  EXPECT_NE(Order(1), Order(std::nullopt));
  // Time keeps its order.
  const Names explored = Order(3);
  for (int i = 0; i < 10; ++i) EXPECT_LT(std::stoi(explored[i]), 10);
}

TEST(Kernel, ExplorationSurvivesTasksThatVanishFromTheQueue) {
  Kernel kernel({.exploration_seed = 5});
  Names log;
  rt::TaskGroup tasks;
  std::vector<std::unique_ptr<rt::TaskGroup>> victims;
  for (int i = 0; i < 100; ++i) {
    tasks.Spawn(YieldThenLog(kernel.executor(), "kept", &log));
    victims.push_back(std::make_unique<rt::TaskGroup>());
    victims.back()->Spawn(YieldThenLog(kernel.executor(), "killed", &log));
  }
  for (int i = 0; i < 10; ++i) kernel.Step();
  const size_t before = log.size();
  victims.clear();
  kernel.Run();
  size_t kept = 0;
  for (const std::string& name : log) kept += name == "kept" ? 1 : 0;
  EXPECT_EQ(kept, 100u);
  EXPECT_LE(log.size(), 100u + before);
}

TEST(Kernel, TheDigestFollowsWhatHappensAndWhen) {
  const auto run = [](absl::Duration period) {
    Kernel kernel;
    int ticks = 0;
    rt::TaskGroup tasks;
    tasks.Spawn(Tick(kernel.executor(), period, &ticks));
    kernel.Run(absl::Minutes(1));
    return kernel.digest().value();
  };
  EXPECT_EQ(run(absl::Seconds(1)), run(absl::Seconds(1)));
  EXPECT_NE(run(absl::Seconds(1)), run(absl::Seconds(2)));
}

}  // namespace
}  // namespace drydock::sim

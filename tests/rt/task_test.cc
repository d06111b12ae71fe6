// Task and TaskGroup: order, ownership, and death at any await.
#include "src/rt/task.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/kernel/kernel.h"
#include "src/rt/executor.h"
#include "src/rt/sync.h"

namespace drydock::rt {
namespace {

using sim::Kernel;

// Counts those alive, so that a frame that leaks or dies twice shows.
class Tracked {
 public:
  explicit Tracked(int* alive) : alive_(alive) { ++*alive_; }
  Tracked(const Tracked& other) : alive_(other.alive_) { ++*alive_; }
  Tracked& operator=(const Tracked&) = delete;
  ~Tracked() { --*alive_; }

 private:
  int* const alive_;
};

Task<int> Add(int a, int b) { co_return a + b; }
Task<std::unique_ptr<int>> MakeBox(int value) { co_return std::make_unique<int>(value); }

Task<> Compute(int* sum, std::unique_ptr<int>* box) {
  *sum = co_await Add(1, 2);
  *box = co_await MakeBox(7);
}

TEST(Task, IsLazyAndDeliversItsValue) {
  int sum = 0;
  std::unique_ptr<int> box;
  Task<> task = Compute(&sum, &box);
  EXPECT_EQ(sum, 0);
  TaskGroup group;
  group.Spawn(std::move(task));
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(*box, 7);
  EXPECT_TRUE(group.empty());
}

TEST(Task, ThatIsNeverAwaitedDiesQuietly) {
  int alive = 0;
  const auto make = [](Tracked tracked) -> Task<> { co_return; };
  {
    const Task<> task = make(Tracked(&alive));
  }
  EXPECT_EQ(alive, 0);
}

Task<int> One() { co_return 1; }
Task<> AwaitMany(int count, int* sum) {
  for (int i = 0; i < count; ++i) *sum += co_await One();
}

TEST(Task, AMillionReadyAwaitsInALoopNeedNoStack) {
  int sum = 0;
  TaskGroup group;
  group.Spawn(AwaitMany(1'000'000, &sum));
  EXPECT_EQ(sum, 1'000'000);
}

Task<int> Deep(Executor& executor, int depth) {
  if (depth == 0) {
    co_await executor.Yield();
    co_return 0;
  }
  const int below = co_await Deep(executor, depth - 1);
  co_return below + 1;
}
Task<> RunDeep(Executor& executor, int depth, int* result) {
  *result = co_await Deep(executor, depth);
}

TEST(Task, AChainOfAHundredThousandReturnsWithoutNesting) {
  Kernel kernel;
  int result = 0;
  TaskGroup group;
  group.Spawn(RunDeep(kernel.executor(), 100'000, &result));
  EXPECT_EQ(result, 0);
  kernel.Run();
  EXPECT_EQ(result, 100'000);
}

TEST(TaskGroup, DestroysChainsThatWaitHoweverDeep) {
  Kernel kernel;
  int result = 0;
  {
    TaskGroup group;
    group.Spawn(RunDeep(kernel.executor(), 1000, &result));
  }
  kernel.Run();
  EXPECT_EQ(result, 0);
  EXPECT_EQ(kernel.turns(), 0u);
}

// A component that waits in every way there is, one after another.
struct Shared {
  explicit Shared(Executor& executor)
      : executor(executor), completion(executor), signal(executor), channel(executor, 4) {}
  Executor& executor;
  Completion<int> completion;
  Signal signal;
  Channel<int> channel;
  int alive = 0;
  int steps = 0;
};

Task<int> WaitInside(Shared& shared, Tracked tracked) {
  const Tracked local(&shared.alive);
  co_await shared.executor.SleepFor(absl::Seconds(1));
  ++shared.steps;
  const std::optional<int> value =
      co_await shared.completion.WaitUntil(shared.executor.Now() + absl::Seconds(10));
  ++shared.steps;
  co_return value.value_or(0);
}

Task<> WaitEveryWay(Shared& shared) {
  const Tracked first(&shared.alive);
  co_await shared.executor.Yield();
  ++shared.steps;
  const int value = co_await WaitInside(shared, Tracked(&shared.alive));
  const Tracked second(&shared.alive);
  shared.steps += value;
  co_await shared.signal.Wait();
  ++shared.steps;
  const bool raised = co_await shared.signal.WaitUntil(shared.executor.Now() + absl::Seconds(1));
  shared.steps += raised ? 100 : 1;
  const std::optional<int> received = co_await shared.channel.Receive();
  shared.steps += received.value_or(0);
  co_await shared.executor.SleepFor(absl::Seconds(1));
  ++shared.steps;
}

Task<> DriveShared(Shared& shared) {
  co_await shared.executor.SleepFor(absl::Seconds(2));
  shared.completion.Set(1);
  co_await shared.executor.SleepFor(absl::Seconds(1));
  shared.signal.Raise();
  co_await shared.executor.SleepFor(absl::Seconds(2));
  shared.channel.Send(1);
}

TEST(TaskGroup, KillsATaskAtEveryPointWhereItWaits) {
  constexpr int kAllSteps = 8;
  int kills = 0;
  for (int turns = 0;; ++turns) {
    Kernel kernel;
    Shared shared(kernel.executor());
    TaskGroup driver;
    driver.Spawn(DriveShared(shared));
    auto victim = std::make_unique<TaskGroup>();
    victim->Spawn(WaitEveryWay(shared));
    for (int i = 0; i < turns; ++i) kernel.Step();
    const bool finished = victim->empty();
    const int steps = shared.steps;
    victim.reset();
    EXPECT_EQ(shared.alive, 0) << "after " << turns << " turns";
    EXPECT_FALSE(shared.signal.awaited());
    kernel.Run();
    EXPECT_EQ(shared.steps, steps) << "after " << turns << " turns";
    EXPECT_EQ(kernel.armed_timers(), 0u);
    if (finished) {
      EXPECT_EQ(steps, kAllSteps);
      break;
    }
    ++kills;
  }
  EXPECT_GE(kills, 8);
}

Task<> HoldAndSleep(Executor& executor, Tracked tracked) {
  co_await executor.SleepFor(absl::Hours(1));
}

TEST(TaskGroup, TakesItsWaitersOffTheirQueues) {
  Kernel kernel;
  int alive = 0;
  {
    TaskGroup tasks;
    for (int i = 0; i < 100; ++i) tasks.Spawn(HoldAndSleep(kernel.executor(), Tracked(&alive)));
    EXPECT_EQ(kernel.armed_timers(), 100u);
    EXPECT_EQ(alive, 100);
  }
  EXPECT_EQ(kernel.armed_timers(), 0u);
  EXPECT_EQ(alive, 0);
}

Task<> SpawnAnother(Executor& executor, TaskGroup& group, int depth, int* count) {
  ++*count;
  if (depth > 0) group.Spawn(SpawnAnother(executor, group, depth - 1, count));
  co_await executor.Yield();
  ++*count;
}

TEST(TaskGroup, TasksMaySpawnIntoTheirOwnGroup) {
  Kernel kernel;
  int count = 0;
  TaskGroup group;
  group.Spawn(SpawnAnother(kernel.executor(), group, 10, &count));
  kernel.Run();
  EXPECT_EQ(count, 22);
  EXPECT_TRUE(group.empty());
}

Task<> KillOther(Executor& executor, std::unique_ptr<TaskGroup>* other) {
  co_await executor.SleepFor(absl::Seconds(1));
  other->reset();
}

TEST(TaskGroup, MayBeDestroyedInTheTurnOfAnother) {
  Kernel kernel;
  int alive = 0;
  auto victim = std::make_unique<TaskGroup>();
  victim->Spawn(HoldAndSleep(kernel.executor(), Tracked(&alive)));
  TaskGroup group;
  group.Spawn(KillOther(kernel.executor(), &victim));
  kernel.Run();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(kernel.Now(), absl::Seconds(1));
}

}  // namespace
}  // namespace drydock::rt

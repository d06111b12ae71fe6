// Completion, Signal and Channel.
#include "src/rt/sync.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sim/kernel/kernel.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::rt {
namespace {

using sim::Kernel;

Task<> SetLater(Executor& executor, absl::Duration delay, Completion<int>& completion, int value) {
  co_await executor.SleepFor(delay);
  completion.Set(value);
}
Task<> WaitFor(Executor& executor, Completion<int>& completion, absl::Duration limit,
               std::optional<int>* result) {
  *result = co_await completion.WaitUntil(executor.Now() + limit);
}

TEST(Completion, ArrivesOrTimesOut) {
  for (const bool late : {false, true}) {
    Kernel kernel;
    Completion<int> completion(kernel.executor());
    TaskGroup tasks;
    std::optional<int> result = 1;
    const absl::Duration limit = absl::Milliseconds(late ? 500 : 1500);
    tasks.Spawn(WaitFor(kernel.executor(), completion, limit, &result));
    tasks.Spawn(SetLater(kernel.executor(), absl::Seconds(1), completion, 7));
    kernel.Run();
    EXPECT_EQ(result, late ? std::nullopt : std::optional<int>(7));
    EXPECT_EQ(kernel.Now(), absl::Seconds(1));
    EXPECT_EQ(kernel.armed_timers(), 0u);
  }
}

TEST(Completion, TheFirstValueWinsAndOneThatIsThereNeedsNoTurn) {
  Kernel kernel;
  Completion<int> completion(kernel.executor());
  completion.Set(1);
  completion.Set(2);
  std::optional<int> result;
  TaskGroup tasks;
  tasks.Spawn(WaitFor(kernel.executor(), completion, absl::InfiniteDuration(), &result));
  EXPECT_EQ(result, 1);
  EXPECT_EQ(kernel.turns(), 0u);
}

TEST(Completion, ForgetsAWaiterThatIsKilled) {
  Kernel kernel;
  Completion<int> completion(kernel.executor());
  std::optional<int> result;
  {
    TaskGroup killed;
    killed.Spawn(WaitFor(kernel.executor(), completion, absl::InfiniteDuration(), &result));
  }
  completion.Set(7);
  kernel.Run();
  EXPECT_EQ(result, std::nullopt);
  EXPECT_EQ(kernel.turns(), 0u);
}

Task<> LogWhenRaised(Signal& signal, std::string name, std::vector<std::string>* log) {
  co_await signal.Wait();
  log->push_back(name);
}
Task<> LogWhenRaisedUntil(Executor& executor, Signal& signal, absl::Duration limit,
                          std::optional<bool>* raised) {
  *raised = co_await signal.WaitUntil(executor.Now() + limit);
}

using Names = std::vector<std::string>;

TEST(Signal, RaiseWakesAllWhoWaitInTheirOrderAndNobodyLater) {
  Kernel kernel;
  Signal signal(kernel.executor());
  Names log;
  TaskGroup tasks;
  signal.Raise();  // Nobody hears it, and it is not kept.
  for (const char* name : {"a", "b", "c"}) tasks.Spawn(LogWhenRaised(signal, name, &log));
  kernel.Run();
  EXPECT_TRUE(log.empty());
  signal.Raise();
  EXPECT_TRUE(log.empty());  // Waiters run in turns of their own.
  tasks.Spawn(LogWhenRaised(signal, "late", &log));
  kernel.Run();
  EXPECT_EQ(log, (Names{"a", "b", "c"}));
  EXPECT_TRUE(signal.awaited());
}

TEST(Signal, RaiseOneWakesTheOneThatWaitedLongest) {
  Kernel kernel;
  Signal signal(kernel.executor());
  Names log;
  TaskGroup tasks;
  for (const char* name : {"a", "b"}) tasks.Spawn(LogWhenRaised(signal, name, &log));
  signal.RaiseOne();
  kernel.Run();
  EXPECT_EQ(log, (Names{"a"}));
}

TEST(Signal, AWaiterThatDiesLeavesTheOthersInTheirOrder) {
  Kernel kernel;
  Signal signal(kernel.executor());
  Names log;
  TaskGroup first;
  TaskGroup second;
  first.Spawn(LogWhenRaised(signal, "a", &log));
  second.Spawn(LogWhenRaised(signal, "killed", &log));
  first.Spawn(LogWhenRaised(signal, "b", &log));
  second.Clear();
  signal.Raise();
  kernel.Run();
  EXPECT_EQ(log, (Names{"a", "b"}));
}

TEST(Signal, SaysWhetherItWasRaisedBeforeTheDeadline) {
  for (const bool raise : {true, false}) {
    Kernel kernel;
    Signal signal(kernel.executor());
    std::optional<bool> raised;
    TaskGroup tasks;
    tasks.Spawn(LogWhenRaisedUntil(kernel.executor(), signal, absl::Seconds(1), &raised));
    kernel.RunFor(absl::Milliseconds(500));
    if (raise) signal.Raise();
    kernel.RunFor(absl::Seconds(1));
    EXPECT_EQ(raised, raise);
    EXPECT_FALSE(signal.awaited());
  }
}

Task<> ReceiveAll(Channel<int>& channel, std::vector<int>* received, bool* ended) {
  for (;;) {
    const std::optional<int> item = co_await channel.Receive();
    if (!item) break;
    received->push_back(*item);
  }
  *ended = true;
}

TEST(Channel, KeepsOrderAndRefusesWhatIsBeyondItsBound) {
  Kernel kernel;
  Channel<int> channel(kernel.executor(), 3);
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(channel.Send(i));
  EXPECT_FALSE(channel.Send(4));
  std::vector<int> received;
  bool ended = false;
  TaskGroup tasks;
  tasks.Spawn(ReceiveAll(channel, &received, &ended));
  EXPECT_TRUE(channel.Send(5));
  kernel.Run();
  EXPECT_EQ(received, (std::vector<int>{1, 2, 3, 5}));
  EXPECT_FALSE(ended);
}

TEST(Channel, DeliversWhatWasSentBeforeItWasClosedAndThenEnds) {
  Kernel kernel;
  Channel<int> channel(kernel.executor(), 3);
  channel.Send(1);
  channel.Close();
  EXPECT_FALSE(channel.Send(2));
  std::vector<int> received;
  bool ended = false;
  TaskGroup tasks;
  tasks.Spawn(ReceiveAll(channel, &received, &ended));
  kernel.Run();
  EXPECT_EQ(received, std::vector<int>{1});
  EXPECT_TRUE(ended);
}

TEST(Channel, ServesSeveralReceivers) {
  Kernel kernel;
  Channel<int> channel(kernel.executor(), 100);
  std::vector<int> received[3];
  bool ended[3] = {};
  TaskGroup tasks;
  for (int i = 0; i < 3; ++i) tasks.Spawn(ReceiveAll(channel, &received[i], &ended[i]));
  for (int i = 0; i < 30; ++i) {
    channel.Send(i);
    if (i % 3 == 0) kernel.Run();
  }
  channel.Close();
  kernel.Run();
  EXPECT_EQ(received[0].size() + received[1].size() + received[2].size(), 30u);
  EXPECT_TRUE(ended[0] && ended[1] && ended[2]);
}

}  // namespace
}  // namespace drydock::rt

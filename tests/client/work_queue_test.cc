// Work queues: once in the queue, once in work, later when told so.
#include "src/client/work_queue.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "sim/kernel/kernel.h"
#include "src/rt/task.h"

namespace drydock::client {
namespace {

ObjectKey Key(absl::string_view name) { return {"ns", std::string(name)}; }

class WorkQueueTest : public testing::Test {
 protected:
  WorkQueueTest() { tasks_.Spawn(queue_.RunTimers()); }

  // The next key, or nothing when there is none now.
  std::optional<std::string> Take() {
    std::optional<ObjectKey> key;
    rt::TaskGroup group;
    group.Spawn(GetOne(queue_, &key));
    if (!key.has_value()) return std::nullopt;
    return key->name;
  }
  static rt::Task<> GetOne(WorkQueue& queue, std::optional<ObjectKey>* key) {
    *key = co_await queue.Get();
  }

  sim::Kernel kernel_;
  WorkQueue queue_{kernel_.executor(), WorkQueueOptions{.retry_qps = 0}};
  rt::TaskGroup tasks_;
};

TEST_F(WorkQueueTest, GivesKeysInTheOrderOfTheirFirstAdd) {
  queue_.Add(Key("a"));
  queue_.Add(Key("b"));
  queue_.Add(Key("a"));
  EXPECT_EQ(Take(), "a");
  EXPECT_EQ(Take(), "b");
  EXPECT_EQ(Take(), std::nullopt);
}

TEST_F(WorkQueueTest, KeepsAKeyBackWhileItIsInWork) {
  queue_.Add(Key("a"));
  EXPECT_EQ(Take(), "a");
  queue_.Add(Key("a"));
  EXPECT_EQ(Take(), std::nullopt);
  queue_.Done(Key("a"));
  EXPECT_EQ(Take(), "a");
  queue_.Done(Key("a"));
  EXPECT_EQ(Take(), std::nullopt);
}

TEST_F(WorkQueueTest, AddsADelayedKeyWhenItIsDue) {
  queue_.AddAfter(Key("a"), absl::Seconds(5));
  kernel_.Run(absl::Seconds(4.9));
  EXPECT_EQ(Take(), std::nullopt);
  kernel_.Run(absl::Seconds(5));
  EXPECT_EQ(Take(), "a");
}

TEST_F(WorkQueueTest, TheEarlierOfTwoDelaysHolds) {
  queue_.AddAfter(Key("a"), absl::Seconds(5));
  queue_.AddAfter(Key("a"), absl::Seconds(2));
  queue_.AddAfter(Key("a"), absl::Seconds(9));
  kernel_.Run(absl::Seconds(2));
  EXPECT_EQ(Take(), "a");
  queue_.Done(Key("a"));
  kernel_.Run(absl::Seconds(20));
  EXPECT_EQ(Take(), std::nullopt);
}

TEST_F(WorkQueueTest, BackOffDoublesUntilForgotten) {
  const auto wait = [this] {
    queue_.AddRateLimited(Key("a"));
    const absl::Duration start = kernel_.Now();
    kernel_.RunUntil([this] { return queue_.size() == 1; }, start + absl::Hours(1));
    EXPECT_EQ(Take(), "a");
    queue_.Done(Key("a"));
    return kernel_.Now() - start;
  };
  EXPECT_EQ(wait(), absl::Milliseconds(5));
  EXPECT_EQ(wait(), absl::Milliseconds(10));
  EXPECT_EQ(wait(), absl::Milliseconds(20));
  EXPECT_EQ(queue_.Retries(Key("a")), 3);
  queue_.Forget(Key("a"));
  EXPECT_EQ(wait(), absl::Milliseconds(5));
}

TEST_F(WorkQueueTest, BackOffStaysBelowItsMaximum) {
  for (int i = 0; i < 200; ++i) queue_.AddRateLimited(Key("a"));
  kernel_.Run(absl::Milliseconds(5));
  EXPECT_EQ(Take(), "a");
  queue_.Done(Key("a"));
  queue_.AddRateLimited(Key("a"));
  kernel_.Run(kernel_.Now() + absl::Seconds(1000));
  EXPECT_EQ(Take(), "a");
}

TEST(WorkQueue, AllRetriesTogetherAreLimited) {
  sim::Kernel kernel;
  WorkQueue queue(kernel.executor(), WorkQueueOptions());
  rt::TaskGroup tasks;
  tasks.Spawn(queue.RunTimers());
  for (int i = 0; i < 150; ++i) queue.AddRateLimited(Key(std::to_string(i)));
  kernel.Run(absl::Seconds(1));
  EXPECT_EQ(queue.size(), 110u);  // The burst, and a second's worth.
  kernel.Run(absl::Seconds(5));
  EXPECT_EQ(queue.size(), 150u);
}

TEST(WorkQueue, AWaitingWorkerGetsTheKeyThatComes) {
  sim::Kernel kernel;
  WorkQueue queue(kernel.executor(), WorkQueueOptions());
  std::vector<std::string> got;
  struct Worker {
    static rt::Task<> Run(WorkQueue& queue, std::vector<std::string>& got) {
      for (;;) {
        const ObjectKey key = co_await queue.Get();
        got.push_back(key.name);
        queue.Done(key);
      }
    }
  };
  rt::TaskGroup tasks;
  tasks.Spawn(Worker::Run(queue, got));
  tasks.Spawn(Worker::Run(queue, got));
  for (const char* name : {"a", "b", "c"}) queue.Add(Key(name));
  kernel.Run(absl::Seconds(1));
  EXPECT_EQ(got, (std::vector<std::string>{"a", "b", "c"}));
}

// The queue against its definition: what is dirty, what is in work, what is planned.
RC_GTEST_PROP(WorkQueue, DoesWhatItsModelDoes, ()) {
  sim::Kernel kernel;
  WorkQueue queue(kernel.executor(), WorkQueueOptions{.retry_qps = 0});
  rt::TaskGroup tasks;
  tasks.Spawn(queue.RunTimers());
  std::vector<std::string> ready;
  std::set<std::string> dirty;
  std::set<std::string> working;
  std::map<std::string, int64_t> planned;
  const auto add = [&](const std::string& name) {
    if (!dirty.insert(name).second) return;
    if (!working.contains(name)) ready.push_back(name);
  };

  struct Getter {
    static rt::Task<> Get(WorkQueue& queue, std::optional<ObjectKey>* key) {
      *key = co_await queue.Get();
    }
  };
  int64_t now = 0;
  const int steps = *rc::gen::inRange(0, 200);
  for (int i = 0; i < steps; ++i) {
    const std::string name(1, static_cast<char>('a' + *rc::gen::inRange(0, 5)));
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        queue.Add(Key(name));
        add(name);
        break;
      case 1: {
        const int64_t delay = *rc::gen::inRange(1, 50);
        queue.AddAfter(Key(name), absl::Milliseconds(delay));
        const auto [at, added] = planned.try_emplace(name, now + delay);
        if (!added) at->second = std::min(at->second, now + delay);
        break;
      }
      case 2: {
        std::optional<ObjectKey> key;
        {
          rt::TaskGroup group;
          group.Spawn(Getter::Get(queue, &key));
        }
        RC_ASSERT(key.has_value() == !ready.empty());
        if (!key.has_value()) break;
        RC_ASSERT(key->name == ready.front());
        dirty.erase(ready.front());
        working.insert(ready.front());
        ready.erase(ready.begin());
        break;
      }
      case 3:
        if (working.erase(name) == 0) break;
        queue.Done(Key(name));
        if (dirty.contains(name)) ready.push_back(name);
        break;
      case 4: {
        const int64_t until = now + *rc::gen::inRange(1, 40);
        std::set<std::pair<int64_t, std::string>> due;
        for (const auto& [key, when] : planned) {
          if (when <= until) due.insert({when, key});
        }
        for (const auto& [when, key] : due) {
          planned.erase(key);
          add(key);
        }
        now = until;
        kernel.Run(absl::Milliseconds(now));
        break;
      }
    }
    RC_ASSERT(queue.size() == ready.size());
    RC_ASSERT(queue.delayed() == planned.size());
  }
}

}  // namespace
}  // namespace drydock::client

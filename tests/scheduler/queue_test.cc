// The queue, by example and against a model.
#include "src/scheduler/queue.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace drydock::scheduler {
namespace {

// Priority, then time; pods rejected by plugin "N" listen to events of bit N.
class Policy final : public QueuePolicy {
 public:
  bool Less(const QueuedPod& a, const QueuedPod& b) const override {
    if (a.pod->priority() != b.pod->priority()) return a.pod->priority() > b.pod->priority();
    return a.timestamp < b.timestamp;
  }
  std::string PreEnqueue(const PodInfo& pod) const override {
    return gated.count(pod.uid) > 0 ? "gated" : "";
  }
  uint32_t EventsFor(const QueuedPod& pod) const override {
    uint32_t events = 0;
    for (const std::string& name : pod.unschedulable_plugins) events |= 1u << (name[0] - '0');
    return events;
  }
  bool MayHelp(const QueuedPod& pod, const ClusterEvent& event) const override {
    return event.pod == nullptr || event.pod->uid == pod.pod->uid;
  }
  std::set<std::string> gated;
};

PodRef NewPod(const std::string& name, int32_t priority = 0) {
  auto shape = rt::MakeRef<PodShape>();
  shape->priority = priority;
  auto pod = rt::MakeRef<PodInfo>();
  pod->shape = shape;
  pod->name = pod->uid = name;
  return pod;
}

rt::Instant At(double seconds) { return absl::Seconds(seconds); }

ClusterEvent Event(int bit, const PodInfo* pod = nullptr) {
  ClusterEvent event;
  event.kinds = 1u << bit;
  event.pod = pod;
  return event;
}

class Queue : public testing::Test {
 protected:
  std::string Pop(double seconds) {
    last = queue.Pop(At(seconds));
    return last ? last->pod->name : "";
  }
  Policy policy;
  QueueOptions options{.pop_from_backoff = false};
  SchedulingQueue queue{policy, options};
  QueuedPodRef last;
};

TEST_F(Queue, GivesHigherPriorityFirstThenWhoCameEarlier) {
  queue.Add(NewPod("b"), At(1));
  queue.Add(NewPod("a"), At(2));
  queue.Add(NewPod("high", 5), At(3));
  queue.Add(NewPod("c"), At(1));
  EXPECT_EQ(Pop(4), "high");
  EXPECT_EQ(Pop(4), "b");
  EXPECT_EQ(Pop(4), "c");
  EXPECT_EQ(Pop(4), "a");
  EXPECT_EQ(Pop(4), "");
}

TEST_F(Queue, HoldsARejectedPodUntilAnEventThatItsPluginsCareFor) {
  queue.Add(NewPod("a"), At(0));
  Pop(0);
  queue.PutBack(last, {"3"}, At(0));
  EXPECT_EQ(queue.unschedulable(), 1u);
  queue.Move(Event(2), At(20));
  EXPECT_EQ(Pop(20), "");
  queue.Move(Event(3), At(20));
  EXPECT_EQ(Pop(20), "a");
}

TEST_F(Queue, AsksThePluginWhetherTheEventCouldHelp) {
  queue.Add(NewPod("a"), At(0));
  Pop(0);
  queue.PutBack(last, {"3"}, At(0));
  const PodRef other = NewPod("other");
  queue.Move(Event(3, other.get()), At(20));
  EXPECT_EQ(Pop(20), "");
}

TEST_F(Queue, RemembersEventsThatCameWhileThePodWasInFlight) {
  queue.Add(NewPod("a"), At(0));
  Pop(0);
  queue.Move(Event(3), At(0));
  queue.PutBack(last, {"3"}, At(0));
  EXPECT_EQ(queue.backing_off(), 1u);
  queue.Flush(At(1));
  EXPECT_EQ(Pop(1), "a");
  queue.PutBack(last, {"3"}, At(1));
  EXPECT_EQ(queue.unschedulable(), 1u) << "the old event does not count twice";
}

TEST_F(Queue, BacksOffFromOneSecondDoublingToTen) {
  queue.Add(NewPod("a"), At(0));
  double now = 0;
  for (const double backoff : {1, 2, 4, 8, 10, 10}) {
    ASSERT_EQ(Pop(now), "a");
    queue.PutBack(last, {}, At(now));
    EXPECT_EQ(queue.NextFlush(), At(now + backoff));
    now += backoff;
    queue.Flush(At(now - 0.001));
    EXPECT_EQ(Pop(now), "");
    queue.Flush(At(now));
  }
}

TEST_F(Queue, TriesUnschedulablePodsAfterFiveMinutesAnyway) {
  queue.Add(NewPod("a"), At(0));
  Pop(0);
  queue.PutBack(last, {"3"}, At(0));
  EXPECT_EQ(queue.NextFlush(), At(300));
  queue.Flush(At(300));
  EXPECT_EQ(Pop(300), "a");
}

TEST_F(Queue, HoldsGatedPodsUntilTheirOwnerLetsThemGo) {
  policy.gated.insert("a");
  queue.Add(NewPod("a"), At(0));
  EXPECT_EQ(queue.gated(), 1u);
  queue.Move(Event(3), At(1));
  queue.Flush(At(1000));
  EXPECT_EQ(Pop(1000), "");
  EXPECT_EQ(queue.NextFlush(), absl::InfiniteDuration());
  policy.gated.clear();
  queue.Update(NewPod("a"), /*by_owner=*/true, At(1000));
  EXPECT_EQ(Pop(1000), "a");
  EXPECT_EQ(queue.gated(), 0u);
}

TEST_F(Queue, LeavesARejectedPodWhereItIsWhenOnlyItsStatusChanges) {
  queue.Add(NewPod("a"), At(0));
  Pop(0);
  queue.PutBack(last, {"3"}, At(0));
  queue.Update(NewPod("a"), /*by_owner=*/false, At(20));
  EXPECT_EQ(Pop(20), "");
}

TEST_F(Queue, ForgetsAPodThatGoesWhileInFlight) {
  queue.Add(NewPod("a"), At(0));
  Pop(0);
  queue.Remove("a");
  queue.PutBack(last, {}, At(0));
  EXPECT_EQ(queue.NextFlush(), absl::InfiniteDuration());
  EXPECT_FALSE(queue.Contains("a"));
}

TEST_F(Queue, FollowsAChangeOfPriorityInTheActivePart) {
  queue.Add(NewPod("a"), At(0));
  queue.Add(NewPod("b"), At(1));
  queue.Update(NewPod("b", 9), /*by_owner=*/true, At(2));
  EXPECT_EQ(Pop(2), "b");
}

TEST(QueueEarly, TriesPodsThatBackOffWhenNothingElseIsActive) {
  Policy policy;
  SchedulingQueue queue(policy, {});
  queue.Add(NewPod("rejected"), At(0));
  const QueuedPodRef rejected = queue.Pop(At(0));
  queue.Move(Event(3), At(0));
  queue.PutBack(rejected, {"3"}, At(0));
  queue.Add(NewPod("failed"), At(0));
  const QueuedPodRef failed = queue.Pop(At(0));
  ASSERT_EQ(failed->pod->name, "failed");
  queue.PutBack(failed, {}, At(0));
  EXPECT_EQ(queue.Pop(At(0.1))->pod->name, "rejected");
  EXPECT_FALSE(queue.Pop(At(0.1))) << "an error is not tried early";
  queue.Flush(At(1));
  EXPECT_EQ(queue.Pop(At(1))->pod->name, "failed");
}

// A model that keeps every pod in one list and every event in another, and works out
// from the start what should be ready.
RC_GTEST_PROP(QueueModel, LosesNoPodAndNoWakeUp, ()) {
  struct Model {
    bool in_flight = false;
    bool waiting = false;
    double ready_at = 0;  // When not waiting and not in flight.
    double back_since = 0;
    int plugin = 0;
    int failures = 0;
    std::set<int> missed;  // Events while in flight.
  };
  Policy policy;
  SchedulingQueue queue(policy, {.pop_from_backoff = false});
  std::map<std::string, Model> model;
  std::map<std::string, QueuedPodRef> in_flight;
  double now = 0;
  int named = 0;
  const int steps = *rc::gen::inRange(1, 80);
  for (int step = 0; step < steps; ++step) {
    switch (*rc::gen::inRange(0, 6)) {
      case 0: {
        const std::string name = absl::StrCat("p", named++);
        queue.Add(NewPod(name), At(now));
        model[name].ready_at = now;
        break;
      }
      case 1: {
        const QueuedPodRef popped = queue.Pop(At(now));
        std::set<std::string> ready;
        for (const auto& [name, pod] : model) {
          if (!pod.in_flight && !pod.waiting && pod.ready_at <= now) ready.insert(name);
        }
        RC_ASSERT(static_cast<bool>(popped) == !ready.empty());
        if (!popped) break;
        RC_ASSERT(ready.count(popped->pod->name) == 1);
        Model& pod = model[popped->pod->name];
        pod.in_flight = true;
        pod.missed.clear();
        in_flight[popped->pod->name] = popped;
        break;
      }
      case 2: {
        if (in_flight.empty()) break;
        const auto [name, queued] = *in_flight.begin();
        in_flight.erase(in_flight.begin());
        Model& pod = model[name];
        pod.in_flight = false;
        pod.plugin = *rc::gen::inRange(0, 3);
        double backoff = 1;
        for (int i = 0; i < pod.failures; ++i) backoff = std::min(10.0, backoff * 2);
        ++pod.failures;
        pod.ready_at = now + backoff;
        pod.back_since = now;
        pod.waiting = pod.missed.count(pod.plugin) == 0;
        queue.PutBack(queued, {absl::StrCat(pod.plugin)}, At(now));
        break;
      }
      case 3: {
        const int bit = *rc::gen::inRange(0, 3);
        queue.Move(Event(bit), At(now));
        for (auto& [name, pod] : model) {
          if (pod.in_flight) pod.missed.insert(bit);
          if (pod.waiting && pod.plugin == bit) pod.waiting = false;
        }
        break;
      }
      case 4: {
        now += *rc::gen::element(0.5, 3.0, 100.0);
        queue.Flush(At(now));
        for (auto& [name, pod] : model) {
          if (pod.waiting && pod.back_since + 300 <= now) pod.waiting = false;
        }
        break;
      }
      default: {
        if (model.empty()) break;
        const std::string name = model.begin()->first;
        queue.Remove(name);
        model.erase(name);
        in_flight.erase(name);
      }
    }
    size_t waiting = 0;
    for (const auto& [name, pod] : model) waiting += pod.waiting ? 1 : 0;
    RC_ASSERT(queue.unschedulable() == waiting);
    RC_ASSERT(queue.active() + queue.backing_off() + waiting + in_flight.size() == model.size());
  }
}

}  // namespace
}  // namespace drydock::scheduler

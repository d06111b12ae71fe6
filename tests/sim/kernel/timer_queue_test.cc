// The radix heap, against a sorted reference.
#include "sim/kernel/timer_queue.h"

#include <iterator>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/rt/random.h"

namespace drydock::sim {
namespace {

class Nothing final : public Event {
 public:
  ~Nothing() override = default;
  void Fire() override {}
};

struct Armed {
  uint32_t slot;
  std::unique_ptr<Nothing> event;
};
// By due time, then by the order of arming.
using Reference = std::map<std::pair<Nanos, uint64_t>, Armed>;

TEST(TimerQueue, AgreesWithASortedReferenceWhenTimersAreArmedAndDisarmedAtRandom) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    rt::Random random(seed, "test");
    TimerQueue queue;
    Reference reference;
    Nanos now = 0;
    uint64_t sequence = 0;
    for (int step = 0; step < 3000; ++step) {
      const uint64_t dice = random.Below(10);
      if (dice < 5) {
        const uint64_t range = random.Chance(0.25) ? 4 : 1 << 20;
        const Nanos due = now + static_cast<Nanos>(random.Below(range));
        auto event = std::make_unique<Nothing>();
        const uint32_t slot = queue.Arm(due, Item(*event));
        reference[{due, sequence++}] = {slot, std::move(event)};
      } else if (dice < 8 && !reference.empty()) {
        auto victim = reference.begin();
        std::advance(victim, static_cast<ptrdiff_t>(random.Below(reference.size())));
        queue.Disarm(victim->second.slot);
        reference.erase(victim);
      } else {
        const Nanos limit = now + static_cast<Nanos>(random.Below(1 << 18));
        Nanos due = now;
        const Item popped = queue.PopDue(limit, &due);
        if (reference.empty() || reference.begin()->first.first > limit) {
          ASSERT_FALSE(popped);
          now = limit;
        } else {
          ASSERT_TRUE(popped);
          ASSERT_EQ(&popped.event(), reference.begin()->second.event.get());
          ASSERT_EQ(due, reference.begin()->first.first);
          now = due;
          reference.erase(reference.begin());
        }
      }
      ASSERT_EQ(queue.size(), reference.size());
    }
    const std::vector<TimerQueue::Timer> all = queue.Select([](Item) { return true; });
    ASSERT_EQ(all.size(), reference.size());
    auto expected = reference.begin();
    for (const TimerQueue::Timer& timer : all) {
      ASSERT_EQ(&timer.item.event(), expected->second.event.get());
      ++expected;
    }
  }
}

TEST(TimerQueue, ATimerDueForeverNeverPops) {
  TimerQueue queue;
  Nothing event;
  queue.Arm(TimerQueue::kForever, Item(event));
  Nanos due = 0;
  EXPECT_FALSE(queue.PopDue(TimerQueue::kForever, &due));
  EXPECT_EQ(queue.size(), 1u);
}

}  // namespace
}  // namespace drydock::sim

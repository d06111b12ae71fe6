// What becomes of events that come again and again.
#include "src/client/event_correlator.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace drydock::client {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1704067200);

TEST(EventCorrelator, AFirstEventIsNew) {
  EventCorrelator correlator;
  const auto decision = correlator.Correlate("pod", "Warning\nFailed", "no", kStart);
  EXPECT_FALSE(decision.skip);
  EXPECT_EQ(decision.message, "no");
  EXPECT_EQ(decision.before.count, 0);
}

TEST(EventCorrelator, AnEqualEventFindsWhatWasWritten) {
  EventCorrelator correlator;
  const auto first = correlator.Correlate("pod", "Warning\nFailed", "no", kStart);
  correlator.Remember(first.key, {.name = "pod.1", .count = 1, .first = kStart});
  const auto again = correlator.Correlate("pod", "Warning\nFailed", "no", kStart);
  EXPECT_EQ(again.before.name, "pod.1");
  EXPECT_EQ(again.before.count, 1);
  EXPECT_EQ(correlator.Correlate("other", "Warning\nFailed", "no", kStart).before.count, 0);
}

TEST(EventCorrelator, TheTenthSimilarEventIsCombined) {
  EventCorrelator correlator;
  for (int i = 0; i < 9; ++i) {
    const std::string message = absl::StrCat("try ", i);
    EXPECT_EQ(correlator.Correlate("pod", "Warning\nFailed", message, kStart).message, message);
  }
  const auto tenth = correlator.Correlate("pod", "Warning\nFailed", "try 9", kStart);
  EXPECT_EQ(tenth.message, "(combined from similar events): try 9");
  const auto next = correlator.Correlate("pod", "Warning\nFailed", "try 10", kStart);
  EXPECT_EQ(next.key, tenth.key);
}

TEST(EventCorrelator, CombiningEndsAfterTenQuietMinutes) {
  EventCorrelator correlator;
  for (int i = 0; i < 12; ++i) {
    correlator.Correlate("pod", "Warning\nFailed", absl::StrCat("try ", i), kStart);
  }
  const auto later =
      correlator.Correlate("pod", "Warning\nFailed", "later", kStart + absl::Minutes(11));
  EXPECT_EQ(later.message, "later");
}

TEST(EventCorrelator, AnObjectMayBurstThenGetsOneEventInFiveMinutes) {
  EventCorrelator correlator;
  int passed = 0;
  for (int i = 0; i < 100; ++i) {
    passed += correlator.Correlate("pod", "Warning\nFailed", "no", kStart).skip ? 0 : 1;
  }
  EXPECT_EQ(passed, 25);
  const absl::Time soon = kStart + absl::Minutes(4);
  EXPECT_TRUE(correlator.Correlate("pod", "Warning\nFailed", "no", soon).skip);
  EXPECT_FALSE(correlator.Correlate("other", "Warning\nFailed", "no", soon).skip);
  EXPECT_FALSE(
      correlator.Correlate("pod", "Warning\nFailed", "no", kStart + absl::Minutes(5.1)).skip);
}

TEST(LruCache, ForgetsWhatWasUsedLongestAgo) {
  LruCache<int> cache(2);
  cache.Touch("a") = 1;
  cache.Touch("b") = 2;
  cache.Touch("a");
  cache.Touch("c") = 3;
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.Touch("a"), 1);
  EXPECT_EQ(cache.Touch("b"), 0);
}

}  // namespace
}  // namespace drydock::client

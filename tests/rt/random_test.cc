// Random streams: the same numbers for ever, apart from each other, and fair.
#include "src/rt/random.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace drydock::rt {
namespace {

TEST(Random, GivesTheSameNumbersInEveryVersion) {
  Random random(42, "golden");
  const std::vector<uint64_t> first = {random.Next(), random.Next(), random.Next()};
  EXPECT_EQ(first,
            (std::vector<uint64_t>{0xed00d7f22e03bcadu, 0x3fca0ea489a7a7f6u, 0xaa59bf8670acbfa9u}));
  Random fork = random.Fork("pod/web-0");
  EXPECT_EQ(fork.Next(), 0x2aaf386c7e2e94dbu);
  EXPECT_EQ(random.Below(1000), 553u);
}

TEST(Random, StreamsOfOtherNamesAndSeedsHaveNothingInCommon) {
  std::set<uint64_t> seen;
  int count = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (int name = 0; name < 10; ++name) {
      Random random(seed, absl::StrCat("stream-", name));
      Random fork = random.Fork("child");
      for (int i = 0; i < 100; ++i) {
        seen.insert(random.Next());
        seen.insert(fork.Next());
        count += 2;
      }
    }
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(count));
}

TEST(Random, AForkDoesNotDependOnHowManyNumbersWereDrawn) {
  Random a(1, "parent");
  Random b(1, "parent");
  b.Next();
  EXPECT_EQ(a.Fork("child").Next(), b.Fork("child").Next());
}

TEST(Random, NeighbouringSeedsAreUncorrelated) {
  int equal_bits = 0;
  constexpr int kSeeds = 1000;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random a(seed, "x");
    Random b(seed + 1, "x");
    equal_bits += __builtin_popcountll(~(a.Next() ^ b.Next()));
  }
  EXPECT_NEAR(equal_bits / static_cast<double>(kSeeds), 32, 0.6);
}

TEST(Random, BelowIsUnbiased) {
  // A modulo would give the lower third twice as often with this bound.
  const uint64_t bound = (uint64_t{1} << 63) + (uint64_t{1} << 62);
  Random random(1, "below");
  constexpr int kDraws = 30'000;
  int lower = 0;
  for (int i = 0; i < kDraws; ++i) lower += random.Below(bound) < bound / 3 ? 1 : 0;
  EXPECT_NEAR(lower, kDraws / 3, 350);

  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts[random.Below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(Random, BetweenIncludesBothEndsAndTheWholeRange) {
  Random random(1, "between");
  std::set<int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.Between(-2, 2));
  EXPECT_EQ(seen, (std::set<int64_t>{-2, -1, 0, 1, 2}));
  random.Between(INT64_MIN, INT64_MAX);
}

TEST(Random, DistributionsHaveTheirMoments) {
  Random random(1, "moments");
  constexpr int kDraws = 200'000;
  double unit = 0;
  double exponential = 0;
  double normal = 0;
  double squares = 0;
  std::vector<double> log_normal;
  for (int i = 0; i < kDraws; ++i) {
    unit += random.Unit();
    exponential += random.Exponential(5);
    const double x = random.Normal(10, 3);
    normal += x;
    squares += (x - 10) * (x - 10);
    log_normal.push_back(random.LogNormal(4, 0.5));
  }
  EXPECT_NEAR(unit / kDraws, 0.5, 0.005);
  EXPECT_NEAR(exponential / kDraws, 5, 0.06);
  EXPECT_NEAR(normal / kDraws, 10, 0.04);
  EXPECT_NEAR(std::sqrt(squares / kDraws), 3, 0.03);
  std::nth_element(log_normal.begin(), log_normal.begin() + kDraws / 2, log_normal.end());
  EXPECT_NEAR(log_normal[kDraws / 2], 4, 0.04);
}

TEST(Random, JitterStaysWithinItsFactor) {
  Random random(1, "jitter");
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration jittered = random.Jitter(absl::Seconds(10), 0.5);
    EXPECT_GE(jittered, absl::Seconds(10));
    EXPECT_LT(jittered, absl::Seconds(15));
  }
}

TEST(Random, ShuffleReachesEveryOrderAboutEquallyOften) {
  Random random(1, "shuffle");
  std::vector<int> counts(6);
  for (int i = 0; i < 60'000; ++i) {
    std::vector<int> items = {0, 1, 2};
    random.Shuffle(items);
    ++counts[static_cast<size_t>(items[0] * 2 + (items[1] > items[2] ? 1 : 0))];
  }
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
}

}  // namespace
}  // namespace drydock::rt

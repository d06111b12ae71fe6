// Draws stay within their bounds and have the mean that they promise.
#include "sim/scenario/distribution.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "src/rt/random.h"

namespace drydock::sim {
namespace {

constexpr int kDraws = 20'000;

std::vector<double> Draws(const Distribution& distribution) {
  rt::Random random(1, "distribution_test");
  std::vector<double> draws;
  for (int i = 0; i < kDraws; ++i) draws.push_back(distribution.Draw(random));
  return draws;
}

double MeanOf(const std::vector<double>& draws) {
  double sum = 0;
  for (const double draw : draws) sum += draw;
  return sum / static_cast<double>(draws.size());
}

TEST(Distribution, DrawsTheMeanThatItNames) {
  for (const Distribution& distribution :
       {Distribution::Constant(7.0), Distribution::Uniform(2, 20), Distribution::Exponential(30),
        Distribution::Normal(50, 5), Distribution::LogNormal(10, 0.5)}) {
    EXPECT_NEAR(MeanOf(Draws(distribution)), distribution.Mean(), 0.03 * distribution.Mean());
  }
}

TEST(Distribution, KeepsUniformDrawsBetweenTheirBounds) {
  const std::vector<double> draws = Draws(Distribution::Uniform(2, 20));
  EXPECT_GE(*std::min_element(draws.begin(), draws.end()), 2);
  EXPECT_LT(*std::max_element(draws.begin(), draws.end()), 20);
}

TEST(Distribution, DrawsBothEndsOfAUniformOverWholeNumbersAsOftenAsTheRest) {
  rt::Random random(1, "ends");
  std::vector<int> counts(4);
  for (int i = 0; i < kDraws; ++i) {
    const int64_t drawn = Distribution::Uniform(3, 6).DrawInt(random);
    ASSERT_GE(drawn, 3);
    ASSERT_LE(drawn, 6);
    ++counts[static_cast<size_t>(drawn - 3)];
  }
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 4, kDraws / 40);
}

TEST(Distribution, CutsANormalAtZero) {
  const std::vector<double> draws = Draws(Distribution::Normal(1, 5));
  EXPECT_EQ(*std::min_element(draws.begin(), draws.end()), 0);
}

TEST(Distribution, HasTheMedianOfALogNormal) {
  std::vector<double> draws = Draws(Distribution::LogNormal(10, 1.2));
  std::sort(draws.begin(), draws.end());
  EXPECT_NEAR(draws[kDraws / 2], 10, 0.5);
}

TEST(Distribution, DrawsDurationsInNanoseconds) {
  rt::Random random(1, "durations");
  EXPECT_EQ(Distribution::Constant(absl::Seconds(90)).DrawDuration(random), absl::Minutes(1.5));
}

TEST(Distribution, EndsLongTailsWhereWholeNumbersDo) {
  rt::Random random(1, "tail");
  const Distribution huge = Distribution::Constant(1e300);
  EXPECT_GT(huge.DrawInt(random), std::numeric_limits<int64_t>::max() / 2);
  EXPECT_GT(huge.DrawDuration(random), absl::Hours(24 * 365 * 200));
}

}  // namespace
}  // namespace drydock::sim

// Statistics against published tables and worked examples.
#include "sim/compare/statistics.h"

#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::sim {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(StudentT95, AgreesWithThePublishedTable) {
  EXPECT_NEAR(StudentT95(1), 12.706, 0.0005);
  EXPECT_NEAR(StudentT95(2), 4.303, 0.0005);
  EXPECT_NEAR(StudentT95(9), 2.262, 0.0005);
  EXPECT_NEAR(StudentT95(30), 2.042, 0.0005);
  EXPECT_NEAR(StudentT95(1000), 1.962, 0.0005);
}

TEST(StudentP, IsTheCauchyDistributionForOneDegreeOfFreedom) {
  for (const double t : {0.1, 1.0, 3.0, 50.0}) {
    EXPECT_NEAR(StudentP(t, 1), 1 - 2 / M_PI * std::atan(t), 1e-12) << t;
    EXPECT_DOUBLE_EQ(StudentP(-t, 1), StudentP(t, 1));
  }
  EXPECT_DOUBLE_EQ(StudentP(0, 7), 1);
  EXPECT_EQ(StudentP(INFINITY, 7), 0);
}

TEST(Summarize, GivesTheMeanWithItsInterval) {
  const SampleSummary summary = Summarize({1, 2, 3, 4, 5});
  EXPECT_EQ(summary.count, 5u);
  EXPECT_DOUBLE_EQ(summary.mean, 3);
  EXPECT_DOUBLE_EQ(summary.deviation, std::sqrt(2.5));
  // t(4) = 2.776; 2.776 * sqrt(2.5 / 5) = 1.963.
  EXPECT_NEAR(summary.low, 3 - 1.963, 0.0005);
  EXPECT_NEAR(summary.high, 3 + 1.963, 0.0005);
  EXPECT_EQ(summary.min, 1);
  EXPECT_EQ(summary.max, 5);
}

TEST(Summarize, HasNoIntervalForOneNumberOrForEqualOnes) {
  for (const std::vector<double>& sample : {std::vector<double>{0.1}, {0.1, 0.1, 0.1}}) {
    const SampleSummary summary = Summarize(sample);
    EXPECT_EQ(summary.mean, 0.1);
    EXPECT_EQ(summary.low, 0.1);
    EXPECT_EQ(summary.high, 0.1);
  }
  EXPECT_EQ(Summarize({}).count, 0u);
}

// Student's own example of 1908: the extra hours of sleep that two drugs gave to ten patients.
TEST(ComparePaired, FindsWhatStudentFound) {
  const PairedComparison pair =
      ComparePaired({1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4},
                    {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0});
  EXPECT_EQ(pair.count, 10u);
  EXPECT_NEAR(pair.difference, 1.58, 1e-12);
  EXPECT_NEAR(pair.t, 4.0621, 0.00005);
  EXPECT_NEAR(pair.t_p, 0.002833, 0.0000005);
  EXPECT_NEAR(pair.low, 0.7001, 0.00005);
  EXPECT_NEAR(pair.high, 2.4599, 0.00005);
  // Nine differences, all positive: two of the 512 equally likely patterns of signs.
  EXPECT_DOUBLE_EQ(pair.wilcoxon_p, 2.0 / 512);
}

TEST(ComparePaired, SaysNothingOfOnePair) {
  const PairedComparison pair = ComparePaired({3}, {1});
  EXPECT_EQ(pair.difference, 2);
  EXPECT_EQ(pair.t_p, 1);
  EXPECT_EQ(pair.wilcoxon_p, 1);
}

TEST(ComparePaired, KnowsDifferencesThatDoNotVary) {
  EXPECT_EQ(ComparePaired({1, 2, 3}, {1, 2, 3}).t_p, 1);
  EXPECT_EQ(ComparePaired({1, 2, 3}, {0, 1, 2}).t_p, 0);
  EXPECT_EQ(ComparePaired({1, 2, 3}, {0, 1, 2}).t, 0);
}

TEST(WilcoxonP, CountsPatternsOfSigns) {
  // Ranks 1, 2, 3; the negative one has rank 1: W = 1. Sums of 0 or 1: 2 patterns of 8.
  EXPECT_DOUBLE_EQ(WilcoxonP({-1, 2, 3}), 2 * 2.0 / 8);
  // Zeros do not count.
  EXPECT_DOUBLE_EQ(WilcoxonP({0, -1, 2, 0, 3}), 2 * 2.0 / 8);
  // Ties share the rank 1.5: sums of at most 1.5 are none, or one of the two: 3 of 8.
  EXPECT_DOUBLE_EQ(WilcoxonP({-1, 1, 3}), 2 * 3.0 / 8);
  EXPECT_DOUBLE_EQ(WilcoxonP({}), 1);
  EXPECT_DOUBLE_EQ(WilcoxonP({1, -1}), 1);
}

TEST(WilcoxonP, IsTheSameByCountingAndByTheNormalApproximation) {
  std::vector<double> differences;
  for (int i = 1; i <= 200; ++i) differences.push_back(i % 5 == 0 || i % 3 == 0 ? -i : i);
  const double exact = WilcoxonP(differences);
  // One more, as good as without weight, is beyond what is counted.
  differences.push_back(0.5);
  EXPECT_NEAR(WilcoxonP(differences), exact, 0.01);
}

TEST(HolmAdjusted, MultipliesTheSmallestByTheMost) {
  EXPECT_THAT(
      HolmAdjusted({0.01, 0.04, 0.03}),
      ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12)));
  EXPECT_THAT(HolmAdjusted({0.9, 0.8}), ElementsAre(1, 1));
  EXPECT_TRUE(HolmAdjusted({}).empty());
}

}  // namespace
}  // namespace drydock::sim

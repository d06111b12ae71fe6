// Quantiles of durations.
#include "sim/measure/histogram.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "src/rt/random.h"

namespace drydock::sim {
namespace {

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.Quantile(0.5), absl::ZeroDuration());
  EXPECT_EQ(histogram.Mean(), absl::ZeroDuration());
}

TEST(Histogram, KeepsSmallValuesExactly) {
  Histogram histogram;
  for (int i = 1; i <= 10; ++i) histogram.Add(absl::Nanoseconds(i));
  EXPECT_EQ(histogram.Quantile(0.5), absl::Nanoseconds(5));
  EXPECT_EQ(histogram.Quantile(0.9), absl::Nanoseconds(9));
  EXPECT_EQ(histogram.Quantile(1), absl::Nanoseconds(10));
  EXPECT_EQ(histogram.Quantile(0), absl::Nanoseconds(1));
}

TEST(Histogram, IsRightToWithinABucketOverManyMagnitudes) {
  Histogram histogram;
  rt::Random random(1, "histogram");
  std::vector<double> values;
  for (int i = 0; i < 20000; ++i) {
    values.push_back(std::floor(std::exp(random.Unit() * 30)));
    histogram.Add(absl::Nanoseconds(static_cast<int64_t>(values.back())));
  }
  std::sort(values.begin(), values.end());
  for (const double q : {0.01, 0.25, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = values[static_cast<size_t>(std::ceil(q * 20000)) - 1];
    const auto got = static_cast<double>(absl::ToInt64Nanoseconds(histogram.Quantile(q)));
    EXPECT_GE(got, exact) << q;
    EXPECT_LE(got, exact * 1.016 + 1) << q;
  }
  EXPECT_EQ(absl::ToInt64Nanoseconds(histogram.Max()), static_cast<int64_t>(values.back()));
}

TEST(Histogram, CountsNegativeDurationsAsZero) {
  Histogram histogram;
  histogram.Add(absl::Seconds(-1));
  EXPECT_EQ(histogram.Max(), absl::ZeroDuration());
}

}  // namespace
}  // namespace drydock::sim

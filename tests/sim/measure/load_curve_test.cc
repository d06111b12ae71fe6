// Curves over arrived load.
#include "sim/measure/load_curve.h"

#include "gtest/gtest.h"

namespace drydock::sim {
namespace {

TEST(LoadCurve, PutsHalvesIntoTheEvenBin) {
  LoadCurve curve(4);
  curve.Add(0.5, 1);
  curve.Add(1.5, 2);
  curve.Add(2.5, 4);
  curve.Add(3.1, 8);
  const std::vector<double> means = curve.Means();
  EXPECT_EQ(means[0], 1);
  EXPECT_EQ(means[2], 3);
  EXPECT_EQ(means[3], 8);
}

TEST(LoadCurve, FillsAnEmptyBinFromTheSamplesBesideIt) {
  LoadCurve curve(4);
  curve.Add(1, 10);
  curve.Add(1, 20);
  curve.Add(3, 60);
  const std::vector<double> means = curve.Means();
  EXPECT_EQ(means[2], 30) << "the mean of samples, not of bins";
  EXPECT_EQ(means[0], 15);
  EXPECT_EQ(means[4], 60);
}

TEST(LoadCurve, LeavesOutLoadsBeyondTheLastBin) {
  LoadCurve curve(1);
  curve.Add(1, 5);
  curve.Add(2, 100);
  EXPECT_EQ(curve.Means()[1], 5);
}

TEST(LoadCurve, RoundsToTwoDecimals) {
  LoadCurve curve(0);
  curve.Add(0, 1.005001);
  EXPECT_EQ(curve.Means()[0], 1.01);
}

}  // namespace
}  // namespace drydock::sim

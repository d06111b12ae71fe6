// The average and the percentiles, by scheduler_perf's rules.
#include "sim/perf/throughput.h"

#include "gtest/gtest.h"

namespace drydock::sim {
namespace {

TEST(ThroughputMeter, AveragesOverAllOfTheTime) {
  ThroughputMeter meter(PerfClock::kWall);
  meter.Observe(100, 0.1, 0.08);
  meter.Observe(300, 0.5, 0.4);
  const Throughput result = meter.Finish();
  EXPECT_EQ(result.pods, 300u);
  EXPECT_DOUBLE_EQ(result.wall_seconds, 0.5);
  EXPECT_DOUBLE_EQ(result.cpu_seconds, 0.4);
  EXPECT_DOUBLE_EQ(result.average, 600);
}

TEST(ThroughputMeter, TakesPercentilesOfSamples) {
  ThroughputMeter meter(PerfClock::kWall);
  uint64_t pods = 0;
  for (int i = 1; i <= 10; ++i) {
    pods += static_cast<uint64_t>(i);
    meter.Observe(pods, i, i);
  }
  // One second each, which is twenty samples: rates 1 to 10.
  const Throughput result = meter.Finish();
  EXPECT_DOUBLE_EQ(result.perc50, 5);
  EXPECT_DOUBLE_EQ(result.perc90, 9);
  EXPECT_DOUBLE_EQ(result.perc95, 10);
  EXPECT_DOUBLE_EQ(result.Bucket("Perc99"), 10);
  EXPECT_DOUBLE_EQ(result.Bucket("Average"), 5.5);
}

TEST(ThroughputMeter, MakesIntervalsWithoutPodsPartOfTheNextSample) {
  ThroughputMeter meter(PerfClock::kWall);
  meter.Observe(0, 1, 1);
  meter.Observe(0, 2, 2);
  meter.Observe(40, 4, 4);
  const Throughput result = meter.Finish();
  EXPECT_DOUBLE_EQ(result.perc50, 10);
  EXPECT_DOUBLE_EQ(result.perc99, 10);
}

TEST(ThroughputMeter, HasTheAverageWhereNoSampleFits) {
  ThroughputMeter meter(PerfClock::kWall);
  meter.Observe(5, ThroughputMeter::kInterval / 10, 0);
  const Throughput result = meter.Finish();
  EXPECT_GT(result.average, 0);
  EXPECT_DOUBLE_EQ(result.perc50, result.average);
  EXPECT_DOUBLE_EQ(ThroughputMeter(PerfClock::kWall).Finish().average, 0);
}

TEST(ThroughputMeter, GoesByTheClockThatItIsGiven) {
  ThroughputMeter meter(PerfClock::kCpu);
  meter.Observe(100, 10, 0.5);
  const Throughput result = meter.Finish();
  EXPECT_DOUBLE_EQ(result.average, 200);
  EXPECT_DOUBLE_EQ(result.perc50, 200);
}

}  // namespace
}  // namespace drydock::sim

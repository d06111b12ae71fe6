// Durations by the million in a fixed space: a histogram with buckets that grow
// with the value, so that every quantile is right to within 1.6%.
#ifndef DRYDOCK_SIM_MEASURE_HISTOGRAM_H_
#define DRYDOCK_SIM_MEASURE_HISTOGRAM_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace drydock::sim {

class Histogram {
 public:
  void Add(absl::Duration value);  // A negative one counts as zero.

  uint64_t count() const { return count_; }
  absl::Duration Mean() const;
  absl::Duration Max() const { return absl::Nanoseconds(max_); }
  // The least value that at least the part `q` (0 to 1) of all values does not
  // exceed, to within a bucket's width; zero when there are none.
  absl::Duration Quantile(double q) const;

 private:
  // 64 linear buckets for each power of two: HdrHistogram's scheme.
  static constexpr int kSubBits = 6;
  static uint32_t BucketOf(uint64_t nanos);
  static uint64_t UpperEndOf(uint32_t bucket);

  std::vector<uint64_t> buckets_;
  uint64_t count_ = 0;
  int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_MEASURE_HISTOGRAM_H_

// Log-linear buckets.
#include "sim/measure/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace drydock::sim {

uint32_t Histogram::BucketOf(uint64_t nanos) {
  if (nanos < (1u << kSubBits)) return static_cast<uint32_t>(nanos);
  const int shift = std::bit_width(nanos) - kSubBits - 1;
  const auto sub = static_cast<uint32_t>(nanos >> shift) - (1u << kSubBits);
  return (static_cast<uint32_t>(shift) + 1) * (1u << kSubBits) + sub;
}

uint64_t Histogram::UpperEndOf(uint32_t bucket) {
  const uint32_t row = bucket >> kSubBits;
  const uint64_t sub = bucket & ((1u << kSubBits) - 1);
  if (row == 0) return sub;
  return ((sub + (1u << kSubBits) + 1) << (row - 1)) - 1;
}

void Histogram::Add(absl::Duration value) {
  const int64_t nanos = std::max<int64_t>(0, absl::ToInt64Nanoseconds(value));
  const uint32_t bucket = BucketOf(static_cast<uint64_t>(nanos));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  max_ = std::max(max_, nanos);
  sum_ += static_cast<double>(nanos);
}

absl::Duration Histogram::Mean() const {
  if (count_ == 0) return absl::ZeroDuration();
  return absl::Nanoseconds(std::llround(sum_ / static_cast<double>(count_)));
}

absl::Duration Histogram::Quantile(double q) const {
  const auto rank =
      std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(q * static_cast<double>(count_))));
  uint64_t seen = 0;
  for (uint32_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank) {
      return absl::Nanoseconds(std::min(static_cast<int64_t>(UpperEndOf(bucket)), max_));
    }
  }
  return absl::ZeroDuration();
}

}  // namespace drydock::sim

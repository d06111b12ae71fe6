// Processor sharing by virtual service.
#include "sim/runtime/link_share.h"

#include <algorithm>
#include <cmath>

namespace drydock::sim {
namespace {

// Rounding of times to nanoseconds leaves fractions of a byte.
constexpr double kSlackBytes = 0.5;

}  // namespace

double LinkShare::Speed() const {
  return std::min(cap_, rate_ / static_cast<double>(std::max<size_t>(transfers_.size(), 1)));
}

void LinkShare::Advance(rt::Instant now) {
  if (transfers_.empty()) {
    served_ = 0;  // Small numbers are exact.
  } else {
    served_ += Speed() * absl::ToDoubleSeconds(now - updated_);
  }
  updated_ = now;
}

void LinkShare::Add(rt::Instant now, uint64_t transfer, int64_t bytes) {
  Advance(now);
  transfers_.emplace(served_ + static_cast<double>(bytes), transfer);
}

void LinkShare::SetRate(rt::Instant now, double rate) {
  Advance(now);
  rate_ = rate;
}

void LinkShare::SetCap(rt::Instant now, double cap) {
  Advance(now);
  cap_ = cap;
}

rt::Instant LinkShare::NextDone() const {
  if (transfers_.empty()) return absl::InfiniteDuration();
  const double left = std::max(0.0, transfers_.begin()->first - served_);
  return updated_ + absl::Nanoseconds(static_cast<int64_t>(std::ceil(left / Speed() * 1e9)));
}

std::vector<uint64_t> LinkShare::TakeDone(rt::Instant now) {
  std::vector<uint64_t> done;
  while (!transfers_.empty() && NextDone() <= now) {
    // Up to the end of this one at today's speed, then on with one transfer less.
    Advance(std::max(updated_, NextDone()));
    served_ = std::max(served_, transfers_.begin()->first);
    while (!transfers_.empty() && transfers_.begin()->first <= served_ + kSlackBytes) {
      done.push_back(transfers_.begin()->second);
      transfers_.erase(transfers_.begin());
    }
  }
  Advance(now);
  return done;
}

}  // namespace drydock::sim

// Draws.
#include "sim/scenario/distribution.h"

#include <algorithm>
#include <cmath>

namespace drydock::sim {
namespace {

constexpr double kMost = 9e18;  // A long tail ends where whole numbers do.

}  // namespace

double Distribution::Draw(rt::Random& random) const {
  switch (shape_) {
    case Shape::kConstant:
      return first_;
    case Shape::kUniform:
      return first_ + (second_ - first_) * random.Unit();
    case Shape::kExponential:
      return random.Exponential(first_);
    case Shape::kNormal:
      return std::max(0.0, random.Normal(first_, second_));
    case Shape::kLogNormal:
      return random.LogNormal(first_, second_);
  }
  return first_;
}

int64_t Distribution::DrawInt(rt::Random& random) const {
  if (shape_ == Shape::kUniform) {
    return random.Between(static_cast<int64_t>(first_), static_cast<int64_t>(second_));
  }
  return std::llround(std::min(Draw(random), kMost));
}

absl::Duration Distribution::DrawDuration(rt::Random& random) const {
  return absl::Nanoseconds(static_cast<int64_t>(std::min(Draw(random), kMost)));
}

double Distribution::Mean() const {
  switch (shape_) {
    case Shape::kUniform:
      return (first_ + second_) / 2;
    case Shape::kLogNormal:
      return first_ * std::exp(second_ * second_ / 2);
    case Shape::kConstant:
    case Shape::kExponential:
    case Shape::kNormal:
      return first_;
  }
  return first_;
}

}  // namespace drydock::sim

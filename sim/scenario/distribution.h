// Random quantities as scenarios state them: a constant, or a distribution over
// durations, whole numbers or quantities.
//
//   replicas: 3                              constant
//   lifetime: {exponential: 20m}             mean
//   start:    {uniform: [200ms, 2s]}         both ends included
//   size:     {lognormal: {median: 1m, sigma: 1.2}}
//   cpu:      {choice: [100m, 250m, 1]}      each equally likely
#ifndef DRYDOCK_SIM_SCENARIO_DISTRIBUTION_H_
#define DRYDOCK_SIM_SCENARIO_DISTRIBUTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "src/rt/random.h"

namespace drydock::sim {

// Over numbers: nanoseconds where it stands for durations.
class Distribution {
 public:
  enum class Shape : uint8_t { kConstant, kUniform, kExponential, kNormal, kLogNormal };

  static Distribution Constant(double value) { return {Shape::kConstant, value, 0}; }
  static Distribution Constant(absl::Duration value) {
    return Constant(static_cast<double>(absl::ToInt64Nanoseconds(value)));
  }
  static Distribution Uniform(double low, double high) { return {Shape::kUniform, low, high}; }
  static Distribution Exponential(double mean) { return {Shape::kExponential, mean, 0}; }
  static Distribution Normal(double mean, double deviation) {
    return {Shape::kNormal, mean, deviation};
  }
  static Distribution LogNormal(double median, double sigma) {
    return {Shape::kLogNormal, median, sigma};
  }

  // Never negative: a normal's left tail is cut at 0.
  double Draw(rt::Random& random) const;
  int64_t DrawInt(rt::Random& random) const;  // Rounded; a uniform's ends are equally likely.
  absl::Duration DrawDuration(rt::Random& random) const;
  double Mean() const;

 private:
  Distribution(Shape shape, double first, double second)
      : shape_(shape), first_(first), second_(second) {}

  Shape shape_;
  double first_;
  double second_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_SCENARIO_DISTRIBUTION_H_

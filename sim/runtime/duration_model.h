// How long something takes in the simulated world: a fixed time or a distribution.
//
// Written in scenarios and annotations as
//   30s                        always 30 seconds
//   never                      it does not happen
//   uniform(10s, 20s)          evenly between the two
//   exp(30s)                   exponential with this mean
//   normal(30s, 5s)            mean and standard deviation, cut off at zero
//   lognormal(30s, 0.4)        median and sigma of the logarithm
#ifndef DRYDOCK_SIM_RUNTIME_DURATION_MODEL_H_
#define DRYDOCK_SIM_RUNTIME_DURATION_MODEL_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/rt/random.h"

namespace drydock::sim {

class DurationModel {
 public:
  DurationModel() = default;  // Always zero.

  static DurationModel Fixed(absl::Duration value);
  static DurationModel Never() { return Fixed(absl::InfiniteDuration()); }
  static DurationModel Uniform(absl::Duration low, absl::Duration high);
  static DurationModel Exponential(absl::Duration mean);
  static DurationModel Normal(absl::Duration mean, absl::Duration deviation);
  static DurationModel LogNormal(absl::Duration median, double sigma);

  static absl::StatusOr<DurationModel> Parse(absl::string_view text);

  // Never negative. A fixed model draws nothing from `random`.
  absl::Duration Sample(rt::Random& random) const;

 private:
  enum class Shape : uint8_t { kFixed, kUniform, kExponential, kNormal, kLogNormal };

  Shape shape_ = Shape::kFixed;
  absl::Duration first_ = absl::ZeroDuration();
  absl::Duration second_ = absl::ZeroDuration();
  double sigma_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_DURATION_MODEL_H_

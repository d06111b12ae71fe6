// A machine's clock: virtual time seen with an offset and at a rate of its own.
#ifndef DRYDOCK_SIM_KERNEL_LOCAL_CLOCK_H_
#define DRYDOCK_SIM_KERNEL_LOCAL_CLOCK_H_

#include <cstdint>

#include "sim/kernel/event.h"

namespace drydock::sim {

// Piecewise linear in virtual time. Rates are exact integers (parts per billion
// above or below virtual time), so that reading a clock rounds the same way
// everywhere.
class LocalClock {
 public:
  // The slowest that a clock can go: a millionth of virtual time.
  static constexpr int64_t kSlowest = -999'999'000;
  static constexpr int64_t kFastest = 1'000'000'000'000;

  explicit LocalClock(Nanos offset = 0) : local_(offset) {}

  Nanos Read(Nanos now) const {
    const Nanos elapsed = now - since_;
    if (skew_ == 0) return local_ + elapsed;
    return local_ + Scale(elapsed, kUnit + skew_, kUnit);
  }

  // The first moment of virtual time, not before `now`, at which the clock shows
  // at least `local`; `never` when that is beyond it.
  Nanos When(Nanos local, Nanos now, Nanos never) const {
    if (local >= never) return never;
    if (local <= Read(now)) return now;
    const __int128 span = static_cast<__int128>(local) - local_;
    const __int128 elapsed =
        skew_ == 0 ? span : (span * kUnit + (kUnit + skew_ - 1)) / (kUnit + skew_);
    return elapsed >= static_cast<__int128>(never) - since_ ? never
                                                            : since_ + static_cast<Nanos>(elapsed);
  }

  // Steps the clock, from now on.
  void Step(Nanos now, Nanos difference) {
    local_ = Read(now) + difference;
    since_ = now;
  }

  // From now on, a virtual second takes 1 + skew / 10^9 seconds of this clock.
  // REQUIRES: kSlowest <= skew <= kFastest.
  void SetSkew(Nanos now, int64_t skew_parts_per_billion) {
    Step(now, 0);
    skew_ = skew_parts_per_billion;
  }

  int64_t skew() const { return skew_; }

 private:
  static constexpr int64_t kUnit = 1'000'000'000;
  static Nanos Scale(Nanos value, int64_t numerator, int64_t denominator) {
    return static_cast<Nanos>(static_cast<__int128>(value) * numerator / denominator);
  }

  Nanos since_ = 0;  // Virtual time of the last change...
  Nanos local_;      // ...and what the clock showed then.
  int64_t skew_ = 0;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_KERNEL_LOCAL_CLOCK_H_

// Exponential back-off with jitter, which starts over after a quiet time: how
// reflectors space their attempts (apimachinery's backoff manager: doubling, up to
// twice the delay by jitter, reset after two minutes without a call).
#ifndef DRYDOCK_SRC_CLIENT_BACKOFF_H_
#define DRYDOCK_SRC_CLIENT_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"
#include "src/rt/executor.h"
#include "src/rt/random.h"

namespace drydock::client {

class Backoff {
 public:
  Backoff(absl::Duration min, absl::Duration max) : min_(min), max_(max), next_(min) {}

  // How long to wait before the next attempt.
  absl::Duration Next(rt::Instant now, rt::Random& random) {
    if (last_ != absl::InfiniteDuration() && now - last_ > kQuiet) next_ = min_;
    last_ = now;
    const absl::Duration delay = next_;
    next_ = std::min(max_, next_ * 2);
    return random.Jitter(delay, 1.0);
  }

 private:
  static constexpr absl::Duration kQuiet = absl::Minutes(2);

  const absl::Duration min_;
  const absl::Duration max_;
  absl::Duration next_;
  rt::Instant last_ = absl::InfiniteDuration();
};

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_BACKOFF_H_

// How long to wait before the next try: doubling from an initial delay to a maximum,
// forgotten after a good stretch of twice the maximum (client-go's flowcontrol.Backoff,
// which decides about CrashLoopBackOff and ImagePullBackOff).
#ifndef DRYDOCK_SRC_KUBELET_BACK_OFF_H_
#define DRYDOCK_SRC_KUBELET_BACK_OFF_H_

#include <algorithm>

#include "absl/time/time.h"
#include "src/rt/executor.h"

namespace drydock::kubelet {

class BackOff {
 public:
  // The delay that holds for a failure at `failed`; zero when none does.
  absl::Duration DelayAfter(rt::Instant failed, absl::Duration maximum) const {
    return Expired(failed, maximum) ? absl::ZeroDuration() : delay_;
  }

  // A try begins at `now`, after a failure at `failed`: the next one waits longer.
  void Next(rt::Instant failed, rt::Instant now, absl::Duration initial, absl::Duration maximum) {
    delay_ = Expired(failed, maximum) ? initial : std::min(delay_ * 2, maximum);
    updated_ = now;
  }

  rt::Instant updated() const { return updated_; }  // When Next was last called.
  void Reset() { delay_ = absl::ZeroDuration(); }

 private:
  bool Expired(rt::Instant at, absl::Duration maximum) const {
    return delay_ == absl::ZeroDuration() || at - updated_ > maximum * 2;
  }

  absl::Duration delay_ = absl::ZeroDuration();
  rt::Instant updated_ = absl::ZeroDuration();
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_BACK_OFF_H_

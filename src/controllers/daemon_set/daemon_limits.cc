// Resolving maxSurge and maxUnavailable.
#include "src/controllers/daemon_set/daemon_limits.h"

#include "src/api/int_or_string.h"

namespace drydock::controllers {

DaemonLimits DaemonLimitsOf(const api::DaemonSet& set, int desired) {
  DaemonLimits limits;
  if (set.spec().update_strategy().type() != "RollingUpdate") return limits;
  const api::RollingUpdateDaemonSet& rolling = set.spec().update_strategy().rolling_update();
  if (rolling.has_max_surge()) {
    limits.max_surge =
        api::ScaledValue(rolling.max_surge(), desired, api::Rounding::kUp).value_or(0);
  }
  if (rolling.has_max_unavailable()) {
    limits.max_unavailable =
        api::ScaledValue(rolling.max_unavailable(), desired, api::Rounding::kUp).value_or(0);
  }
  if (limits.max_surge == 0 && limits.max_unavailable == 0) limits.max_unavailable = 1;
  return limits;
}

}  // namespace drydock::controllers

// How many nodes of a DaemonSet a rolling update may have without an available pod,
// or with two.
#ifndef DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_LIMITS_H_
#define DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_LIMITS_H_

#include "src/api/apps_v1.h"

namespace drydock::controllers {

struct DaemonLimits {
  int max_surge = 0;
  int max_unavailable = 0;
};

// Shares are of `desired` and round up. Both zero unless the set is updated by rolling;
// then never both.
DaemonLimits DaemonLimitsOf(const api::DaemonSet& set, int desired);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_LIMITS_H_

// Durations as tables show them: "42s", "5m30s", "3d4h", "2y". Kubernetes' duration.HumanDuration.
#ifndef DRYDOCK_SRC_APISERVER_PRINTING_HUMAN_DURATION_H_
#define DRYDOCK_SRC_APISERVER_PRINTING_HUMAN_DURATION_H_

#include <string>

#include "absl/time/time.h"

namespace drydock::apiserver {

// Two or three digits' worth: the larger the duration, the coarser. Clocks of two machines may
// differ a little, so less than two seconds below zero is "0s"; below that it is "<invalid>".
std::string HumanDuration(absl::Duration duration);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_PRINTING_HUMAN_DURATION_H_

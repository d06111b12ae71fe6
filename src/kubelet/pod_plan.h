// What to do next for a pod: a pure function of what is known of it and the time.
//
// The manager asks, does the one thing named, and asks again until there is nothing
// left to do now. Whatever happens in between (an exit, a deletion, a lost reply) is
// therefore taken into account by the next question, and nothing has to be remembered.
#ifndef DRYDOCK_SRC_KUBELET_POD_PLAN_H_
#define DRYDOCK_SRC_KUBELET_POD_PLAN_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/time/time.h"
#include "src/kubelet/pod_record.h"
#include "src/rt/executor.h"

namespace drydock::kubelet {

enum class PodAction : uint8_t {
  kNone,  // Wait until `wake`, or for something to happen.
  kRunSandbox,
  kObtainImage,     // Of the one container named.
  kStartContainer,  // The one named.
  kStopContainers,  // All named, at once.
  kStopSandbox,
  kEnd,     // It has run to its end: stop what is left.
  kFail,    // activeDeadlineSeconds is over.
  kFinish,  // Nothing runs any more: the status is final.
};

struct PodPlan {
  PodAction action = PodAction::kNone;
  absl::InlinedVector<int, 4> containers;
  rt::Instant wake = absl::InfiniteDuration();
  // Containers that wait for the end of a restart's back-off.
  absl::InlinedVector<int, 2> backing_off;
};

// `crash_loop_max`: the longest back-off.
PodPlan PlanPod(const PodRecord& pod, rt::Instant now, absl::Duration crash_loop_max);

// All regular init containers have succeeded and all sidecars have started, or an app
// container has been started already.
bool IsInitialized(const PodRecord& pod);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_POD_PLAN_H_

// What controllers ask about a pod: does it count, is it ready, for how long.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_PODS_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_PODS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/core/v1/pod.h"

namespace drydock::controllers {

inline constexpr char kPodPending[] = "Pending";
inline constexpr char kPodRunning[] = "Running";
inline constexpr char kPodSucceeded[] = "Succeeded";
inline constexpr char kPodFailed[] = "Failed";
inline constexpr char kPodUnknown[] = "Unknown";

inline bool IsSucceeded(const api::Pod& pod) { return pod.status().phase() == kPodSucceeded; }
inline bool IsFailed(const api::Pod& pod) { return pod.status().phase() == kPodFailed; }
// It will never run again.
inline bool IsFinished(const api::Pod& pod) { return IsSucceeded(pod) || IsFailed(pod); }
// It counts towards a number of replicas: neither finished nor on its way out.
inline bool IsActive(const api::Pod& pod) {
  return !IsFinished(pod) && !pod.metadata().has_deletion_timestamp();
}
// On its way out, and still there.
inline bool IsTerminating(const api::Pod& pod) {
  return !IsFinished(pod) && pod.metadata().has_deletion_timestamp();
}

// Null when the pod has no such condition.
const api::PodCondition* FindCondition(const api::Pod& pod, absl::string_view type);

bool IsReady(const api::Pod& pod);

// Ready for at least `min_ready_seconds`.
bool IsAvailable(const api::Pod& pod, int32_t min_ready_seconds, absl::Time now);

// When a pod that is ready and not yet available will be available; nullopt otherwise.
std::optional<absl::Time> AvailableAt(const api::Pod& pod, int32_t min_ready_seconds,
                                      absl::Time now);

// Whether going from one state to the other can change what a controller of pods
// decides: its place in the counts, not the details of its start. Most updates of a
// pod do not (being bound, container states), and need no reconcile.
bool ChangesItsCounts(const api::Pod& before, const api::Pod& after);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_PODS_H_

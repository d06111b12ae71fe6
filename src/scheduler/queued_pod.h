// A pod that waits to be scheduled, with what the queue knows about its attempts.
#ifndef DRYDOCK_SRC_SCHEDULER_QUEUED_POD_H_
#define DRYDOCK_SRC_SCHEDULER_QUEUED_POD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/rt/executor.h"
#include "src/rt/ref.h"
#include "src/scheduler/pod_info.h"

namespace drydock::scheduler {

struct QueuedPod final : public rt::RefCounted {
  PodRef pod;
  rt::Instant timestamp;      // When it last came into the queue.
  rt::Instant first_seen;     // When it first did.
  rt::Instant backoff_until;  // Of the current back-off.
  int attempts = 0;           // Scheduling cycles so far.
  int failures = 0;           // Of those since it came, that found it unschedulable.
  bool errored = false;       // The last attempt ended in an error, not in a rejection.
  std::vector<std::string> unschedulable_plugins;  // That rejected it last time.
  std::string gated_by;  // The message of the PreEnqueue plugin that holds it; or empty.

  // For the queue: where it is, and its place there.
  enum class Place : uint8_t { kNone, kActive, kBackoff, kUnschedulable, kInFlight };
  Place place = Place::kNone;
  size_t heap_index = 0;
  uint64_t sequence = 0;  // Order of arrival, the last tie-break.
};

using QueuedPodRef = rt::Ref<QueuedPod>;

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_QUEUED_POD_H_

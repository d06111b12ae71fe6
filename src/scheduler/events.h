// What happens in a cluster that can make a pod schedulable which was not.
#ifndef DRYDOCK_SRC_SCHEDULER_EVENTS_H_
#define DRYDOCK_SRC_SCHEDULER_EVENTS_H_

#include <cstdint>

#include "src/scheduler/pod_info.h"

namespace drydock::scheduler {

enum ClusterEventKind : uint32_t {
  kPodAssigned = 1 << 0,   // A pod came to a node.
  kPodUpdated = 1 << 1,    // An assigned pod changed (labels, resources scaled down).
  kPodDeleted = 1 << 2,    // An assigned pod went away or ended.
  kPodScheduled = 1 << 3,  // The pod itself was changed by its owner (gates, labels, ...).
  kNodeAdd = 1 << 4,
  kNodeAllocatableUpdate = 1 << 5,
  kNodeLabelUpdate = 1 << 6,
  kNodeTaintUpdate = 1 << 7,  // Taints or spec.unschedulable.
  kNodeDeleted = 1 << 8,
  kNamespaceUpdate = 1 << 9,
  kAnyEvent = 0xffffffff,  // Unknown: everybody tries again.
};

struct ClusterEvent {
  uint32_t kinds = 0;            // A union.
  const PodInfo* pod = nullptr;  // Of pod events: the pod, as it was before it went.
  NodeIndex node = kNoNode;      // Of node events but kNodeDeleted, and of pod events.
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_EVENTS_H_

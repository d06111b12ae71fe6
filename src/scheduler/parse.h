// From API objects to what the scheduler works with.
#ifndef DRYDOCK_SRC_SCHEDULER_PARSE_H_
#define DRYDOCK_SRC_SCHEDULER_PARSE_H_

#include "src/api/object.h"
#include "src/scheduler/cluster.h"

namespace drydock::scheduler {

// Of a v1.Pod. The shape is parsed when no pod like it is known.
PodRef ParsePod(Cluster& cluster, const api::ObjectRef& object);

// Of a v1.Node.
NodeSpec ParseNode(Cluster& cluster, const api::ObjectRef& object);

// Of a policy/v1.PodDisruptionBudget.
DisruptionBudget ParseBudget(const api::ObjectRef& object);

// `selector` may be null, which matches nothing.
LabelSelector ParseSelector(const api::metav1::LabelSelector* selector);

// True for pods that have ended (Succeeded, Failed): they hold nothing.
bool IsTerminal(const api::ObjectRef& pod);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PARSE_H_

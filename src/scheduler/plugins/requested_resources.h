// What packing policies look at: a node's account of each resource that a pod asks for.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGINS_REQUESTED_RESOURCES_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGINS_REQUESTED_RESOURCES_H_

#include <cstdint>

#include "src/scheduler/node_table.h"

namespace drydock::scheduler {

struct ResourceAccount {
  int64_t allocatable = 0;  // Above 0.
  int64_t free = 0;         // Before the pod; below 0 on a node that is overcommitted.
  int64_t asked = 0;        // Above 0.
};

// Calls `each` with every resource that the pod asks for and the node has.
template <typename Each>
void ForEachRequested(const NodeTable& nodes, const PodShape& shape, NodeIndex node, Each each) {
  const auto visit = [&each](int64_t allocatable, int64_t used, int64_t asked) {
    if (asked > 0 && allocatable > 0) each(ResourceAccount{allocatable, allocatable - used, asked});
  };
  const Resources& requests = shape.requests;
  visit(nodes.allocatable_cpu()[node], nodes.requested_cpu()[node], requests.cpu_millis);
  visit(nodes.allocatable_memory()[node], nodes.requested_memory()[node], requests.memory);
  visit(nodes.allocatable_storage()[node], nodes.requested_storage()[node],
        requests.ephemeral_storage);
  for (const auto& [id, asked] : requests.extended) {
    visit(nodes.allocatable_extended(node, id), nodes.requested_extended(node, id), asked);
  }
}

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGINS_REQUESTED_RESOURCES_H_

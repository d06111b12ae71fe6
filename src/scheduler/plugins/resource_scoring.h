// What NodeResourcesFit and NodeResourcesBalancedAllocation share: the resources
// that the configuration names, and how much of each a node would have in use.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGINS_RESOURCE_SCORING_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGINS_RESOURCE_SCORING_H_

#include <cstdint>
#include <vector>

#include "src/scheduler/cluster.h"
#include "src/scheduler/plugin_args.h"

namespace drydock::scheduler {

struct ScoredResource {
  enum class Kind : uint8_t { kCpu, kMemory, kEphemeralStorage, kExtended };
  Kind kind = Kind::kCpu;
  ResourceId id = 0;  // Of kExtended.
  int64_t weight = 1;
};

inline std::vector<ScoredResource> Resolve(const std::vector<ResourceWeight>& resources,
                                           Cluster& cluster) {
  std::vector<ScoredResource> resolved;
  for (const ResourceWeight& resource : resources) {
    ScoredResource scored;
    scored.weight = resource.weight;
    if (resource.name == "cpu") {
      scored.kind = ScoredResource::Kind::kCpu;
    } else if (resource.name == "memory") {
      scored.kind = ScoredResource::Kind::kMemory;
    } else if (resource.name == "ephemeral-storage") {
      scored.kind = ScoredResource::Kind::kEphemeralStorage;
    } else {
      scored.kind = ScoredResource::Kind::kExtended;
      scored.id = cluster.resource_names.Intern(resource.name);
    }
    resolved.push_back(scored);
  }
  return resolved;
}

struct Usage {
  int64_t allocatable = 0;  // 0: the resource does not count.
  int64_t requested = 0;    // With the pod.
};

// `nonzero`: cpu and memory with Kubernetes' defaults for containers that ask for
// none (100m, 200Mi), as spreading scores count them.
inline Usage UsageWith(const NodeTable& nodes, const PodShape& shape, NodeIndex node,
                       const ScoredResource& resource, bool nonzero) {
  switch (resource.kind) {
    case ScoredResource::Kind::kCpu:
      return {nodes.allocatable_cpu()[node],
              nonzero ? nodes.nonzero_cpu()[node] + shape.nonzero_cpu
                      : nodes.requested_cpu()[node] + shape.requests.cpu_millis};
    case ScoredResource::Kind::kMemory:
      return {nodes.allocatable_memory()[node],
              nonzero ? nodes.nonzero_memory()[node] + shape.nonzero_memory
                      : nodes.requested_memory()[node] + shape.requests.memory};
    case ScoredResource::Kind::kEphemeralStorage:
      return {nodes.allocatable_storage()[node],
              nodes.requested_storage()[node] + shape.requests.ephemeral_storage};
    case ScoredResource::Kind::kExtended: {
      const int64_t wanted = shape.requests.Extended(resource.id);
      if (wanted == 0) return {};  // Not the pod's concern.
      return {nodes.allocatable_extended(node, resource.id),
              nodes.requested_extended(node, resource.id) + wanted};
    }
  }
  return {};
}

// part * 100 / whole, cut to an integer. REQUIRES: 0 <= part <= whole, whole > 0.
//
// A division of doubles is several times cheaper than one of 64-bit integers. It is
// exact here: the quotient is at most 100, and to round a true quotient up to the
// next integer the divisor would have to be above 2^46.
inline int64_t Percent(int64_t part, int64_t whole) {
  if (whole < (int64_t{1} << 45)) {
    return static_cast<int64_t>(static_cast<double>(part * 100) / static_cast<double>(whole));
  }
  return static_cast<int64_t>(static_cast<__int128>(part) * 100 / whole);
}

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGINS_RESOURCE_SCORING_H_

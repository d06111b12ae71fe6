// The addresses of a simulated cluster.
#ifndef DRYDOCK_SIM_CLUSTER_ADDRESSES_H_
#define DRYDOCK_SIM_CLUSTER_ADDRESSES_H_

#include <cstdint>
#include <string>

namespace drydock::sim {

// Nodes: 10.0.0.0/11, in the order of their numbers.
std::string NodeAddress(uint32_t node);

// Pods: a range for each node, large enough for `max_pods`, out of 11.0.0.0/8.
// Empty when there is no room for node number `node`.
std::string PodRange(uint32_t node, int max_pods);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_CLUSTER_ADDRESSES_H_

// The addresses of a node's pods: each address of the node's range to one sandbox at
// a time, handed out round and round so that one is not soon used again.
#ifndef DRYDOCK_SIM_RUNTIME_POD_IP_POOL_H_
#define DRYDOCK_SIM_RUNTIME_POD_IP_POOL_H_

#include <cstdint>
#include <string>

#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::sim {

class PodIpPool {
 public:
  // `cidr` is IPv4, like "10.0.7.0/24". Its first and last addresses and the gateway
  // (first + 1) stay free, as the bridge and host-local plugins leave them.
  static absl::StatusOr<PodIpPool> Create(absl::string_view cidr);

  // kResourceExhausted when all addresses are in use.
  absl::StatusOr<std::string> Take();
  void Release(const std::string& ip);

 private:
  PodIpPool(uint32_t first, uint32_t last) : first_(first), last_(last), next_(first) {}

  uint32_t first_;
  uint32_t last_;
  uint32_t next_;
  absl::btree_set<uint32_t> used_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_POD_IP_POOL_H_

// What a pod holds and what a node offers, in whole numbers.
#ifndef DRYDOCK_SIM_MEASURE_POD_USAGE_H_
#define DRYDOCK_SIM_MEASURE_POD_USAGE_H_

#include <cstdint>

#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"

namespace drydock::sim {

struct PodUsage {
  int64_t cpu_millis = 0;
  int64_t memory_bytes = 0;
  int64_t pods = 0;
};

PodUsage AmountsOf(const api::ResourceMap& resources);

// The larger of what the containers request together and what any one init
// container does, and the overhead.
PodUsage RequestsOf(const api::Pod& pod);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_MEASURE_POD_USAGE_H_

// Amounts of resources as integers: what a node offers, what a pod requests.
#ifndef DRYDOCK_SRC_KUBELET_RESOURCES_H_
#define DRYDOCK_SRC_KUBELET_RESOURCES_H_

#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"

namespace drydock::kubelet {

// By name; cpu in thousandths, everything else in units.
using Resources = absl::btree_map<std::string, int64_t>;

// A quantity of resource `name`; 0 when the text is none (the API server validates).
int64_t AmountOf(absl::string_view name, const std::string& quantity);

int64_t AmountIn(const api::ResourceMap& map, absl::string_view name);

// What the scheduler counts for one resource of a pod: the sum over app containers and
// sidecars, or the peak while init containers run, plus overhead; what the pod as a
// whole requests counts instead where it is given.
int64_t PodRequest(const api::PodSpec& spec, absl::string_view name);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_RESOURCES_H_

// What to write so that a service's slices hold the wanted endpoints: as few slices as
// it takes without moving endpoints between slices, and as few writes. Pure.
// Semantics of Kubernetes' endpoint slice reconciler.
#ifndef DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_SLICE_CHANGES_H_
#define DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_SLICE_CHANGES_H_

#include <string>
#include <vector>

#include "src/api/discovery_v1.h"
#include "src/api/object.h"

namespace drydock::controllers {

// Endpoints with the same ports and the same type of address.
struct WantedEndpoints {
  std::string address_type;
  std::vector<api::discoveryv1::EndpointPort> ports;
  std::vector<api::Endpoint> endpoints;
};

struct SliceChanges {
  std::vector<api::EndpointSlice> create;  // Without metadata.
  std::vector<api::EndpointSlice> update;
  std::vector<api::Ref<api::EndpointSlice>> remove;
};

// `existing` are slices with these ports and this type of address. Adds to `changes`.
void ChangeSlices(const WantedEndpoints& wanted,
                  const std::vector<api::Ref<api::EndpointSlice>>& existing, int max_endpoints,
                  SliceChanges* changes);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_SLICE_CHANGES_H_

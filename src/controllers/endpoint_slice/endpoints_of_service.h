// The endpoints that a service should have, from its pods: pure.
#ifndef DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_ENDPOINTS_OF_SERVICE_H_
#define DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_ENDPOINTS_OF_SERVICE_H_

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/service.h"
#include "src/api/discovery_v1.h"
#include "src/api/object.h"

namespace drydock::controllers {

// Whether a pod has a place among endpoints at all: it has an address, and it is not
// finished.
bool HasEndpoint(const api::Pod& pod);

// Whether going from one state of a pod to the other can change its endpoint.
bool EndpointChanged(const api::Pod& before, const api::Pod& after);

// "IPv4" and "IPv6", as the service asks for.
std::vector<std::string> AddressTypesOf(const api::Service& service);

// Without its zone, which is the node's. `address_type`: an endpoint has addresses of
// one type; without addresses when the pod has none of it.
api::Endpoint EndpointOf(const api::Service& service, const api::Pod& pod,
                         absl::string_view address_type);

// Of the service on this pod: named target ports differ from pod to pod.
std::vector<api::discoveryv1::EndpointPort> PortsOf(const api::Service& service,
                                                    const api::Pod& pod);

// A text that is equal for equal lists of ports, whatever their order.
std::string PortsKey(const std::vector<api::discoveryv1::EndpointPort>& ports);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_ENDPOINTS_OF_SERVICE_H_

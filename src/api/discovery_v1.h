// EndpointSlices. Short names for what is unique among the groups; discoveryv1:: for the rest.
#ifndef DRYDOCK_SRC_API_DISCOVERY_V1_H_
#define DRYDOCK_SRC_API_DISCOVERY_V1_H_

#include "src/api/discovery/v1/discovery.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace discoveryv1 = ::k8s::io::api::discovery::v1;

using discoveryv1::Endpoint;
using discoveryv1::EndpointConditions;
using discoveryv1::EndpointHints;
using discoveryv1::EndpointSlice;
using discoveryv1::EndpointSliceList;
using discoveryv1::ForNode;
using discoveryv1::ForZone;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_DISCOVERY_V1_H_

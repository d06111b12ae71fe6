// Aggregated discovery. Short names for what is unique among the groups; apidiscoveryv2:: for the
// rest.
#ifndef DRYDOCK_SRC_API_APIDISCOVERY_V2_H_
#define DRYDOCK_SRC_API_APIDISCOVERY_V2_H_

#include "src/api/apidiscovery/v2/apidiscovery.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace apidiscoveryv2 = ::k8s::io::api::apidiscovery::v2;

using apidiscoveryv2::APIGroupDiscovery;
using apidiscoveryv2::APIGroupDiscoveryList;
using apidiscoveryv2::APIResourceDiscovery;
using apidiscoveryv2::APISubresourceDiscovery;
using apidiscoveryv2::APIVersionDiscovery;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APIDISCOVERY_V2_H_

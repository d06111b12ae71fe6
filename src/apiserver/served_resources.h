// What a server serves of the scheme: the input of discovery and of the OpenAPI documents.
#ifndef DRYDOCK_SRC_APISERVER_SERVED_RESOURCES_H_
#define DRYDOCK_SRC_APISERVER_SERVED_RESOURCES_H_

#include <vector>

#include "src/api/openapi/served.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

// The resources of the table and the reviews, in the scheme's order, with the subresources that
// the server answers.
std::vector<api::ServedResource> ServedResources(const ResourceTable& resources);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_SERVED_RESOURCES_H_

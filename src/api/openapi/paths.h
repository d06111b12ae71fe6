// Paths of served resources and what can be done there.
#ifndef DRYDOCK_SRC_API_OPENAPI_PATHS_H_
#define DRYDOCK_SRC_API_OPENAPI_PATHS_H_

#include "src/api/codec/tree.h"
#include "src/api/openapi/schemas.h"
#include "src/api/openapi/served.h"

namespace drydock::api {

struct PathOptions {
  OpenApiVersion version = OpenApiVersion::kV2;
  // Whether PATCH takes configurations to apply.
  bool server_side_apply = false;
};

// Adds the paths of a resource and its subresources to `paths`, an object, and the schemas of
// what is sent and answered there to `schemas`.
void AddPaths(const ServedResource& resource, const PathOptions& options, Schemas* schemas,
              Value* paths);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_OPENAPI_PATHS_H_

// Patches.
#include "src/api/status.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {

rt::Task<absl::StatusOr<Answer>> Registry::Patch(const Resource& resource,
                                                 const api::Request& request) {
  co_return api::MethodNotSupported(resource.group(), resource.plural(), "patch");
}

}  // namespace drydock::apiserver

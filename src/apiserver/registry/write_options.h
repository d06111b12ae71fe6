// The options that all writes have in common.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_WRITE_OPTIONS_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_WRITE_OPTIONS_H_

#include "absl/status/status.h"
#include "src/api/request.h"

namespace drydock::apiserver {

// Whether the field manager and `force` of a create, an update or a patch are what Kubernetes
// allows (metav1 validation of CreateOptions, UpdateOptions, PatchOptions).
absl::Status CheckWriteOptions(const api::Request& request);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_WRITE_OPTIONS_H_

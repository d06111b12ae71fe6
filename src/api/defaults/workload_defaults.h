// Defaults of the kinds of apps/v1 and batch/v1, and of ReplicationControllers.
#ifndef DRYDOCK_SRC_API_DEFAULTS_WORKLOAD_DEFAULTS_H_
#define DRYDOCK_SRC_API_DEFAULTS_WORKLOAD_DEFAULTS_H_

#include "google/protobuf/message.h"

namespace drydock::api {

// Whether `object` is of one of these kinds.
bool DefaultWorkload(google::protobuf::Message* object);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_DEFAULTS_WORKLOAD_DEFAULTS_H_

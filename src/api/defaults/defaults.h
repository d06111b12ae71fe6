// Kubernetes' defaults: what the API server fills in before it validates and stores an object.
#ifndef DRYDOCK_SRC_API_DEFAULTS_DEFAULTS_H_
#define DRYDOCK_SRC_API_DEFAULTS_DEFAULTS_H_

#include "google/protobuf/message.h"

namespace drydock::api {

// Of a message of the scheme. Kinds without defaults stay as they are; applying defaults twice is
// the same as once.
void ApplyDefaults(google::protobuf::Message* object);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_DEFAULTS_DEFAULTS_H_

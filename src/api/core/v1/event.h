// Events of core/v1. Short names for what event.proto defines.
#ifndef DRYDOCK_SRC_API_CORE_V1_EVENT_H_
#define DRYDOCK_SRC_API_CORE_V1_EVENT_H_

#include "src/api/core/v1/event.pb.h"   // IWYU pragma: export
#include "src/api/core/v1/selection.h"  // IWYU pragma: export

namespace drydock::api {

namespace corev1 = ::k8s::io::api::core::v1;

using corev1::EventSource;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CORE_V1_EVENT_H_

// Events of events.k8s.io. Short names for what is unique among the groups; eventsv1:: for the
// rest.
#ifndef DRYDOCK_SRC_API_EVENTS_V1_H_
#define DRYDOCK_SRC_API_EVENTS_V1_H_

#include "src/api/events/v1/events.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace eventsv1 = ::k8s::io::api::events::v1;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_EVENTS_V1_H_

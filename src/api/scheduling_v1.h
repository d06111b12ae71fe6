// PriorityClasses. Short names for what is unique among the groups; schedulingv1:: for the rest.
#ifndef DRYDOCK_SRC_API_SCHEDULING_V1_H_
#define DRYDOCK_SRC_API_SCHEDULING_V1_H_

#include "src/api/scheduling/v1/scheduling.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace schedulingv1 = ::k8s::io::api::scheduling::v1;

using schedulingv1::PriorityClass;
using schedulingv1::PriorityClassList;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_SCHEDULING_V1_H_

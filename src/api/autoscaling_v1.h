// Scale, the body of scale subresources, and the first HorizontalPodAutoscaler. Short names for
// what is unique among the groups; autoscalingv1:: for the rest.
#ifndef DRYDOCK_SRC_API_AUTOSCALING_V1_H_
#define DRYDOCK_SRC_API_AUTOSCALING_V1_H_

#include "src/api/autoscaling/v1/autoscaling.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace autoscalingv1 = ::k8s::io::api::autoscaling::v1;

using autoscalingv1::Scale;
using autoscalingv1::ScaleSpec;
using autoscalingv1::ScaleStatus;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_AUTOSCALING_V1_H_

// HorizontalPodAutoscalers. Short names for what is unique among the groups; autoscalingv2:: for
// the rest.
#ifndef DRYDOCK_SRC_API_AUTOSCALING_V2_H_
#define DRYDOCK_SRC_API_AUTOSCALING_V2_H_

#include "src/api/autoscaling/v2/autoscaling.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace autoscalingv2 = ::k8s::io::api::autoscaling::v2;

using autoscalingv2::HorizontalPodAutoscalerBehavior;
using autoscalingv2::HPAScalingPolicy;
using autoscalingv2::HPAScalingRules;
using autoscalingv2::MetricIdentifier;
using autoscalingv2::MetricTarget;
using autoscalingv2::MetricValueStatus;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_AUTOSCALING_V2_H_

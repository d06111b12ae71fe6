// API priority and fairness. Short names for what is unique among the groups; flowcontrolv1:: for
// the rest.
#ifndef DRYDOCK_SRC_API_FLOWCONTROL_V1_H_
#define DRYDOCK_SRC_API_FLOWCONTROL_V1_H_

#include "src/api/flowcontrol/v1/flowcontrol.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace flowcontrolv1 = ::k8s::io::api::flowcontrol::v1;

using flowcontrolv1::ExemptPriorityLevelConfiguration;
using flowcontrolv1::FlowDistinguisherMethod;
using flowcontrolv1::FlowSchema;
using flowcontrolv1::FlowSchemaCondition;
using flowcontrolv1::FlowSchemaList;
using flowcontrolv1::FlowSchemaSpec;
using flowcontrolv1::FlowSchemaStatus;
using flowcontrolv1::GroupSubject;
using flowcontrolv1::LimitedPriorityLevelConfiguration;
using flowcontrolv1::LimitResponse;
using flowcontrolv1::NonResourcePolicyRule;
using flowcontrolv1::PolicyRulesWithSubjects;
using flowcontrolv1::PriorityLevelConfiguration;
using flowcontrolv1::PriorityLevelConfigurationCondition;
using flowcontrolv1::PriorityLevelConfigurationList;
using flowcontrolv1::PriorityLevelConfigurationReference;
using flowcontrolv1::PriorityLevelConfigurationSpec;
using flowcontrolv1::PriorityLevelConfigurationStatus;
using flowcontrolv1::QueuingConfiguration;
using flowcontrolv1::ResourcePolicyRule;
using flowcontrolv1::ServiceAccountSubject;
using flowcontrolv1::UserSubject;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_FLOWCONTROL_V1_H_

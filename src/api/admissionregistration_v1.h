// Admission webhooks and validating admission policies. Short names for what is unique among the
// groups; admissionregistrationv1:: for the rest.
#ifndef DRYDOCK_SRC_API_ADMISSIONREGISTRATION_V1_H_
#define DRYDOCK_SRC_API_ADMISSIONREGISTRATION_V1_H_

#include "src/api/admissionregistration/v1/admissionregistration.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace admissionregistrationv1 = ::k8s::io::api::admissionregistration::v1;

using admissionregistrationv1::AuditAnnotation;
using admissionregistrationv1::ExpressionWarning;
using admissionregistrationv1::MatchCondition;
using admissionregistrationv1::MatchResources;
using admissionregistrationv1::MutatingWebhook;
using admissionregistrationv1::MutatingWebhookConfiguration;
using admissionregistrationv1::MutatingWebhookConfigurationList;
using admissionregistrationv1::NamedRuleWithOperations;
using admissionregistrationv1::ParamKind;
using admissionregistrationv1::ParamRef;
using admissionregistrationv1::RuleWithOperations;
using admissionregistrationv1::ServiceReference;
using admissionregistrationv1::TypeChecking;
using admissionregistrationv1::ValidatingAdmissionPolicy;
using admissionregistrationv1::ValidatingAdmissionPolicyBinding;
using admissionregistrationv1::ValidatingAdmissionPolicyBindingList;
using admissionregistrationv1::ValidatingAdmissionPolicyBindingSpec;
using admissionregistrationv1::ValidatingAdmissionPolicyList;
using admissionregistrationv1::ValidatingAdmissionPolicySpec;
using admissionregistrationv1::ValidatingAdmissionPolicyStatus;
using admissionregistrationv1::ValidatingWebhook;
using admissionregistrationv1::ValidatingWebhookConfiguration;
using admissionregistrationv1::ValidatingWebhookConfigurationList;
using admissionregistrationv1::WebhookClientConfig;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_ADMISSIONREGISTRATION_V1_H_

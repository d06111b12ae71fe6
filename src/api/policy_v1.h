// PodDisruptionBudgets and evictions. Short names for what is unique among the groups; policyv1::
// for the rest.
#ifndef DRYDOCK_SRC_API_POLICY_V1_H_
#define DRYDOCK_SRC_API_POLICY_V1_H_

#include "src/api/policy/v1/policy.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace policyv1 = ::k8s::io::api::policy::v1;

using policyv1::Eviction;
using policyv1::PodDisruptionBudget;
using policyv1::PodDisruptionBudgetList;
using policyv1::PodDisruptionBudgetSpec;
using policyv1::PodDisruptionBudgetStatus;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_POLICY_V1_H_

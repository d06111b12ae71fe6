// Jobs and CronJobs. Short names for what is unique among the groups; batchv1:: for the rest.
#ifndef DRYDOCK_SRC_API_BATCH_V1_H_
#define DRYDOCK_SRC_API_BATCH_V1_H_

#include "src/api/batch/v1/batch.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace batchv1 = ::k8s::io::api::batch::v1;

using batchv1::CronJob;
using batchv1::CronJobList;
using batchv1::CronJobSpec;
using batchv1::CronJobStatus;
using batchv1::Job;
using batchv1::JobCondition;
using batchv1::JobList;
using batchv1::JobSpec;
using batchv1::JobStatus;
using batchv1::JobTemplateSpec;
using batchv1::PodFailurePolicy;
using batchv1::PodFailurePolicyOnExitCodesRequirement;
using batchv1::PodFailurePolicyOnPodConditionsPattern;
using batchv1::PodFailurePolicyRule;
using batchv1::SuccessPolicy;
using batchv1::SuccessPolicyRule;
using batchv1::UncountedTerminatedPods;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_BATCH_V1_H_

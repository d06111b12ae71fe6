// Validation of the specs of apps/v1 and batch/v1.
#ifndef DRYDOCK_SRC_API_VALIDATION_WORKLOAD_VALIDATION_H_
#define DRYDOCK_SRC_API_VALIDATION_WORKLOAD_VALIDATION_H_

#include "src/api/apps_v1.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/api/validation/field_errors.h"

namespace drydock::api {

void ValidateSpec(const Deployment& deployment, FieldErrors* errors);
void ValidateSpec(const ReplicaSet& set, FieldErrors* errors);
void ValidateSpec(const DaemonSet& set, FieldErrors* errors);
void ValidateSpec(const StatefulSet& set, FieldErrors* errors);
void ValidateSpec(const Job& job, FieldErrors* errors);
void ValidateSpec(const CronJob& job, FieldErrors* errors);

void ValidateSpecUpdate(const Deployment& deployment, const Deployment& old, FieldErrors* errors);
void ValidateSpecUpdate(const ReplicaSet& set, const ReplicaSet& old, FieldErrors* errors);
void ValidateSpecUpdate(const DaemonSet& set, const DaemonSet& old, FieldErrors* errors);
void ValidateSpecUpdate(const StatefulSet& set, const StatefulSet& old, FieldErrors* errors);
void ValidateSpecUpdate(const Job& job, const Job& old, FieldErrors* errors);
void ValidateSpecUpdate(const CronJob& job, const CronJob& old, FieldErrors* errors);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_VALIDATION_WORKLOAD_VALIDATION_H_

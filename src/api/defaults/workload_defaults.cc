// Follows defaults.go of pkg/apis/apps/v1 and pkg/apis/batch/v1 of Kubernetes.
#include "src/api/defaults/workload_defaults.h"

#include <limits>

#include "src/api/apps_v1.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/replication_controller.h"
#include "src/api/defaults/pod_defaults.h"
#include "src/api/int_or_string.h"

namespace drydock::api {
namespace {

constexpr int32_t kRevisions = 10;

void Default(Deployment* deployment) {
  DeploymentSpec* const spec = deployment->mutable_spec();
  if (!spec->has_replicas()) spec->set_replicas(1);
  DeploymentStrategy* const strategy = spec->mutable_strategy();
  if (strategy->type().empty()) strategy->set_type("RollingUpdate");
  if (strategy->type() == "RollingUpdate") {
    RollingUpdateDeployment* const rolling = strategy->mutable_rolling_update();
    if (!rolling->has_max_unavailable()) *rolling->mutable_max_unavailable() = FromString("25%");
    if (!rolling->has_max_surge()) *rolling->mutable_max_surge() = FromString("25%");
  }
  if (!spec->has_revision_history_limit()) spec->set_revision_history_limit(kRevisions);
  if (!spec->has_progress_deadline_seconds()) spec->set_progress_deadline_seconds(600);
  DefaultPodSpec(spec->mutable_template_()->mutable_spec());
}

void Default(ReplicaSet* set) {
  ReplicaSetSpec* const spec = set->mutable_spec();
  if (!spec->has_replicas()) spec->set_replicas(1);
  DefaultPodSpec(spec->mutable_template_()->mutable_spec());
}

void Default(DaemonSet* set) {
  DaemonSetSpec* const spec = set->mutable_spec();
  DaemonSetUpdateStrategy* const strategy = spec->mutable_update_strategy();
  if (strategy->type().empty()) strategy->set_type("RollingUpdate");
  if (strategy->type() == "RollingUpdate") {
    RollingUpdateDaemonSet* const rolling = strategy->mutable_rolling_update();
    if (!rolling->has_max_unavailable()) *rolling->mutable_max_unavailable() = FromInt(1);
    if (!rolling->has_max_surge()) rolling->mutable_max_surge();
  }
  if (!spec->has_revision_history_limit()) spec->set_revision_history_limit(kRevisions);
  DefaultPodSpec(spec->mutable_template_()->mutable_spec());
}

void Default(StatefulSet* set) {
  StatefulSetSpec* const spec = set->mutable_spec();
  if (spec->pod_management_policy().empty()) spec->set_pod_management_policy("OrderedReady");
  StatefulSetUpdateStrategy* const strategy = spec->mutable_update_strategy();
  if (strategy->type().empty()) {
    strategy->set_type("RollingUpdate");
    strategy->mutable_rolling_update();
  }
  if (strategy->type() == "RollingUpdate" && strategy->has_rolling_update() &&
      !strategy->rolling_update().has_partition()) {
    strategy->mutable_rolling_update()->set_partition(0);
  }
  StatefulSetPersistentVolumeClaimRetentionPolicy* const retention =
      spec->mutable_persistent_volume_claim_retention_policy();
  if (retention->when_deleted().empty()) retention->set_when_deleted("Retain");
  if (retention->when_scaled().empty()) retention->set_when_scaled("Retain");
  if (!spec->has_replicas()) spec->set_replicas(1);
  if (!spec->has_revision_history_limit()) spec->set_revision_history_limit(kRevisions);
  for (PersistentVolumeClaim& claim : *spec->mutable_volume_claim_templates()) {
    DefaultPersistentVolumeClaimSpec(claim.mutable_spec());
    if (claim.status().phase().empty()) claim.mutable_status()->set_phase("Pending");
  }
  DefaultPodSpec(spec->mutable_template_()->mutable_spec());
}

void Default(Job* job) {
  JobSpec* const spec = job->mutable_spec();
  // Neither: one pod. Completions alone: one at a time. Parallelism alone: a work queue.
  if (!spec->has_completions() && !spec->has_parallelism()) {
    spec->set_completions(1);
    spec->set_parallelism(1);
  }
  if (!spec->has_parallelism()) spec->set_parallelism(1);
  if (!spec->has_backoff_limit()) {
    spec->set_backoff_limit(
        spec->has_backoff_limit_per_index() ? std::numeric_limits<int32_t>::max() : 6);
  }
  const PodTemplateSpec& pods = spec->template_();
  if (job->metadata().labels().empty() && !pods.metadata().labels().empty()) {
    *job->mutable_metadata()->mutable_labels() = pods.metadata().labels();
  }
  if (!spec->has_completion_mode()) spec->set_completion_mode("NonIndexed");
  if (!spec->has_suspend()) spec->set_suspend(false);
  if (spec->has_pod_failure_policy()) {
    for (PodFailurePolicyRule& rule : *spec->mutable_pod_failure_policy()->mutable_rules()) {
      for (auto& pattern : *rule.mutable_on_pod_conditions()) {
        if (pattern.status().empty()) pattern.set_status("True");
      }
    }
  }
  if (!spec->has_pod_replacement_policy()) {
    spec->set_pod_replacement_policy(spec->has_pod_failure_policy() ? "Failed"
                                                                    : "TerminatingOrFailed");
  }
  if (!spec->has_manual_selector()) spec->set_manual_selector(false);
  DefaultPodSpec(spec->mutable_template_()->mutable_spec());
}

void Default(CronJob* job) {
  CronJobSpec* const spec = job->mutable_spec();
  if (spec->concurrency_policy().empty()) spec->set_concurrency_policy("Allow");
  if (!spec->has_suspend()) spec->set_suspend(false);
  if (!spec->has_successful_jobs_history_limit()) spec->set_successful_jobs_history_limit(3);
  if (!spec->has_failed_jobs_history_limit()) spec->set_failed_jobs_history_limit(1);
  DefaultPodSpec(spec->mutable_job_template()->mutable_spec()->mutable_template_()->mutable_spec());
}

void Default(ReplicationController* controller) {
  ReplicationControllerSpec* const spec = controller->mutable_spec();
  if (!spec->has_replicas()) spec->set_replicas(1);
  if (!spec->has_template_()) return;
  const StringMap& labels = spec->template_().metadata().labels();
  if (!labels.empty()) {
    if (spec->selector().empty()) *spec->mutable_selector() = labels;
    if (controller->metadata().labels().empty()) {
      *controller->mutable_metadata()->mutable_labels() = labels;
    }
  }
  DefaultPodSpec(spec->mutable_template_()->mutable_spec());
}

template <typename T>
bool DefaultIf(google::protobuf::Message* object) {
  if (object->GetDescriptor() != T::descriptor()) return false;
  Default(static_cast<T*>(object));
  return true;
}

}  // namespace

bool DefaultWorkload(google::protobuf::Message* object) {
  return DefaultIf<ReplicaSet>(object) || DefaultIf<Deployment>(object) ||
         DefaultIf<DaemonSet>(object) || DefaultIf<Job>(object) || DefaultIf<StatefulSet>(object) ||
         DefaultIf<CronJob>(object) || DefaultIf<ReplicationController>(object);
}

}  // namespace drydock::api

// Rules of pkg/apis/apps/validation and pkg/apis/batch/validation of Kubernetes.
#include "src/api/validation/workload_validation.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/int_or_string.h"
#include "src/api/selectors.h"
#include "src/api/validation/metadata_validation.h"
#include "src/api/validation/pod_validation.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

// A selector that its own pods match. `what` is the kind's word in texts ("deployment").
void ValidateOwnSelector(bool there, const LabelSelector& selector, const PodTemplateSpec& pods,
                         string_view what, FieldErrors* errors) {
  if (!there) {
    errors->Required("spec.selector");
    return;
  }
  ValidateLabelSelector(selector, "spec.selector", errors);
  if (selector.match_labels().empty() && selector.match_expressions().empty()) {
    errors->Invalid("spec.selector", JsonOf(selector),
                    absl::StrCat("empty selector is invalid for ", what));
    return;
  }
  const absl::StatusOr<Selector> parsed = Selector::From(selector);
  if (!parsed.ok()) {
    errors->Invalid("spec.selector", JsonOf(selector), "invalid label selector");
  } else if (!parsed->Matches(pods.metadata().labels())) {
    std::string labels = "{";
    for (const StringEntry& label : pods.metadata().labels()) {
      absl::StrAppend(&labels, labels.size() > 1 ? "," : "", Quoted(label.key()), ":",
                      Quoted(label.value()));
    }
    errors->Invalid("spec.template.metadata.labels", labels + "}",
                    "`selector` does not match template `labels`");
  }
}

// Pods that a controller replaces run for ever.
void ValidateLastingPods(const PodTemplateSpec& pods, string_view what, FieldErrors* errors) {
  ValidatePodTemplate(pods, "spec.template", errors);
  if (pods.spec().restart_policy() != "Always") {
    errors->NotSupported("spec.template.spec.restartPolicy", pods.spec().restart_policy(),
                         {"Always"});
  }
  if (pods.spec().has_active_deadline_seconds()) {
    errors->Forbidden("spec.template.spec.activeDeadlineSeconds",
                      absl::StrCat("activeDeadlineSeconds in ", what, " is not Supported"));
  }
}

bool IsPercentage(const IntOrString& value) {
  int32_t number;
  string_view text = value.str_val();
  return IsString(value) && absl::EndsWith(text, "%") &&
         absl::SimpleAtoi(text.substr(0, text.size() - 1), &number) && number >= 0;
}

// 0 or more, or a percentage; false when it is neither.
bool ValidateAmount(const IntOrString& value, const std::string& path, FieldErrors* errors) {
  if (IsString(value)) {
    if (IsPercentage(value)) return true;
    errors->Invalid(path, Quoted(value.str_val()),
                    "a valid percent string must be a numeric string followed by an ending '%' "
                    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
    return false;
  }
  errors->CheckNonNegative(path, value.int_val());
  return value.int_val() >= 0;
}

void ValidateAtMostAll(const IntOrString& value, const std::string& path, FieldErrors* errors) {
  const absl::StatusOr<int32_t> of_hundred = ScaledValue(value, 100, Rounding::kDown);
  if (IsString(value) && of_hundred.ok() && *of_hundred > 100) {
    errors->Invalid(path, Quoted(value.str_val()), "must not be greater than 100%");
  }
}

bool IsZeroAmount(const IntOrString& value) {
  const absl::StatusOr<int32_t> of_hundred = ScaledValue(value, 100, Rounding::kUp);
  return of_hundred.ok() && *of_hundred == 0;
}

void ValidateStrategy(const DeploymentStrategy& strategy, FieldErrors* errors) {
  const std::string path = "spec.strategy";
  if (strategy.type() == "Recreate") {
    if (strategy.has_rolling_update()) {
      errors->Forbidden(path + ".rollingUpdate",
                        "may not be specified when strategy `type` is 'Recreate'");
    }
    return;
  }
  if (strategy.type() != "RollingUpdate") {
    errors->NotSupported(path + ".type", strategy.type(), {"Recreate", "RollingUpdate"});
    return;
  }
  if (!strategy.has_rolling_update()) {
    errors->Required(path + ".rollingUpdate", "this should be defaulted and never be nil");
    return;
  }
  const RollingUpdateDeployment& rolling = strategy.rolling_update();
  const std::string at = path + ".rollingUpdate";
  ValidateAmount(rolling.max_unavailable(), at + ".maxUnavailable", errors);
  ValidateAmount(rolling.max_surge(), at + ".maxSurge", errors);
  if (IsZeroAmount(rolling.max_unavailable()) && IsZeroAmount(rolling.max_surge())) {
    errors->Invalid(at + ".maxUnavailable", JsonOf(rolling.max_unavailable()),
                    "may not be 0 when `maxSurge` is 0");
  }
  ValidateAtMostAll(rolling.max_unavailable(), at + ".maxUnavailable", errors);
}

void ValidateDaemonStrategy(const DaemonSetUpdateStrategy& strategy, FieldErrors* errors) {
  const std::string path = "spec.updateStrategy";
  if (strategy.type() == "OnDelete") return;
  if (strategy.type() != "RollingUpdate") {
    errors->NotSupported(path + ".type", strategy.type(), {"RollingUpdate", "OnDelete"});
    return;
  }
  if (!strategy.has_rolling_update()) {
    errors->Required(path + ".rollingUpdate");
    return;
  }
  const RollingUpdateDaemonSet& rolling = strategy.rolling_update();
  const std::string at = path + ".rollingUpdate";
  ValidateAmount(rolling.max_unavailable(), at + ".maxUnavailable", errors);
  ValidateAmount(rolling.max_surge(), at + ".maxSurge", errors);
  ValidateAtMostAll(rolling.max_unavailable(), at + ".maxUnavailable", errors);
  ValidateAtMostAll(rolling.max_surge(), at + ".maxSurge", errors);
  const bool surge = !IsZeroAmount(rolling.max_surge());
  const bool unavailable = !IsZeroAmount(rolling.max_unavailable());
  if (surge && unavailable) {
    errors->Invalid(at + ".maxSurge", JsonOf(rolling.max_surge()),
                    "may not be set when maxUnavailable is non-zero");
  } else if (!surge && !unavailable) {
    errors->Required(at + ".maxUnavailable", "cannot be 0 when maxSurge is 0");
  }
}

void ValidateJobSpec(const JobSpec& spec, const std::string& path, FieldErrors* errors) {
  if (spec.has_parallelism()) {
    errors->CheckNonNegative(path + ".parallelism", spec.parallelism());
  }
  if (spec.has_completions()) {
    errors->CheckNonNegative(path + ".completions", spec.completions());
  }
  if (spec.has_active_deadline_seconds()) {
    errors->CheckNonNegative(path + ".activeDeadlineSeconds", spec.active_deadline_seconds());
  }
  if (spec.has_backoff_limit()) {
    errors->CheckNonNegative(path + ".backoffLimit", spec.backoff_limit());
  }
  if (spec.has_ttl_seconds_after_finished()) {
    errors->CheckNonNegative(path + ".ttlSecondsAfterFinished", spec.ttl_seconds_after_finished());
  }
  errors->CheckSupported(path + ".completionMode", spec.completion_mode(),
                         {"NonIndexed", "Indexed"});
  if (spec.completion_mode() == "Indexed") {
    if (!spec.has_completions()) {
      errors->Required(path + ".completions",
                       absl::StrCat("when completion mode is ", spec.completion_mode()));
    }
    constexpr int32_t kMostParallel = 100'000;
    if (spec.parallelism() > kMostParallel) {
      errors->Invalid(path + ".parallelism", spec.parallelism(),
                      absl::StrCat("must be less than or equal to ", kMostParallel,
                                   " when completion mode is ", spec.completion_mode()));
    }
  } else {
    if (spec.has_backoff_limit_per_index()) {
      errors->Invalid(path + ".backoffLimitPerIndex", spec.backoff_limit_per_index(),
                      "requires indexed completion mode");
    }
    if (spec.has_max_failed_indexes()) {
      errors->Invalid(path + ".maxFailedIndexes", spec.max_failed_indexes(),
                      "requires indexed completion mode");
    }
  }
  ValidatePodTemplate(spec.template_(), path + ".template", errors);
  const std::string& restart = spec.template_().spec().restart_policy();
  const std::string at = path + ".template.spec.restartPolicy";
  if (restart.empty() || restart == "Always") {
    errors->Required(at, "valid values: \"OnFailure\", \"Never\"");
  } else {
    errors->CheckSupported(at, restart, {"OnFailure", "Never"});
  }
}

template <typename Spec>
void ValidateSelectorUpdate(const Spec& spec, const Spec& old, FieldErrors* errors) {
  ValidateImmutable(spec.selector(), old.selector(), "spec.selector", errors);
}

}  // namespace

void ValidateSpec(const Deployment& deployment, FieldErrors* errors) {
  const DeploymentSpec& spec = deployment.spec();
  errors->CheckNonNegative("spec.replicas", spec.replicas());
  ValidateOwnSelector(spec.has_selector(), spec.selector(), spec.template_(), "deployment", errors);
  // Its pods are those of ReplicaSets.
  ValidateLastingPods(spec.template_(), "ReplicaSet", errors);
  ValidateStrategy(spec.strategy(), errors);
  errors->CheckNonNegative("spec.minReadySeconds", spec.min_ready_seconds());
  if (spec.has_revision_history_limit()) {
    errors->CheckNonNegative("spec.revisionHistoryLimit", spec.revision_history_limit());
  }
  if (spec.has_progress_deadline_seconds()) {
    errors->CheckNonNegative("spec.progressDeadlineSeconds", spec.progress_deadline_seconds());
    if (spec.progress_deadline_seconds() <= spec.min_ready_seconds()) {
      errors->Invalid("spec.progressDeadlineSeconds", spec.progress_deadline_seconds(),
                      "must be greater than minReadySeconds");
    }
  }
}

void ValidateSpec(const ReplicaSet& set, FieldErrors* errors) {
  const ReplicaSetSpec& spec = set.spec();
  errors->CheckNonNegative("spec.replicas", spec.replicas());
  errors->CheckNonNegative("spec.minReadySeconds", spec.min_ready_seconds());
  ValidateOwnSelector(spec.has_selector(), spec.selector(), spec.template_(), "deployment", errors);
  ValidateLastingPods(spec.template_(), "ReplicaSet", errors);
}

void ValidateSpec(const DaemonSet& set, FieldErrors* errors) {
  const DaemonSetSpec& spec = set.spec();
  ValidateOwnSelector(spec.has_selector(), spec.selector(), spec.template_(), "daemonset", errors);
  ValidateLastingPods(spec.template_(), "DaemonSet", errors);
  ValidateDaemonStrategy(spec.update_strategy(), errors);
  errors->CheckNonNegative("spec.minReadySeconds", spec.min_ready_seconds());
  if (spec.has_revision_history_limit()) {
    errors->CheckNonNegative("spec.revisionHistoryLimit", spec.revision_history_limit());
  }
}

void ValidateSpec(const StatefulSet& set, FieldErrors* errors) {
  const StatefulSetSpec& spec = set.spec();
  if (spec.pod_management_policy().empty()) {
    errors->Required("spec.podManagementPolicy");
  } else {
    errors->CheckSupported("spec.podManagementPolicy", spec.pod_management_policy(),
                           {"OrderedReady", "Parallel"});
  }
  errors->CheckSupported("spec.updateStrategy.type", spec.update_strategy().type(),
                         {"RollingUpdate", "OnDelete"});
  errors->CheckNonNegative("spec.replicas", spec.replicas());
  errors->CheckNonNegative("spec.minReadySeconds", spec.min_ready_seconds());
  ValidateOwnSelector(spec.has_selector(), spec.selector(), spec.template_(), "statefulset",
                      errors);
  ValidateLastingPods(spec.template_(), "StatefulSet", errors);
}

void ValidateSpec(const Job& job, FieldErrors* errors) {
  const JobSpec& spec = job.spec();
  ValidateJobSpec(spec, "spec", errors);
  ValidateOwnSelector(spec.has_selector(), spec.selector(), spec.template_(), "job", errors);
}

void ValidateSpec(const CronJob& job, FieldErrors* errors) {
  const CronJobSpec& spec = job.spec();
  if (spec.schedule().empty()) errors->Required("spec.schedule");
  errors->CheckSupported("spec.concurrencyPolicy", spec.concurrency_policy(),
                         {"Allow", "Forbid", "Replace"});
  if (spec.has_starting_deadline_seconds()) {
    errors->CheckNonNegative("spec.startingDeadlineSeconds", spec.starting_deadline_seconds());
  }
  JobSpec of_job = spec.job_template().spec();
  // A Job's defaults are applied when one is made.
  if (!of_job.has_completion_mode()) of_job.set_completion_mode("NonIndexed");
  ValidateJobSpec(of_job, "spec.jobTemplate.spec", errors);
}

void ValidateSpecUpdate(const Deployment& deployment, const Deployment& old, FieldErrors* errors) {
  ValidateSpec(deployment, errors);
  ValidateSelectorUpdate(deployment.spec(), old.spec(), errors);
}

void ValidateSpecUpdate(const ReplicaSet& set, const ReplicaSet& old, FieldErrors* errors) {
  ValidateSpec(set, errors);
  ValidateSelectorUpdate(set.spec(), old.spec(), errors);
}

void ValidateSpecUpdate(const DaemonSet& set, const DaemonSet& old, FieldErrors* errors) {
  ValidateSpec(set, errors);
  ValidateSelectorUpdate(set.spec(), old.spec(), errors);
}

void ValidateSpecUpdate(const StatefulSet& set, const StatefulSet& old, FieldErrors* errors) {
  ValidateSpec(set, errors);
  StatefulSetSpec same = set.spec();
  const StatefulSetSpec& before = old.spec();
  same.set_replicas(before.replicas());
  *same.mutable_template_() = before.template_();
  *same.mutable_update_strategy() = before.update_strategy();
  same.set_min_ready_seconds(before.min_ready_seconds());
  *same.mutable_ordinals() = before.ordinals();
  same.set_revision_history_limit(before.revision_history_limit());
  *same.mutable_persistent_volume_claim_retention_policy() =
      before.persistent_volume_claim_retention_policy();
  StatefulSetSpec expected = before;
  expected.set_replicas(before.replicas());
  expected.mutable_ordinals();
  expected.set_revision_history_limit(before.revision_history_limit());
  if (!SameMessage(same, expected)) {
    errors->Forbidden("spec",
                      "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                      "'template', 'updateStrategy', 'revisionHistoryLimit', "
                      "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
  }
}

void ValidateSpecUpdate(const Job& job, const Job& old, FieldErrors* errors) {
  ValidateSpec(job, errors);
  const JobSpec& spec = job.spec();
  const JobSpec& before = old.spec();
  // An indexed job may be scaled when its completions follow its parallelism.
  const bool elastic = spec.completion_mode() == "Indexed" && spec.has_completions() &&
                       spec.completions() == spec.parallelism();
  const bool same_completions = spec.has_completions() == before.has_completions() &&
                                spec.completions() == before.completions();
  if (!same_completions && !elastic) {
    errors->Invalid("spec.completions",
                    spec.has_completions() ? absl::StrCat(spec.completions()) : "null", kImmutable);
  }
  ValidateImmutable(spec.selector(), before.selector(), "spec.selector", errors);
  ValidateImmutable(spec.completion_mode(), before.completion_mode(), "spec.completionMode",
                    errors);
  // A job that has not started may still be told where to run.
  const bool movable = before.suspend() && !old.status().has_start_time();
  PodTemplateSpec pods = spec.template_();
  if (movable) {
    const PodTemplateSpec& from = before.template_();
    *pods.mutable_metadata() = from.metadata();
    *pods.mutable_spec()->mutable_node_selector() = from.spec().node_selector();
    *pods.mutable_spec()->mutable_tolerations() = from.spec().tolerations();
    *pods.mutable_spec()->mutable_scheduling_gates() = from.spec().scheduling_gates();
    if (from.spec().has_affinity()) {
      *pods.mutable_spec()->mutable_affinity() = from.spec().affinity();
    } else {
      pods.mutable_spec()->clear_affinity();
    }
  }
  ValidateImmutable(pods, before.template_(), "spec.template", errors);
}

void ValidateSpecUpdate(const CronJob& job, const CronJob& old, FieldErrors* errors) {
  ValidateSpec(job, errors);
}

}  // namespace drydock::api

// The course of a reconcile, the new ReplicaSet, and the status.
#include "src/controllers/deployment/deployment_step.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/controllers/common/controller_ref.h"
#include "src/controllers/common/pod_control.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/deployment/deployment_status.h"
#include "src/rt/status_macros.h"

namespace drydock::controllers {

DeploymentStep::DeploymentStep(const Tools& tools, api::Ref<api::Deployment> deployment,
                               const ReplicaSets& owned)
    : tools_(tools),
      deployment_(std::move(deployment)),
      generation_(deployment_->metadata().generation()),
      old_(owned),
      staged_(deployment_->status()) {
  std::sort(old_.begin(), old_.end(),
            [](const ReplicaSetRef& a, const ReplicaSetRef& b) { return IsOlder(*a, *b); });
  for (auto set = old_.begin(); set != old_.end(); ++set) {
    if (!tools_.templates.Matches(*deployment_, **set)) continue;
    new_ = *set;  // The oldest, should there be several.
    old_.erase(set);
    break;
  }
}

ReplicaSets DeploymentStep::All() const {
  ReplicaSets all = old_;
  if (new_) all.push_back(new_);
  return all;
}

rt::Task<absl::Status> DeploymentStep::Run() {
  if (IsDeleting(deployment_->metadata())) {
    CO_RETURN_IF_ERROR(co_await SyncNewSet());
    co_return co_await WriteScaleStatus();
  }
  CheckPaused();
  CO_RETURN_IF_ERROR(co_await SyncNewSet());
  if (deployment_->spec().paused() || IsScalingEvent(*deployment_, All())) {
    co_return co_await SyncScale();
  }
  if (IsRollingUpdate(*deployment_)) co_return co_await RollOver();
  co_return co_await Recreate();
}

// A pause stops the deadline's clock; resuming starts it anew.
void DeploymentStep::CheckPaused() {
  if (!HasProgressDeadline(*deployment_)) return;
  const api::DeploymentCondition* const current = FindCondition(staged_, kProgressing);
  if (current != nullptr && current->reason() == kProgressDeadlineExceeded) return;
  const bool noted = current != nullptr && current->reason() == kDeploymentPaused;
  if (deployment_->spec().paused() && !noted) {
    SetCondition(
        NewCondition(kProgressing, "Unknown", kDeploymentPaused, "Deployment is paused", Now()),
        &staged_);
  } else if (!deployment_->spec().paused() && noted) {
    SetCondition(
        NewCondition(kProgressing, "Unknown", "DeploymentResumed", "Deployment is resumed", Now()),
        &staged_);
  }
}

rt::Task<absl::Status> DeploymentStep::SyncScale() {
  CO_RETURN_IF_ERROR(co_await ScaleInProportion());
  if (deployment_->spec().paused()) CO_RETURN_IF_ERROR(co_await CleanUpHistory());
  co_return co_await WriteScaleStatus();
}

rt::Task<absl::Status> DeploymentStep::RollOver() {
  if (!new_) CO_RETURN_IF_ERROR(co_await CreateNewSet());
  const absl::StatusOr<bool> grown = co_await GrowNewSet();
  if (!grown.ok()) co_return grown.status();
  if (*grown) co_return co_await WriteRolloutStatus();
  const absl::StatusOr<bool> shrunk = co_await ShrinkOldSets();
  if (!shrunk.ok()) co_return shrunk.status();
  if (*shrunk) co_return co_await WriteRolloutStatus();
  if (IsComplete(*deployment_, deployment_->status())) {
    CO_RETURN_IF_ERROR(co_await CleanUpHistory());
  }
  co_return co_await WriteRolloutStatus();
}

rt::Task<absl::Status> DeploymentStep::Recreate() {
  const absl::StatusOr<bool> emptied = co_await EmptyOldSets();
  if (!emptied.ok()) co_return emptied.status();
  if (*emptied || OldPodsExist()) co_return co_await WriteRolloutStatus();
  if (!new_) CO_RETURN_IF_ERROR(co_await CreateNewSet());
  const absl::StatusOr<bool> grown = co_await Resize(new_, deployment_->spec().replicas());
  if (!grown.ok()) co_return grown.status();
  if (IsComplete(*deployment_, deployment_->status())) {
    CO_RETURN_IF_ERROR(co_await CleanUpHistory());
  }
  co_return co_await WriteRolloutStatus();
}

rt::Task<absl::Status> DeploymentStep::SyncNewSet() {
  if (!new_) co_return absl::OkStatus();
  api::ReplicaSet update = *new_;
  const bool annotated = AnnotateNewSet(*deployment_, MaxRevision(old_) + 1, true, &update);
  if (annotated || update.spec().min_ready_seconds() != deployment_->spec().min_ready_seconds()) {
    update.mutable_spec()->set_min_ready_seconds(deployment_->spec().min_ready_seconds());
    absl::StatusOr<ReplicaSetRef> updated = co_await tools_.client.Update(std::move(update));
    if (!updated.ok()) co_return updated.status();
    new_ = *std::move(updated);
  }
  CO_RETURN_IF_ERROR(co_await RecordRevision(RevisionOf(*new_)));
  if (HasProgressDeadline(*deployment_) && FindCondition(staged_, kProgressing) == nullptr) {
    SetCondition(
        NewCondition(kProgressing, "True", "FoundNewReplicaSet",
                     absl::StrCat("Found new replica set \"", new_->metadata().name(), "\""),
                     Now()),
        &staged_);
  }
  co_return absl::OkStatus();
}

rt::Task<absl::Status> DeploymentStep::CreateNewSet() {
  const int64_t revision = MaxRevision(old_) + 1;
  const int32_t replicas = NewSetReplicas(*deployment_, old_, 0);
  api::ReplicaSet wanted = NewReplicaSet(*deployment_);
  wanted.mutable_spec()->set_replicas(replicas);
  AnnotateNewSet(*deployment_, revision, false, &wanted);

  absl::StatusOr<ReplicaSetRef> created = co_await tools_.client.Create(api::ReplicaSet(wanted));
  if (!created.ok()) co_return co_await OnCreateConflict(wanted, created.status());
  new_ = *std::move(created);
  const std::string& name = new_->metadata().name();
  if (replicas > 0) {
    tools_.recorder.Event(deployment_, client::kEventNormal, "ScalingReplicaSet",
                          absl::StrCat("Scaled up replica set ", name, " from 0 to ", replicas));
  }
  CO_RETURN_IF_ERROR(co_await RecordRevision(revision));
  if (HasProgressDeadline(*deployment_)) {
    SetCondition(NewCondition(kProgressing, "True", "NewReplicaSetCreated",
                              absl::StrCat("Created new replica set \"", name, "\""), Now()),
                 &staged_);
  }
  co_return absl::OkStatus();
}

// The new set could not be made: it may exist already and be unknown to the cache, its
// name may be taken by another, or something else is wrong.
rt::Task<absl::Status> DeploymentStep::OnCreateConflict(const api::ReplicaSet& wanted,
                                                        absl::Status error) {
  if (IsNamespaceTerminating(error)) co_return error;
  if (api::IsAlreadyExists(error)) {
    absl::StatusOr<ReplicaSetRef> existing = co_await tools_.client.Get<api::ReplicaSet>(
        wanted.metadata().namespace_(), wanted.metadata().name());
    if (!existing.ok()) co_return existing.status();
    if (IsControlledBy((*existing)->metadata(), deployment_->metadata()) &&
        SameTemplate((*existing)->spec().template_(), deployment_->spec().template_())) {
      new_ = *std::move(existing);
      co_return co_await RecordRevision(RevisionOf(*new_));
    }
    // Another template with the same hash: the count makes the next name differ.
    api::DeploymentStatus collided = deployment_->status();
    collided.set_collision_count(collided.collision_count() + 1);
    CO_RETURN_IF_ERROR(co_await Write(std::move(collided)));
    co_return error;
  }
  const std::string message = absl::StrCat("Failed to create new replica set \"",
                                           wanted.metadata().name(), "\": ", error.message());
  tools_.recorder.Event(deployment_, client::kEventWarning, "ReplicaSetCreateError", message);
  if (HasProgressDeadline(*deployment_)) {
    SetCondition(NewCondition(kProgressing, "False", "ReplicaSetCreateError", message, Now()),
                 &staged_);
    CO_RETURN_IF_ERROR(co_await Write(staged_));
  }
  co_return error;
}

rt::Task<absl::Status> DeploymentStep::RecordRevision(int64_t revision) {
  const std::string text = absl::StrCat(revision);
  const std::string* const present = api::Find(deployment_->metadata().annotations(), kRevision);
  if (revision == 0 || (present != nullptr && *present == text)) co_return absl::OkStatus();
  api::Deployment update = *deployment_;
  api::Set(update.mutable_metadata()->mutable_annotations(), kRevision, text);
  absl::StatusOr<api::Ref<api::Deployment>> updated =
      co_await tools_.client.Update(std::move(update));
  if (!updated.ok()) co_return updated.status();
  deployment_ = *std::move(updated);
  co_return absl::OkStatus();
}

bool DeploymentStep::OldPodsExist() const {
  if (ActualReplicas(old_) > 0) return true;
  for (const ReplicaSetRef& set : old_) {
    for (const api::Ref<api::Pod>& pod :
         tools_.pods.ByIndex(client::kByOwner, set->metadata().uid())) {
      if (!IsFinished(*pod)) return true;
    }
  }
  return false;
}

// Deletes the oldest empty sets beyond spec.revisionHistoryLimit.
rt::Task<absl::Status> DeploymentStep::CleanUpHistory() {
  const api::DeploymentSpec& spec = deployment_->spec();
  if (!spec.has_revision_history_limit() ||
      spec.revision_history_limit() == std::numeric_limits<int32_t>::max()) {
    co_return absl::OkStatus();
  }
  ReplicaSets kept;
  for (const ReplicaSetRef& set : old_) {
    if (!IsDeleting(set->metadata())) kept.push_back(set);
  }
  const int excess = static_cast<int>(kept.size()) - spec.revision_history_limit();
  if (excess <= 0) co_return absl::OkStatus();
  std::stable_sort(kept.begin(), kept.end(), [](const ReplicaSetRef& a, const ReplicaSetRef& b) {
    return RevisionOf(*a) < RevisionOf(*b);
  });
  for (int i = 0; i < excess; ++i) {
    const api::ReplicaSet& set = *kept[i];
    if (set.status().replicas() != 0 || set.spec().replicas() != 0 ||
        set.metadata().generation() > set.status().observed_generation()) {
      continue;  // Not empty yet, for all we know.
    }
    const absl::Status deleted = co_await tools_.client.Delete<api::ReplicaSet>(
        set.metadata().namespace_(), set.metadata().name(), {});
    if (!deleted.ok() && !api::IsNotFound(deleted)) co_return deleted;
  }
  co_return absl::OkStatus();
}

rt::Task<absl::Status> DeploymentStep::WriteScaleStatus() {
  co_return co_await Write(CalculateStatus(*deployment_, staged_, All(), new_, Now()));
}

rt::Task<absl::Status> DeploymentStep::WriteRolloutStatus() {
  const api::DeploymentStatus status =
      CalculateRolloutStatus(*deployment_, staged_, All(), new_, Now());
  look_again_after_ = UntilStuck(*deployment_, status, Now());
  co_return co_await Write(status);
}

rt::Task<absl::Status> DeploymentStep::Write(api::DeploymentStatus status) {
  if (SameStatus(deployment_->status(), status)) co_return absl::OkStatus();
  api::Deployment update;
  *update.mutable_metadata() = deployment_->metadata();
  *update.mutable_status() = std::move(status);
  const absl::StatusOr<api::Ref<api::Deployment>> updated =
      co_await tools_.client.UpdateStatus(std::move(update));
  co_return updated.status();
}

}  // namespace drydock::controllers

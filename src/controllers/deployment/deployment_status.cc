// Counting, and judging progress.
#include "src/controllers/deployment/deployment_status.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "src/api/time.h"

namespace drydock::controllers {
namespace {

bool MadeProgress(const api::DeploymentStatus& before, const api::DeploymentStatus& after) {
  const int32_t old_before = before.replicas() - before.updated_replicas();
  const int32_t old_after = after.replicas() - after.updated_replicas();
  return after.updated_replicas() > before.updated_replicas() || old_after < old_before ||
         after.ready_replicas() > before.ready_replicas() ||
         after.available_replicas() > before.available_replicas();
}

bool TimedOut(const api::Deployment& deployment, const api::DeploymentStatus& status,
              absl::Time now) {
  const api::DeploymentCondition* const progressing = FindCondition(status, kProgressing);
  if (progressing == nullptr || progressing->reason() == kNewReplicaSetAvailable) return false;
  if (progressing->reason() == kProgressDeadlineExceeded) return true;
  return api::ToAbslTime(progressing->last_update_time()) +
             absl::Seconds(deployment.spec().progress_deadline_seconds()) <
         now;
}

std::string Subject(const api::Deployment& deployment, const ReplicaSetRef& new_set) {
  return new_set ? absl::StrCat("ReplicaSet \"", new_set->metadata().name(), "\"")
                 : absl::StrCat("Deployment \"", deployment.metadata().name(), "\"");
}

void UpdateProgressing(const api::Deployment& deployment, const ReplicaSetRef& new_set,
                       absl::Time now, api::DeploymentStatus* status) {
  if (!HasProgressDeadline(deployment)) {
    RemoveCondition(kProgressing, status);
    return;
  }
  const api::DeploymentCondition* const current = FindCondition(*status, kProgressing);
  const bool was_complete = status->replicas() == status->updated_replicas() &&
                            current != nullptr && current->reason() == kNewReplicaSetAvailable;
  if (was_complete) return;
  const std::string subject = Subject(deployment, new_set);
  if (IsComplete(deployment, *status)) {
    SetCondition(NewCondition(kProgressing, "True", kNewReplicaSetAvailable,
                              absl::StrCat(subject, " has successfully progressed."), now),
                 status);
  } else if (MadeProgress(deployment.status(), *status)) {
    api::DeploymentCondition progressing = NewCondition(
        kProgressing, "True", "ReplicaSetUpdated", absl::StrCat(subject, " is progressing."), now);
    // Progress renews the condition even when its reason stays: the deadline counts
    // from the last update.
    if (current != nullptr) {
      if (current->status() == "True") {
        *progressing.mutable_last_transition_time() = current->last_transition_time();
      }
      RemoveCondition(kProgressing, status);
    }
    SetCondition(progressing, status);
  } else if (TimedOut(deployment, *status, now)) {
    SetCondition(NewCondition(kProgressing, "False", kProgressDeadlineExceeded,
                              absl::StrCat(subject, " has timed out progressing."), now),
                 status);
  }
}

// The first failure of the new set, or of any.
void UpdateReplicaFailure(const ReplicaSets& all, const ReplicaSetRef& new_set, absl::Time now,
                          api::DeploymentStatus* status) {
  ReplicaSets order;
  if (new_set) order.push_back(new_set);
  order.insert(order.end(), all.begin(), all.end());
  for (const ReplicaSetRef& set : order) {
    for (const api::ReplicaSetCondition& condition : set->status().conditions()) {
      if (condition.type() != kReplicaFailure) continue;
      api::DeploymentCondition failure = NewCondition(kReplicaFailure, condition.status(),
                                                      condition.reason(), condition.message(), now);
      *failure.mutable_last_transition_time() = condition.last_transition_time();
      SetCondition(failure, status);
      return;
    }
  }
  RemoveCondition(kReplicaFailure, status);
}

std::optional<int32_t> TerminatingReplicas(const ReplicaSets& all) {
  int32_t sum = 0;
  for (const ReplicaSetRef& set : all) {
    if (!set->status().has_terminating_replicas()) return std::nullopt;
    sum += set->status().terminating_replicas();
  }
  return sum;
}

}  // namespace

const api::DeploymentCondition* FindCondition(const api::DeploymentStatus& status,
                                              absl::string_view type) {
  for (const api::DeploymentCondition& condition : status.conditions()) {
    if (condition.type() == type) return &condition;
  }
  return nullptr;
}

api::DeploymentCondition NewCondition(absl::string_view type, absl::string_view condition_status,
                                      absl::string_view reason, absl::string_view message,
                                      absl::Time now) {
  api::DeploymentCondition condition;
  condition.set_type(std::string(type));
  condition.set_status(std::string(condition_status));
  *condition.mutable_last_update_time() = api::MakeTime(now);
  *condition.mutable_last_transition_time() = api::MakeTime(now);
  condition.set_reason(std::string(reason));
  condition.set_message(std::string(message));
  return condition;
}

void SetCondition(const api::DeploymentCondition& condition, api::DeploymentStatus* status) {
  const api::DeploymentCondition* const current = FindCondition(*status, condition.type());
  api::DeploymentCondition next = condition;
  if (current != nullptr) {
    if (current->status() == next.status() && current->reason() == next.reason()) return;
    if (current->status() == next.status()) {
      *next.mutable_last_transition_time() = current->last_transition_time();
    }
  }
  RemoveCondition(next.type(), status);
  *status->add_conditions() = std::move(next);
}

void RemoveCondition(absl::string_view type, api::DeploymentStatus* status) {
  auto* const conditions = status->mutable_conditions();
  conditions->erase(std::remove_if(conditions->begin(), conditions->end(),
                                   [type](const api::DeploymentCondition& condition) {
                                     return condition.type() == type;
                                   }),
                    conditions->end());
}

bool HasProgressDeadline(const api::Deployment& deployment) {
  return deployment.spec().has_progress_deadline_seconds() &&
         deployment.spec().progress_deadline_seconds() != std::numeric_limits<int32_t>::max();
}

bool IsComplete(const api::Deployment& deployment, const api::DeploymentStatus& status) {
  const int32_t replicas = deployment.spec().replicas();
  return status.updated_replicas() == replicas && status.replicas() == replicas &&
         status.available_replicas() == replicas &&
         status.observed_generation() >= deployment.metadata().generation();
}

api::DeploymentStatus CalculateStatus(const api::Deployment& deployment,
                                      const api::DeploymentStatus& base, const ReplicaSets& all,
                                      const ReplicaSetRef& new_set, absl::Time now) {
  const int32_t available = AvailableReplicas(all);
  api::DeploymentStatus status;
  *status.mutable_conditions() = base.conditions();
  if (base.has_collision_count()) status.set_collision_count(base.collision_count());
  status.set_observed_generation(deployment.metadata().generation());
  status.set_replicas(ActualReplicas(all));
  status.set_updated_replicas(new_set ? new_set->status().replicas() : 0);
  status.set_ready_replicas(ReadyReplicas(all));
  status.set_available_replicas(available);
  status.set_unavailable_replicas(std::max(0, SpecReplicas(all) - available));
  if (const std::optional<int32_t> terminating = TerminatingReplicas(all)) {
    status.set_terminating_replicas(*terminating);
  }
  if (available >= deployment.spec().replicas() - MaxUnavailable(deployment)) {
    SetCondition(NewCondition(kAvailable, "True", "MinimumReplicasAvailable",
                              "Deployment has minimum availability.", now),
                 &status);
  } else {
    SetCondition(NewCondition(kAvailable, "False", "MinimumReplicasUnavailable",
                              "Deployment does not have minimum availability.", now),
                 &status);
  }
  return status;
}

api::DeploymentStatus CalculateRolloutStatus(const api::Deployment& deployment,
                                             const api::DeploymentStatus& base,
                                             const ReplicaSets& all, const ReplicaSetRef& new_set,
                                             absl::Time now) {
  api::DeploymentStatus status = CalculateStatus(deployment, base, all, new_set, now);
  UpdateProgressing(deployment, new_set, now, &status);
  UpdateReplicaFailure(all, new_set, now, &status);
  return status;
}

std::optional<absl::Duration> UntilStuck(const api::Deployment& deployment,
                                         const api::DeploymentStatus& status, absl::Time now) {
  const api::DeploymentCondition* const progressing = FindCondition(status, kProgressing);
  if (!HasProgressDeadline(deployment) || progressing == nullptr) return std::nullopt;
  if (IsComplete(deployment, status) || progressing->reason() == kProgressDeadlineExceeded) {
    return std::nullopt;
  }
  const absl::Duration left = api::ToAbslTime(progressing->last_update_time()) +
                              absl::Seconds(deployment.spec().progress_deadline_seconds()) - now;
  // A second more, since the times of the API are whole seconds.
  return std::max(left, absl::ZeroDuration()) + absl::Seconds(1);
}

bool SameStatus(const api::DeploymentStatus& before, const api::DeploymentStatus& after) {
  return before.observed_generation() == after.observed_generation() &&
         before.replicas() == after.replicas() &&
         before.updated_replicas() == after.updated_replicas() &&
         before.ready_replicas() == after.ready_replicas() &&
         before.available_replicas() == after.available_replicas() &&
         before.unavailable_replicas() == after.unavailable_replicas() &&
         before.has_terminating_replicas() == after.has_terminating_replicas() &&
         before.terminating_replicas() == after.terminating_replicas() &&
         before.collision_count() == after.collision_count() &&
         std::equal(before.conditions().begin(), before.conditions().end(),
                    after.conditions().begin(), after.conditions().end(),
                    [](const api::DeploymentCondition& a, const api::DeploymentCondition& b) {
                      return a.SerializeAsString() == b.SerializeAsString();
                    });
}

}  // namespace drydock::controllers

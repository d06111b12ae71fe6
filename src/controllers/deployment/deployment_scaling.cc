// How a Deployment's ReplicaSets get their sizes: in a rollout, and when the whole is
// scaled.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/controllers/deployment/deployment_step.h"
#include "src/rt/status_macros.h"

namespace drydock::controllers {

rt::Task<absl::StatusOr<bool>> DeploymentStep::Resize(ReplicaSetRef& set, int32_t replicas) {
  const int32_t before = set->spec().replicas();
  api::ReplicaSet update = *set;
  update.mutable_spec()->set_replicas(replicas);
  const bool annotated = AnnotateSize(*deployment_, &update);
  if (before == replicas && !annotated) co_return false;
  absl::StatusOr<ReplicaSetRef> updated = co_await tools_.client.Update(std::move(update));
  if (!updated.ok()) co_return updated.status();
  set = *std::move(updated);
  if (before == replicas) co_return false;
  tools_.recorder.Event(deployment_, client::kEventNormal, "ScalingReplicaSet",
                        absl::StrCat("Scaled ", before < replicas ? "up" : "down", " replica set ",
                                     set->metadata().name(), " from ", before, " to ", replicas));
  co_return true;
}

rt::Task<absl::Status> DeploymentStep::ScaleInProportion() {
  const int32_t replicas = deployment_->spec().replicas();
  const ReplicaSets active = WithReplicas(All());
  if (active.size() <= 1) {
    // One set has it all: the one with pods, else the new one, else the latest.
    ReplicaSetRef* only = new_ ? &new_ : old_.empty() ? nullptr : &old_.back();
    if (active.size() == 1) {
      for (ReplicaSetRef& set : old_) {
        if (set == active[0]) only = &set;
      }
    }
    if (only == nullptr) co_return absl::OkStatus();
    // Even without a change of size, so that the set knows what is wanted now.
    co_return (co_await Resize(*only, replicas)).status();
  }
  if (IsSaturated(*deployment_, new_)) {
    co_return (co_await EmptyOldSets()).status();
  }
  if (!IsRollingUpdate(*deployment_)) co_return absl::OkStatus();
  ReplicaSets order = active;
  const std::vector<int32_t> sizes = ProportionalSizes(*deployment_, &order);
  for (size_t i = 0; i < order.size(); ++i) {
    ReplicaSetRef* target = order[i] == new_ ? &new_ : nullptr;
    for (ReplicaSetRef& set : old_) {
      if (set == order[i]) target = &set;
    }
    const absl::StatusOr<bool> resized = co_await Resize(*target, sizes[i]);
    if (!resized.ok()) co_return resized.status();
  }
  co_return absl::OkStatus();
}

rt::Task<absl::StatusOr<bool>> DeploymentStep::GrowNewSet() {
  const int32_t replicas = deployment_->spec().replicas();
  const int32_t current = new_->spec().replicas();
  if (current == replicas) co_return false;
  if (current > replicas) co_return co_await Resize(new_, replicas);
  const int32_t target = NewSetReplicas(*deployment_, All(), current);
  if (target == current) co_return false;
  co_return co_await Resize(new_, target);
}

rt::Task<absl::StatusOr<bool>> DeploymentStep::ShrinkOldSets() {
  if (SpecReplicas(old_) == 0) co_return false;
  for (const ReplicaSetRef& set : All()) {
    // Its status does not know yet how small it is to be: what it calls available will
    // not stay so. Its next status wakes us.
    if (set->status().available_replicas() > set->spec().replicas()) co_return false;
  }
  const int32_t min_available = deployment_->spec().replicas() - MaxUnavailable(*deployment_);
  const int32_t new_unavailable = new_->spec().replicas() - new_->status().available_replicas();
  const int32_t budget = SpecReplicas(All()) - min_available - new_unavailable;
  if (budget <= 0) co_return false;
  // First those that serve nobody, or a broken old set could block the rollout.
  int32_t unhealthy = 0;
  const absl::Status cleaned = co_await ShrinkUnhealthy(budget, &unhealthy);
  if (!cleaned.ok()) co_return cleaned;
  int32_t available = 0;
  const absl::Status shrunk = co_await ShrinkAvailable(&available);
  if (!shrunk.ok()) co_return shrunk;
  co_return unhealthy + available > 0;
}

rt::Task<absl::Status> DeploymentStep::ShrinkUnhealthy(int32_t budget, int32_t* taken) {
  for (ReplicaSetRef& set : old_) {
    if (*taken >= budget) break;
    const int32_t replicas = set->spec().replicas();
    const int32_t unhealthy = replicas - set->status().available_replicas();
    if (replicas == 0 || unhealthy == 0) continue;
    const int32_t step = std::min(budget - *taken, unhealthy);
    const absl::StatusOr<bool> resized = co_await Resize(set, replicas - step);
    if (!resized.ok()) co_return resized.status();
    *taken += step;
  }
  co_return absl::OkStatus();
}

rt::Task<absl::Status> DeploymentStep::ShrinkAvailable(int32_t* taken) {
  const int32_t min_available = deployment_->spec().replicas() - MaxUnavailable(*deployment_);
  const int32_t budget = AvailableReplicas(All()) - min_available;
  for (ReplicaSetRef& set : old_) {
    if (*taken >= budget) break;
    const int32_t replicas = set->spec().replicas();
    if (replicas == 0) continue;
    const int32_t step = std::min(replicas, budget - *taken);
    const absl::StatusOr<bool> resized = co_await Resize(set, replicas - step);
    if (!resized.ok()) co_return resized.status();
    *taken += step;
  }
  co_return absl::OkStatus();
}

rt::Task<absl::StatusOr<bool>> DeploymentStep::EmptyOldSets() {
  bool any = false;
  for (ReplicaSetRef& set : old_) {
    if (set->spec().replicas() == 0) continue;
    const absl::StatusOr<bool> resized = co_await Resize(set, 0);
    if (!resized.ok()) co_return resized.status();
    any = any || *resized;
  }
  co_return any;
}

}  // namespace drydock::controllers

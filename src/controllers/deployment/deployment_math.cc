// Fenceposts, proportions, sums.
#include "src/controllers/deployment/deployment_math.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "src/api/int_or_string.h"
#include "src/api/maps.h"
#include "src/controllers/deployment/deployment_revisions.h"

namespace drydock::controllers {
namespace {

struct Fenceposts {
  int32_t surge = 0;
  int32_t unavailable = 0;
};

Fenceposts Resolve(const api::Deployment& deployment) {
  const api::RollingUpdateDeployment& rolling = deployment.spec().strategy().rolling_update();
  const int32_t replicas = deployment.spec().replicas();
  Fenceposts posts;
  // Validation lets no other forms through; a wrong one would count as 0.
  posts.surge = api::ScaledValue(rolling.max_surge(), replicas, api::Rounding::kUp).value_or(0);
  posts.unavailable =
      api::ScaledValue(rolling.max_unavailable(), replicas, api::Rounding::kDown).value_or(0);
  // Rounding may leave nothing to move with: give way on availability.
  if (posts.surge == 0 && posts.unavailable == 0) posts.unavailable = 1;
  return posts;
}

std::optional<int32_t> IntAnnotation(const api::ReplicaSet& set, const char* name) {
  const std::string* const text = api::Find(set.metadata().annotations(), name);
  int32_t value = 0;
  if (text == nullptr || !absl::SimpleAtoi(*text, &value)) return std::nullopt;
  return value;
}

// What `set` would gain (or, below zero, lose) if the whole were scaled with it.
int32_t FractionOf(const api::ReplicaSet& set, const api::Deployment& deployment) {
  const int32_t replicas = set.spec().replicas();
  if (deployment.spec().replicas() == 0) return -replicas;
  const int64_t max_now = deployment.spec().replicas() + MaxSurge(deployment);
  int64_t max_before = IntAnnotation(set, kMaxReplicas).value_or(0);
  if (max_before == 0) max_before = deployment.status().replicas();
  if (max_before <= 0) return 0;
  const int64_t scaled = (2 * replicas * max_now + max_before) / (2 * max_before);  // Rounded.
  return static_cast<int32_t>(scaled) - replicas;
}

}  // namespace

bool IsRollingUpdate(const api::Deployment& deployment) {
  return deployment.spec().strategy().type() == "RollingUpdate";
}

int32_t MaxSurge(const api::Deployment& deployment) {
  return IsRollingUpdate(deployment) ? Resolve(deployment).surge : 0;
}

int32_t MaxUnavailable(const api::Deployment& deployment) {
  const int32_t replicas = deployment.spec().replicas();
  if (!IsRollingUpdate(deployment) || replicas == 0) return 0;
  return std::min(Resolve(deployment).unavailable, replicas);
}

int32_t SpecReplicas(const ReplicaSets& sets) {
  int32_t sum = 0;
  for (const ReplicaSetRef& set : sets) sum += set->spec().replicas();
  return sum;
}

int32_t ActualReplicas(const ReplicaSets& sets) {
  int32_t sum = 0;
  for (const ReplicaSetRef& set : sets) sum += set->status().replicas();
  return sum;
}

int32_t ReadyReplicas(const ReplicaSets& sets) {
  int32_t sum = 0;
  for (const ReplicaSetRef& set : sets) sum += set->status().ready_replicas();
  return sum;
}

int32_t AvailableReplicas(const ReplicaSets& sets) {
  int32_t sum = 0;
  for (const ReplicaSetRef& set : sets) sum += set->status().available_replicas();
  return sum;
}

ReplicaSets WithReplicas(const ReplicaSets& sets) {
  ReplicaSets active;
  for (const ReplicaSetRef& set : sets) {
    if (set->spec().replicas() > 0) active.push_back(set);
  }
  return active;
}

int32_t NewSetReplicas(const api::Deployment& deployment, const ReplicaSets& all, int32_t current) {
  const int32_t replicas = deployment.spec().replicas();
  if (!IsRollingUpdate(deployment)) return replicas;
  const int32_t surge = api::ScaledValue(deployment.spec().strategy().rolling_update().max_surge(),
                                         replicas, api::Rounding::kUp)
                            .value_or(0);
  const int32_t room = replicas + surge - SpecReplicas(all);
  if (room <= 0) return current;
  return current + std::min(room, replicas - current);
}

bool IsSaturated(const api::Deployment& deployment, const ReplicaSetRef& new_set) {
  if (!new_set) return false;
  const int32_t replicas = deployment.spec().replicas();
  return IntAnnotation(*new_set, kDesiredReplicas) == replicas &&
         new_set->spec().replicas() == replicas &&
         new_set->status().available_replicas() == replicas;
}

bool IsScalingEvent(const api::Deployment& deployment, const ReplicaSets& all) {
  for (const ReplicaSetRef& set : all) {
    if (set->spec().replicas() == 0) continue;
    const std::optional<int32_t> desired = IntAnnotation(*set, kDesiredReplicas);
    if (desired.has_value() && *desired != deployment.spec().replicas()) return true;
  }
  return false;
}

std::vector<int32_t> ProportionalSizes(const api::Deployment& deployment, ReplicaSets* active) {
  const int32_t replicas = deployment.spec().replicas();
  const int32_t allowed = replicas > 0 ? replicas + MaxSurge(deployment) : 0;
  const int32_t to_add = allowed - SpecReplicas(*active);
  // Growing favours newer sets among equally large ones, shrinking takes from older.
  std::sort(active->begin(), active->end(),
            [to_add](const ReplicaSetRef& a, const ReplicaSetRef& b) {
              if (a->spec().replicas() != b->spec().replicas()) {
                return a->spec().replicas() > b->spec().replicas();
              }
              return to_add > 0 ? IsOlder(*b, *a) : IsOlder(*a, *b);
            });
  std::vector<int32_t> sizes;
  int32_t added = 0;
  for (const ReplicaSetRef& set : *active) {
    int32_t share = 0;
    if (set->spec().replicas() != 0 && to_add != added) {
      const int32_t fraction = FractionOf(*set, deployment);
      share = to_add > 0 ? std::min(fraction, to_add - added) : std::max(fraction, to_add - added);
    }
    if (to_add == 0) share = 0;
    sizes.push_back(set->spec().replicas() + share);
    added += share;
  }
  if (!sizes.empty() && to_add != 0) sizes[0] = std::max(0, sizes[0] + to_add - added);
  return sizes;
}

}  // namespace drydock::controllers

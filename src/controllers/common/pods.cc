// Pods as controllers count them.
#include "src/controllers/common/pods.h"

#include "src/api/time.h"
#include "src/controllers/common/controller_ref.h"

namespace drydock::controllers {
namespace {

bool SameLabels(const api::ObjectMeta& a, const api::ObjectMeta& b) {
  if (a.labels_size() != b.labels_size()) return false;
  for (int i = 0; i < a.labels_size(); ++i) {
    if (a.labels(i).key() != b.labels(i).key() || a.labels(i).value() != b.labels(i).value()) {
      return false;
    }
  }
  return true;
}

bool SameController(const api::ObjectMeta& a, const api::ObjectMeta& b) {
  const api::OwnerReference* const of_a = ControllerRefOf(a);
  const api::OwnerReference* const of_b = ControllerRefOf(b);
  if (of_a == nullptr || of_b == nullptr) return of_a == of_b;
  return of_a->uid() == of_b->uid();
}

bool SameReadiness(const api::Pod& a, const api::Pod& b) {
  const api::PodCondition* const of_a = FindCondition(a, "Ready");
  const api::PodCondition* const of_b = FindCondition(b, "Ready");
  const bool ready_a = of_a != nullptr && of_a->status() == "True";
  const bool ready_b = of_b != nullptr && of_b->status() == "True";
  if (ready_a != ready_b) return false;
  return !ready_a ||
         of_a->last_transition_time().seconds() == of_b->last_transition_time().seconds();
}

}  // namespace

const api::PodCondition* FindCondition(const api::Pod& pod, absl::string_view type) {
  for (const api::PodCondition& condition : pod.status().conditions()) {
    if (condition.type() == type) return &condition;
  }
  return nullptr;
}

bool IsReady(const api::Pod& pod) {
  const api::PodCondition* const ready = FindCondition(pod, "Ready");
  return ready != nullptr && ready->status() == "True";
}

bool IsAvailable(const api::Pod& pod, int32_t min_ready_seconds, absl::Time now) {
  const api::PodCondition* const ready = FindCondition(pod, "Ready");
  if (ready == nullptr || ready->status() != "True") return false;
  if (min_ready_seconds == 0) return true;
  if (api::IsZero(ready->last_transition_time())) return false;
  return api::ToAbslTime(ready->last_transition_time()) + absl::Seconds(min_ready_seconds) <= now;
}

std::optional<absl::Time> AvailableAt(const api::Pod& pod, int32_t min_ready_seconds,
                                      absl::Time now) {
  if (min_ready_seconds == 0 || !IsReady(pod)) return std::nullopt;
  const api::PodCondition* const ready = FindCondition(pod, "Ready");
  if (api::IsZero(ready->last_transition_time())) return std::nullopt;
  const absl::Time when =
      api::ToAbslTime(ready->last_transition_time()) + absl::Seconds(min_ready_seconds);
  if (when <= now) return std::nullopt;
  return when;
}

bool ChangesItsCounts(const api::Pod& before, const api::Pod& after) {
  return IsFinished(before) != IsFinished(after) || IsFailed(before) != IsFailed(after) ||
         before.metadata().has_deletion_timestamp() != after.metadata().has_deletion_timestamp() ||
         !SameReadiness(before, after) || !SameController(before.metadata(), after.metadata()) ||
         !SameLabels(before.metadata(), after.metadata());
}

}  // namespace drydock::controllers

// Counting a ReplicaSet's pods.
#include "src/controllers/replica_set/replica_set_status.h"

#include <algorithm>
#include <string>

#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

constexpr char kReplicaFailure[] = "ReplicaFailure";

bool HasAllLabels(const api::StringMap& labels, const api::StringMap& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&labels](const api::StringEntry& entry) {
    const std::string* const value = api::Find(labels, entry.key());
    return value != nullptr && *value == entry.value();
  });
}

bool IsFailure(const api::ReplicaSetCondition& condition) {
  return condition.type() == kReplicaFailure;
}

void SetFailure(const absl::Status& scaled, int difference, absl::Time now,
                api::ReplicaSetStatus* status) {
  auto* const conditions = status->mutable_conditions();
  const auto existing = std::find_if(conditions->begin(), conditions->end(), IsFailure);
  if (scaled.ok()) {
    if (existing != conditions->end()) conditions->erase(existing);
    return;
  }
  if (existing != conditions->end()) return;  // The first failure stands until it is over.
  api::ReplicaSetCondition* const failure = conditions->Add();
  failure->set_type(kReplicaFailure);
  failure->set_status("True");
  *failure->mutable_last_transition_time() = api::MakeTime(now);
  failure->set_reason(difference < 0 ? "FailedCreate" : "FailedDelete");
  failure->set_message(std::string(scaled.message()));
}

}  // namespace

api::ReplicaSetStatus CalculateStatus(const api::ReplicaSet& set,
                                      const std::vector<api::Ref<api::Pod>>& active,
                                      int terminating, const absl::Status& scaled, absl::Time now) {
  int fully_labeled = 0;
  int ready = 0;
  int available = 0;
  for (const api::Ref<api::Pod>& pod : active) {
    if (HasAllLabels(pod->metadata().labels(), set.spec().template_().metadata().labels())) {
      ++fully_labeled;
    }
    if (!IsReady(*pod)) continue;
    ++ready;
    if (IsAvailable(*pod, set.spec().min_ready_seconds(), now)) ++available;
  }
  api::ReplicaSetStatus status;
  *status.mutable_conditions() = set.status().conditions();
  status.set_replicas(static_cast<int>(active.size()));
  status.set_fully_labeled_replicas(fully_labeled);
  status.set_ready_replicas(ready);
  status.set_available_replicas(available);
  status.set_terminating_replicas(terminating);
  status.set_observed_generation(set.metadata().generation());
  SetFailure(scaled, static_cast<int>(active.size()) - set.spec().replicas(), now, &status);
  return status;
}

bool SameStatus(const api::ReplicaSetStatus& before, const api::ReplicaSetStatus& after) {
  return before.replicas() == after.replicas() &&
         before.fully_labeled_replicas() == after.fully_labeled_replicas() &&
         before.ready_replicas() == after.ready_replicas() &&
         before.available_replicas() == after.available_replicas() &&
         before.has_terminating_replicas() == after.has_terminating_replicas() &&
         before.terminating_replicas() == after.terminating_replicas() &&
         before.observed_generation() == after.observed_generation() &&
         std::equal(before.conditions().begin(), before.conditions().end(),
                    after.conditions().begin(), after.conditions().end(),
                    [](const api::ReplicaSetCondition& a, const api::ReplicaSetCondition& b) {
                      return a.SerializeAsString() == b.SerializeAsString();
                    });
}

}  // namespace drydock::controllers

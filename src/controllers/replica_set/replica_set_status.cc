// Counting a ReplicaSet's pods.
#include "src/controllers/replica_set/replica_set_status.h"

#include <algorithm>
#include <string>

#include "src/api/time.h"

namespace drydock::controllers {
namespace {

constexpr char kReplicaFailure[] = "ReplicaFailure";

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

api::ReplicaSetStatus CalculateStatus(const api::ReplicaSet& set, const PodCounts& counts,
                                      const absl::Status& scaled, absl::Time now) {
  api::ReplicaSetStatus status;
  *status.mutable_conditions() = set.status().conditions();
  status.set_replicas(counts.active);
  status.set_fully_labeled_replicas(counts.fully_labeled);
  status.set_ready_replicas(counts.ready);
  status.set_available_replicas(counts.available);
  status.set_terminating_replicas(counts.terminating);
  status.set_observed_generation(set.metadata().generation());
  SetFailure(scaled, counts.active - set.spec().replicas(), now, &status);
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

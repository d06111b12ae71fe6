// One convergence step of a ReplicaSet. Semantics of Kubernetes' ReplicaSet controller.
#include "src/controllers/replica_set/replica_set_controller.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "src/api/selectors.h"
#include "src/api/status.h"
#include "src/controllers/common/claim.h"
#include "src/controllers/common/concurrently.h"
#include "src/controllers/common/owned_pods.h"
#include "src/controllers/common/pod_from_template.h"
#include "src/controllers/common/pod_ranking.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/replica_set/replica_set_status.h"

namespace drydock::controllers {
namespace {

absl::StatusOr<api::Selector> SelectorOf(const api::ReplicaSet& set) {
  return api::Selector::FromOptional(set.spec().has_selector() ? &set.spec().selector() : nullptr);
}

}  // namespace

ReplicaSetController::ReplicaSetController(rt::Env& env, client::Client& client,
                                           client::InformerFactory& informers,
                                           ReplicaSetOptions options)
    : env_(env),
      client_(client),
      options_(options),
      sets_(informers.For<api::ReplicaSet>()),
      pods_(informers.For<api::Pod>()),
      expectations_(env.executor()),
      recorder_(client, "replicaset-controller", ""),
      pod_control_(client, recorder_),
      controller_(env, "replicaset", *this, options.workers) {
  client::AddByOwnerIndex(sets_.core());
  client::AddByOwnerIndex(pods_.core());
  AddOrphansIndex(pods_.core());

  const auto enqueue = [this](const client::ObjectRef& set) {
    controller_.queue().Add(client::KeyOf(set));
  };
  sets_.core().AddHandler({
      .on_add = enqueue,
      .on_update = [enqueue](const client::ObjectRef&,
                             const client::ObjectRef& set) { enqueue(set); },
      .on_delete =
          [this](const client::ObjectRef& set) {
            // A new set of the same name expects nothing.
            Forget(client::KeyOf(set));
            controller_.queue().Add(client::KeyOf(set));
          },
  });
  pods_.core().AddHandler(HandleOwnedPods({
      .kind = kReplicaSetKind,
      .expectations = &expectations_,
      .uid_of =
          [this](const client::ObjectKey& key) {
            const Set set = sets_.Get(key);
            return set ? set->metadata().uid() : std::string();
          },
      .on_change = [this](const client::ObjectKey& owner,
                          const api::Ref<api::Pod>&) { controller_.queue().Add(owner); },
      .on_orphan = [this](const api::Ref<api::Pod>& orphan) { EnqueueMatching(orphan); },
  }));
}

rt::Task<> ReplicaSetController::Run() {
  rt::TaskGroup events;
  events.Spawn(recorder_.Run());
  co_await controller_.Run();
}

void ReplicaSetController::EnqueueMatching(const api::Ref<api::Pod>& orphan) {
  for (const Set& set : sets_.ListNamespace(orphan->metadata().namespace_())) {
    const absl::StatusOr<api::Selector> selector = SelectorOf(*set);
    if (!selector.ok() || !selector->Matches(orphan->metadata().labels())) continue;
    controller_.queue().Add(client::KeyOf(set));
  }
}

void ReplicaSetController::Forget(const client::ObjectKey& key) {
  expectations_.Forget(key);
  rosters_.erase(key);
}

rt::Task<absl::Status> ReplicaSetController::Reconcile(client::ObjectKey key) {
  const Set set = sets_.Get(key);
  if (!set) {
    Forget(key);
    co_return absl::OkStatus();
  }
  const bool may_scale = expectations_.Satisfied(key) && !IsDeleting(set->metadata());

  const absl::StatusOr<api::Selector> selector = SelectorOf(*set);
  if (!selector.ok()) co_return absl::OkStatus();  // Only a change of the set can mend it.
  const api::ObjectMeta& meta = set->metadata();
  PodRoster* roster = &rosters_[key];
  roster->Update(set, *selector, pods_.ByIndex(client::kByOwner, meta.uid()));
  if (!roster->AllMatch() || !MatchingOrphans(pods_.core(), meta.namespace_(), *selector).empty()) {
    absl::StatusOr<Pods> claimed = co_await Claim<api::ReplicaSet, api::Pod>(
        client_, pods_.core(), set, kReplicaSetKind, *selector, IsActive);
    if (!claimed.ok()) co_return claimed.status();
    roster = &rosters_[key];  // The set may have gone and come back.
    roster->Update(set, *selector, *std::move(claimed));
  }

  Pods active;
  PodCounts counts;
  const absl::Time now = env_.executor().WallNow();
  const int32_t min_ready_seconds = set->spec().min_ready_seconds();
  for (const RosterEntry& entry : roster->entries()) {
    if (entry.terminating) ++counts.terminating;
    if (!entry.active) continue;
    active.push_back(entry.pod);
    if (entry.fully_labeled) ++counts.fully_labeled;
    if (!entry.ready) continue;
    ++counts.ready;
    if (min_ready_seconds == 0 || IsAvailable(*entry.pod, min_ready_seconds, now)) {
      ++counts.available;
    }
  }
  counts.active = static_cast<int>(active.size());

  absl::Status scaled;
  if (may_scale) scaled = co_await Scale(key, set, active);

  const api::ReplicaSetStatus status =
      CalculateStatus(*set, counts, scaled, env_.executor().WallNow());
  const absl::Status updated = co_await UpdateStatus(set, status);
  PlanNextLook(key, *set, active);
  co_return scaled.ok() ? updated : scaled;
}

rt::Task<absl::Status> ReplicaSetController::Scale(const client::ObjectKey& key, const Set& set,
                                                   const Pods& active) {
  const int excess = static_cast<int>(active.size()) - set->spec().replicas();
  if (excess < 0) co_return co_await CreatePods(key, set, std::min(-excess, options_.burst));
  if (excess > 0) co_return co_await DeletePods(key, set, active, std::min(excess, options_.burst));
  co_return absl::OkStatus();
}

rt::Task<absl::Status> ReplicaSetController::CreatePods(const client::ObjectKey& key,
                                                        const Set& set, int count) {
  expectations_.ExpectCreations(key, count);
  const BatchResult result =
      co_await SlowStart(env_.executor(), count, [&](int) { return CreatePod(key, set); });
  // Those that failed or were not tried will not come.
  for (int i = result.succeeded; i < count; ++i) expectations_.CreationObserved(key);
  co_return result.first_error;
}

rt::Task<absl::Status> ReplicaSetController::CreatePod(client::ObjectKey key, Set set) {
  const absl::Status created = co_await pod_control_.Create(
      PodFromTemplate(set->spec().template_(), set->metadata(), kReplicaSetKind), set);
  // The set goes with its namespace; there is nothing to report or to try again.
  co_return IsNamespaceTerminating(created) ? absl::OkStatus() : created;
}

rt::Task<absl::Status> ReplicaSetController::DeletePods(const client::ObjectKey& key,
                                                        const Set& set, const Pods& active,
                                                        int count) {
  const Pods chosen =
      ChooseForDeletion(active, RelatedPods(*set), count, env_.executor().WallNow());
  std::vector<std::string> uids;
  for (const api::Ref<api::Pod>& pod : chosen) uids.push_back(pod->metadata().uid());
  expectations_.ExpectDeletions(key, uids);
  const BatchResult result =
      co_await Concurrently(env_.executor(), static_cast<int>(chosen.size()),
                            [&](int i) { return DeletePod(key, set, chosen[i]); });
  co_return result.first_error;
}

rt::Task<absl::Status> ReplicaSetController::DeletePod(client::ObjectKey key, Set set,
                                                       api::Ref<api::Pod> pod) {
  const absl::Status deleted = co_await pod_control_.Delete(pod, set);
  if (!deleted.ok()) expectations_.DeletionObserved(key, pod->metadata().uid());
  co_return api::IsNotFound(deleted) ? absl::OkStatus() : deleted;
}

ReplicaSetController::Pods ReplicaSetController::RelatedPods(const api::ReplicaSet& set) const {
  const api::OwnerReference* const owner = ControllerRefOf(set.metadata());
  if (owner == nullptr) return pods_.ByIndex(client::kByOwner, set.metadata().uid());
  Pods related;
  for (const Set& sibling : sets_.ByIndex(client::kByOwner, owner->uid())) {
    Pods pods = pods_.ByIndex(client::kByOwner, sibling->metadata().uid());
    related.insert(related.end(), std::make_move_iterator(pods.begin()),
                   std::make_move_iterator(pods.end()));
  }
  return related;
}

rt::Task<absl::Status> ReplicaSetController::UpdateStatus(const Set& set,
                                                          api::ReplicaSetStatus status) {
  if (SameStatus(set->status(), status)) co_return absl::OkStatus();
  api::ReplicaSet update;
  *update.mutable_metadata() = set->metadata();
  *update.mutable_status() = std::move(status);
  const absl::StatusOr<Set> updated = co_await client_.UpdateStatus(std::move(update));
  co_return api::IsNotFound(updated.status()) ? absl::OkStatus() : updated.status();
}

void ReplicaSetController::PlanNextLook(const client::ObjectKey& key, const api::ReplicaSet& set,
                                        const Pods& active) {
  const absl::Time now = env_.executor().WallNow();
  absl::Duration wait = absl::InfiniteDuration();
  if (!expectations_.Satisfied(key)) wait = expectations_.TimeLeft(key);
  for (const api::Ref<api::Pod>& pod : active) {
    const std::optional<absl::Time> when = AvailableAt(*pod, set.spec().min_ready_seconds(), now);
    if (when.has_value()) wait = std::min(wait, *when - now);
  }
  if (wait < absl::InfiniteDuration()) controller_.queue().AddAfter(key, wait);
}

}  // namespace drydock::controllers

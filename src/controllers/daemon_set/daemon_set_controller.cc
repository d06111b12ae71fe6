// What wakes a DaemonSet's reconcile, and its course.
#include "src/controllers/daemon_set/daemon_set_controller.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "src/api/status.h"
#include "src/controllers/common/claim.h"
#include "src/controllers/common/owned_pods.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/daemon_set/daemon_limits.h"
#include "src/rt/status_macros.h"

namespace drydock::controllers {
namespace {

// Files daemon pods under their set and node.
constexpr char kBySetAndNode[] = "daemon set and node";

std::string SetAndNode(absl::string_view set_uid, absl::string_view node) {
  return absl::StrCat(set_uid, "/", node);
}

absl::StatusOr<api::Selector> SelectorOf(const api::DaemonSet& set) {
  return api::Selector::FromOptional(set.spec().has_selector() ? &set.spec().selector() : nullptr);
}

}  // namespace

DaemonSetController::DaemonSetController(rt::Env& env, client::Client& client,
                                         client::InformerFactory& informers,
                                         DaemonSetOptions options)
    : env_(env),
      client_(client),
      options_(options),
      sets_(informers.For<api::DaemonSet>()),
      nodes_(informers.For<api::Node>()),
      pods_(informers.For<api::Pod>()),
      history_(client, informers.For<api::ControllerRevision>()),
      expectations_(env.executor()),
      recorder_(client, "daemonset-controller", ""),
      pod_control_(client, recorder_),
      controller_(env, "daemonset", *this, options.workers) {
  AddOrphansIndex(pods_.core());
  client::AddByOwnerIndex(pods_.core());
  pods_.core().AddIndex(kBySetAndNode, [](const client::ObjectRef& object,
                                          std::vector<std::string>* values) {
    const api::OwnerReference* const owner = ControllerRefOf(object->metadata(), kDaemonSetKind);
    if (owner == nullptr) return;
    const auto& pod = static_cast<const api::Pod&>(object->message());
    values->push_back(SetAndNode(owner->uid(), TargetNode(pod)));
  });
  WatchSets();
  WatchNodes();
  WatchPods();
}

void DaemonSetController::WatchSets() {
  const auto enqueue = [this](const client::ObjectRef& set) {
    controller_.queue().Add(client::KeyOf(set));
  };
  sets_.core().AddHandler({
      .on_add = enqueue,
      .on_update = [enqueue](const client::ObjectRef&,
                             const client::ObjectRef& set) { enqueue(set); },
      .on_delete =
          [this, enqueue](const client::ObjectRef& set) {
            expectations_.Forget(client::KeyOf(set));
            history_.Forget(set->metadata().uid());
            enqueue(set);
          },
  });
}

void DaemonSetController::WatchNodes() {
  nodes_.core().AddHandler({
      .on_add = [this](const client::ObjectRef& node) { OnNodeChange(node->metadata().name()); },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            if (!ChangesEligibility(*api::Ref<api::Node>(before), *api::Ref<api::Node>(after))) {
              return;  // A heartbeat.
            }
            OnNodeChange(after->metadata().name());
          },
      .on_delete = [this](const client::ObjectRef& node) { OnNodeChange(node->metadata().name()); },
  });
}

void DaemonSetController::OnNodeChange(const std::string& node) {
  for (auto& [key, view] : views_) {
    view.MarkDirty(node);
    controller_.queue().Add(key);
  }
}

void DaemonSetController::WatchPods() {
  pods_.core().AddHandler(HandleOwnedPods({
      .kind = kDaemonSetKind,
      .expectations = &expectations_,
      .uid_of =
          [this](const client::ObjectKey& key) {
            const Set set = sets_.Get(key);
            return set ? set->metadata().uid() : std::string();
          },
      .on_change =
          [this](const client::ObjectKey& owner, const api::Ref<api::Pod>& pod) {
            const auto view = views_.find(owner);
            if (view != views_.end()) view->second.MarkDirty(TargetNode(*pod));
            controller_.queue().Add(owner);
          },
      .on_orphan = [this](const api::Ref<api::Pod>& orphan) { EnqueueMatching(orphan); },
  }));
}

void DaemonSetController::EnqueueMatching(const api::Ref<api::Pod>& orphan) {
  for (const Set& set : sets_.ListNamespace(orphan->metadata().namespace_())) {
    const absl::StatusOr<api::Selector> selector = SelectorOf(*set);
    if (!selector.ok() || !selector->Matches(orphan->metadata().labels())) continue;
    controller_.queue().Add(client::KeyOf(set));
  }
}

rt::Task<> DaemonSetController::Run() {
  rt::TaskGroup events;
  events.Spawn(recorder_.Run());
  co_await controller_.Run();
}

rt::Task<absl::Status> DaemonSetController::Reconcile(client::ObjectKey key) {
  const Set set = sets_.Get(key);
  if (!set) {
    expectations_.Forget(key);
    views_.erase(key);
    co_return absl::OkStatus();
  }
  const absl::StatusOr<api::Selector> selector = SelectorOf(*set);
  if (!selector.ok() || IsDeleting(set->metadata())) co_return absl::OkStatus();

  const absl::StatusOr<std::string> hash = co_await history_.Sync(set);
  if (!hash.ok()) co_return hash.status();
  const std::vector<client::ObjectRef> orphans =
      MatchingOrphans(pods_.core(), set->metadata().namespace_(), *selector);
  DaemonPods adopted;
  CO_RETURN_IF_ERROR(
      (co_await Adopt<api::DaemonSet, api::Pod>(client_, set, kDaemonSetKind, orphans, &adopted)));

  DaemonView& view = views_[key];  // Only this key's reconcile takes it away.
  const bool may_act = expectations_.Satisfied(key);
  std::vector<client::ObjectRef> strays;
  Judge(*set, *hash, *selector, view, &strays);
  CO_RETURN_IF_ERROR(co_await Release<api::Pod>(client_, set->metadata(), strays));

  absl::Status acted;
  if (may_act) {
    Plan plan = PlanPresence(key, set, view);
    if (plan.empty()) plan = PlanRollout(set, view);
    const bool settled = plan.empty() && view.sums().updated == view.sums().desired;
    acted = co_await Carry(key, set, *hash, std::move(plan));
    if (settled) CO_RETURN_IF_ERROR(co_await history_.CleanUp(set, *hash));
  } else {
    controller_.queue().AddAfter(key, expectations_.TimeLeft(key));
  }
  if (view.NextChange().has_value()) {
    controller_.queue().AddAfter(key, *view.NextChange() - env_.executor().WallNow());
  }
  const absl::Status updated = co_await UpdateStatus(set, view.sums(), may_act);
  co_return acted.ok() ? updated : acted;
}

void DaemonSetController::MarkAllDirty(const api::DaemonSet& set, DaemonView& view) const {
  for (const api::Ref<api::Node>& node : nodes_.List()) view.MarkDirty(node->metadata().name());
  for (const api::Ref<api::Pod>& pod : pods_.ByIndex(client::kByOwner, set.metadata().uid())) {
    view.MarkDirty(TargetNode(*pod));
  }
}

void DaemonSetController::Judge(const api::DaemonSet& set, const std::string& hash,
                                const api::Selector& selector, DaemonView& view,
                                std::vector<client::ObjectRef>* strays) {
  if (view.IsStale(set, hash)) {
    view.Reset(set, hash);
    MarkAllDirty(set, view);
  }
  const absl::Time now = env_.executor().WallNow();
  // Whether the set surges does not depend on its size: a share of above 0 is 1 at least.
  const bool surges = DaemonLimitsOf(set, 1).max_surge > 0;
  for (const std::string& name : view.TakeDirty(now)) {
    DaemonPods mine;
    for (api::Ref<api::Pod>& pod :
         pods_.ByIndex(kBySetAndNode, SetAndNode(set.metadata().uid(), name))) {
      if (selector.Matches(pod->metadata().labels())) {
        mine.push_back(std::move(pod));
      } else {
        strays->push_back(pod);
      }
    }
    const api::Ref<api::Node> node = nodes_.Get("", name);
    view.Record(name, JudgeNode(set, hash, surges, node.get(), std::move(mine), now));
  }
}

rt::Task<absl::Status> DaemonSetController::UpdateStatus(const Set& set, DaemonView::Sums sums,
                                                         bool observe_generation) {
  const api::DaemonSetStatus& before = set->status();
  api::DaemonSetStatus status = before;
  status.set_desired_number_scheduled(sums.desired);
  status.set_current_number_scheduled(sums.scheduled);
  status.set_number_misscheduled(sums.misscheduled);
  status.set_number_ready(sums.ready);
  status.set_updated_number_scheduled(sums.updated);
  status.set_number_available(sums.available);
  status.set_number_unavailable(sums.desired - sums.available);
  if (observe_generation) status.set_observed_generation(set->metadata().generation());
  const bool same = before.desired_number_scheduled() == status.desired_number_scheduled() &&
                    before.current_number_scheduled() == status.current_number_scheduled() &&
                    before.number_misscheduled() == status.number_misscheduled() &&
                    before.number_ready() == status.number_ready() &&
                    before.updated_number_scheduled() == status.updated_number_scheduled() &&
                    before.number_available() == status.number_available() &&
                    before.number_unavailable() == status.number_unavailable() &&
                    before.observed_generation() == status.observed_generation();
  if (same) co_return absl::OkStatus();
  api::DaemonSet update;
  *update.mutable_metadata() = set->metadata();
  *update.mutable_status() = std::move(status);
  const absl::StatusOr<Set> updated = co_await client_.UpdateStatus(std::move(update));
  co_return api::IsNotFound(updated.status()) ? absl::OkStatus() : updated.status();
}

}  // namespace drydock::controllers

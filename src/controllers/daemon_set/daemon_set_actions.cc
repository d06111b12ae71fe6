// What a DaemonSet's reconcile decides to create and delete, and doing it.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "src/api/status.h"
#include "src/controllers/common/concurrently.h"
#include "src/controllers/daemon_set/daemon_limits.h"
#include "src/controllers/daemon_set/daemon_set_controller.h"

namespace drydock::controllers {
namespace {

bool Holds(const DaemonPods& pods, const api::Ref<api::Pod>& pod) {
  return std::find(pods.begin(), pods.end(), pod) != pods.end();
}

}  // namespace

DaemonSetController::Plan DaemonSetController::PlanPresence(const client::ObjectKey& key,
                                                            const Set& set, DaemonView& view) {
  Plan plan;
  const size_t burst = options_.burst;
  for (const std::string& node : view.needing()) {
    if (plan.create_on.size() >= burst) break;
    plan.create_on.push_back(node);
  }
  const absl::Time now = env_.executor().WallNow();
  for (const std::string& node : view.with_excess()) {
    const NodeVerdict& verdict = view.At(node);
    for (const api::Ref<api::Pod>& pod : verdict.excess) {
      if (plan.remove.size() >= burst) return plan;
      const std::string& name = pod->metadata().name();
      if (Holds(verdict.failed, pod)) {
        // The kubelet may refuse each pod anew: do not fight it at full speed.
        const absl::Duration wait = view.backoff().Take(node, now);
        if (wait > absl::ZeroDuration()) {
          controller_.queue().AddAfter(key, wait);
          continue;
        }
        recorder_.Event(set, client::kEventWarning, "FailedDaemonPod",
                        absl::StrFormat("Found failed daemon pod %s/%s on node %s, will try to "
                                        "kill it",
                                        key.ns, name, node));
      } else if (Holds(verdict.succeeded, pod)) {
        recorder_.Event(set, client::kEventNormal, "SucceededDaemonPod",
                        absl::StrFormat("Found succeeded daemon pod %s/%s on node %s, will try "
                                        "to delete it",
                                        key.ns, name, node));
      }
      plan.remove.push_back(pod);
    }
  }
  return plan;
}

DaemonSetController::Plan DaemonSetController::PlanRollout(const Set& set,
                                                           const DaemonView& view) const {
  Plan plan;
  if (set->spec().update_strategy().type() != "RollingUpdate") return plan;
  const DaemonLimits limits = DaemonLimitsOf(*set, view.sums().desired);
  const size_t burst = options_.burst;
  if (limits.max_surge == 0) {
    const auto replace = [&plan, &view, burst](const std::string& node) {
      if (plan.remove.size() < burst) plan.remove.push_back(view.At(node).old[0]);
    };
    for (const std::string& node : view.In(RolloutState::kOldUnavailable)) replace(node);
    int room = limits.max_unavailable - view.sums().unavailable_nodes;
    for (const std::string& node : view.In(RolloutState::kOldAvailable)) {
      if (room-- <= 0) break;
      replace(node);
    }
    return plan;
  }
  for (const std::string& node : view.In(RolloutState::kReplaced)) {
    if (plan.remove.size() < burst) plan.remove.push_back(view.At(node).old[0]);
  }
  const auto surge = [&plan, &view, burst](const std::string& node) {
    if (plan.create_on.size() < burst && view.At(node).desired) plan.create_on.push_back(node);
  };
  for (const std::string& node : view.In(RolloutState::kOldUnavailable)) surge(node);
  int room = limits.max_surge - view.sums().surged_nodes;
  for (const std::string& node : view.In(RolloutState::kOldAvailable)) {
    if (room-- <= 0) break;
    surge(node);
  }
  return plan;
}

rt::Task<absl::Status> DaemonSetController::Carry(const client::ObjectKey& key, const Set& set,
                                                  const std::string& hash, Plan plan) {
  if (plan.empty()) co_return absl::OkStatus();
  const int creations = static_cast<int>(plan.create_on.size());
  std::vector<std::string> uids;
  for (const api::Ref<api::Pod>& pod : plan.remove) uids.push_back(pod->metadata().uid());
  expectations_.Expect(key, creations, uids);
  const BatchResult created = co_await SlowStart(
      env_.executor(), creations, [&](int i) { return CreatePod(set, plan.create_on[i], hash); });
  for (int i = created.succeeded; i < creations; ++i) expectations_.CreationObserved(key);
  const BatchResult deleted =
      co_await Concurrently(env_.executor(), static_cast<int>(plan.remove.size()),
                            [&](int i) { return DeletePod(key, set, plan.remove[i]); });
  co_return created.first_error.ok() ? deleted.first_error : created.first_error;
}

rt::Task<absl::Status> DaemonSetController::CreatePod(Set set, std::string node, std::string hash) {
  const absl::Status created = co_await pod_control_.Create(NewDaemonPod(*set, node, hash), set);
  co_return IsNamespaceTerminating(created) ? absl::OkStatus() : created;
}

rt::Task<absl::Status> DaemonSetController::DeletePod(client::ObjectKey key, Set set,
                                                      api::Ref<api::Pod> pod) {
  const absl::Status deleted = co_await pod_control_.Delete(pod, set);
  if (!deleted.ok()) expectations_.DeletionObserved(key, pod->metadata().uid());
  co_return api::IsNotFound(deleted) ? absl::OkStatus() : deleted;
}

}  // namespace drydock::controllers

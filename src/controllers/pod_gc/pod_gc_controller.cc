// Candidates, and a pass over them.
#include "src/controllers/pod_gc/pod_gc_controller.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "src/api/status.h"
#include "src/controllers/taints/disruption_target.h"
#include "src/controllers/taints/taints.h"

namespace drydock::controllers {
namespace {

bool IsTerminated(const api::Pod& pod) {
  const std::string& phase = pod.status().phase();
  return phase == "Succeeded" || phase == "Failed";
}

bool IsNodeReady(const api::Node& node) {
  return std::any_of(node.status().conditions().begin(), node.status().conditions().end(),
                     [](const api::NodeCondition& condition) {
                       return condition.type() == "Ready" && condition.status() == "True";
                     });
}

bool IsOutOfService(const api::Node& node) {
  return std::any_of(node.spec().taints().begin(), node.spec().taints().end(),
                     [](const api::Taint& taint) { return taint.key() == kTaintOutOfService; });
}

}  // namespace

PodGcController::PodGcController(rt::Env& env, client::Client& client,
                                 client::InformerFactory& informers, PodGcOptions options)
    : env_(env),
      client_(client),
      options_(options),
      nodes_(informers.For<api::Node>()),
      pods_(informers.For<api::Pod>()) {
  client::AddPodsByNodeIndex(pods_.core());
  pods_.core().AddHandler({
      .on_add =
          [this](const client::ObjectRef& pod) { PodChanged(nullptr, api::Ref<api::Pod>(pod)); },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            PodChanged(api::Ref<api::Pod>(before), api::Ref<api::Pod>(after));
          },
      .on_delete =
          [this](const client::ObjectRef& pod) { PodChanged(api::Ref<api::Pod>(pod), nullptr); },
  });
  const auto node_changed = [this](const client::ObjectRef& object) {
    const api::Ref<api::Node> node(object);
    const std::string& name = node->metadata().name();
    missing_.erase(name);
    quarantine_.erase(name);
    if (IsOutOfService(*node)) {
      out_of_service_.insert(name);
    } else {
      out_of_service_.erase(name);
    }
  };
  nodes_.core().AddHandler({
      .on_add = node_changed,
      .on_update = [node_changed](const client::ObjectRef& before,
                                  const client::ObjectRef& after) { node_changed(after); },
      .on_delete =
          [this](const client::ObjectRef& node) {
            const std::string& name = node->metadata().name();
            out_of_service_.erase(name);
            if (pods_on_.contains(name)) missing_.insert(name);
          },
  });
}

PodGcController::Terminated PodGcController::RankOf(const api::Pod& pod) {
  const bool evicted = pod.status().phase() == "Failed" && pod.status().reason() == "Evicted";
  return {!evicted,
          pod.metadata().creation_timestamp().seconds(),
          {pod.metadata().namespace_(), pod.metadata().name()}};
}

void PodGcController::Count(const api::Ref<api::Pod>& pod, int by) {
  const std::string& node = pod->spec().node_name();
  if (node.empty()) return;
  int& count = pods_on_[node];
  if (count == 0 && by > 0 && !nodes_.Get("", node)) missing_.insert(node);
  count += by;
  if (count > 0) return;
  pods_on_.erase(node);
  missing_.erase(node);
  quarantine_.erase(node);
}

void PodGcController::PodChanged(const api::Ref<api::Pod>& before,
                                 const api::Ref<api::Pod>& after) {
  const bool moved = !before || !after || before->spec().node_name() != after->spec().node_name();
  if (moved) {
    if (before) Count(before, -1);
    if (after) Count(after, 1);
  }
  const client::ObjectKey key = client::KeyOf((after ? after : before).object());
  if (after && after->spec().node_name().empty() && after->metadata().has_deletion_timestamp()) {
    unscheduled_.insert(key);
  } else if (!unscheduled_.empty()) {
    unscheduled_.erase(key);
  }
  if (before && IsTerminated(*before)) terminated_.erase(RankOf(*before));
  if (after && IsTerminated(*after)) terminated_.insert(RankOf(*after));
}

rt::Task<> PodGcController::Run() {
  for (;;) {
    co_await Pass();
    co_await env_.executor().SleepFor(options_.period);
  }
}

rt::Task<> PodGcController::Pass() {
  if (options_.terminated_pod_threshold > 0) co_await DeleteTerminated();
  co_await DeleteOutOfService();
  co_await DeleteOrphaned();
  co_await DeleteUnscheduled();
}

rt::Task<> PodGcController::DeleteTerminated() {
  const auto threshold = static_cast<size_t>(options_.terminated_pod_threshold);
  if (terminated_.size() <= threshold) co_return;
  std::vector<client::ObjectKey> victims;
  for (const Terminated& candidate : terminated_) {
    if (victims.size() == terminated_.size() - threshold) break;
    victims.push_back(std::get<client::ObjectKey>(candidate));
  }
  for (const client::ObjectKey& key : victims) {
    const api::Ref<api::Pod> pod = pods_.Get(key);
    if (!pod) continue;
    const bool deleted = co_await ForceDelete(pod, "", "");
    if (deleted) ++metrics_.terminated;
  }
}

rt::Task<> PodGcController::DeleteUnscheduled() {
  const std::vector<client::ObjectKey> keys(unscheduled_.begin(), unscheduled_.end());
  for (const client::ObjectKey& key : keys) {
    const api::Ref<api::Pod> pod = pods_.Get(key);
    if (!pod) continue;
    const bool deleted = co_await ForceDelete(pod, "", "");
    if (deleted) ++metrics_.unscheduled;
  }
}

rt::Task<> PodGcController::DeleteOutOfService() {
  const std::vector<std::string> names(out_of_service_.begin(), out_of_service_.end());
  for (const std::string& name : names) {
    const api::Ref<api::Node> node = nodes_.Get("", name);
    if (!node || IsNodeReady(*node)) continue;
    const std::vector<api::Ref<api::Pod>> pods = pods_.ByIndex(client::kPodsByNode, name);
    for (const api::Ref<api::Pod>& pod : pods) {
      if (!pod->metadata().has_deletion_timestamp()) continue;
      const bool deleted = co_await ForceDelete(pod, "", "");
      if (deleted) ++metrics_.out_of_service;
    }
  }
}

rt::Task<> PodGcController::DeleteOrphaned() {
  const std::vector<std::string> names(missing_.begin(), missing_.end());
  for (const std::string& name : names) {
    const rt::Instant now = env_.executor().Now();
    const rt::Instant until =
        quarantine_.try_emplace(name, now + options_.quarantine).first->second;
    if (now < until) continue;
    // The cache may be late: ask for the node itself.
    const absl::StatusOr<api::Ref<api::Node>> live = co_await client_.Get<api::Node>("", name);
    if (!api::IsNotFound(live.status())) continue;
    const std::vector<api::Ref<api::Pod>> pods = pods_.ByIndex(client::kPodsByNode, name);
    for (const api::Ref<api::Pod>& pod : pods) {
      const bool deleted =
          co_await ForceDelete(pod, "DeletionByPodGC", "PodGC: node no longer exists");
      if (deleted) ++metrics_.orphaned;
    }
  }
}

rt::Task<bool> PodGcController::ForceDelete(api::Ref<api::Pod> pod, std::string reason,
                                            std::string message) {
  const std::string ns = pod->metadata().namespace_();
  const std::string name = pod->metadata().name();
  absl::Status status;
  if (!IsTerminated(*pod)) {
    // Its owner shall not count it as running while finalizers hold it.
    api::PodStatus failed = pod->status();
    failed.set_phase("Failed");
    if (!reason.empty()) {
      SetPodCondition("DisruptionTarget", "True", reason, message, env_.executor().WallNow(),
                      &failed);
    }
    absl::StatusOr<client::ObjectRef> updated =
        co_await client_.UpdateSubresource(WithStatus(pod, std::move(failed)), "status");
    status = updated.status();
  }
  if (status.ok()) {
    client::DeleteOptions options;
    options.grace_period_seconds = 0;
    options.precondition_uid = pod->metadata().uid();
    status = co_await client_.Delete<api::Pod>(ns, name, options);
  }
  if (!status.ok() && !api::IsNotFound(status)) ++metrics_.failures;
  co_return status.ok();
}

}  // namespace drydock::controllers

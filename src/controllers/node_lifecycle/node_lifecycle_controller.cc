// Heartbeats and the monitor pass; node_tainting.cc has zones and NoExecute taints.
#include "src/controllers/node_lifecycle/node_lifecycle_controller.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/api/time.h"
#include "src/controllers/taints/disruption_target.h"

namespace drydock::controllers {
namespace {

constexpr char kLeaseNamespace[] = "kube-node-lease";
constexpr char kExcludeLabel[] = "node.kubernetes.io/exclude-disruption";
constexpr int kWorkers = 8;
constexpr int kAttempts = 5;
constexpr absl::Duration kRetryPause = absl::Milliseconds(20);

bool SameHeartbeat(const api::Node& a, const api::Node& b) {
  const api::NodeCondition* x = FindNodeCondition(a.status(), "Ready");
  const api::NodeCondition* y = FindNodeCondition(b.status(), "Ready");
  if (x == nullptr || y == nullptr) return x == y;
  return x->last_heartbeat_time().seconds() == y->last_heartbeat_time().seconds();
}

}  // namespace

NodeLifecycleController::NodeLifecycleController(rt::Env& env, client::Client& client,
                                                 client::InformerFactory& informers,
                                                 NodeLifecycleOptions options)
    : env_(env),
      client_(client),
      options_(options),
      nodes_(informers.For<api::Node>()),
      leases_(informers.For<api::Lease>()),
      pods_(informers.For<api::Pod>()),
      recorder_(client, "node-controller", ""),
      controller_(env, "node-taints", *this, kWorkers) {
  client::AddPodsByNodeIndex(pods_.core());
  nodes_.core().AddHandler({
      .on_add =
          [this](const client::ObjectRef& node) {
            NodeChanged(nullptr, api::Ref<api::Node>(node));
          },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            NodeChanged(api::Ref<api::Node>(before), api::Ref<api::Node>(after));
          },
      .on_delete = [this](const client::ObjectRef& node) { NodeGone(api::Ref<api::Node>(node)); },
  });
  leases_.core().AddHandler({
      .on_add =
          [this](const client::ObjectRef& lease) {
            if (lease->metadata().namespace_() == kLeaseNamespace) {
              LeaseRenewed(lease->metadata().name());
            }
          },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            if (after->metadata().namespace_() == kLeaseNamespace) {
              LeaseRenewed(after->metadata().name());
            }
          },
      .on_delete = nullptr,
  });
}

void NodeLifecycleController::NodeChanged(const api::Ref<api::Node>& before,
                                          const api::Ref<api::Node>& node) {
  const std::string& name = node->metadata().name();
  NodeHealth& health = health_[name];
  if (!before) by_name_[name] = &health;
  if (!before || !SameHeartbeat(*before, *node)) health.heartbeat = true;
  health.node = node;
  health.zone = ZoneKey(*node);
  health.readiness = ReadinessOf(node->status());
  health.excluded = api::Contains(node->metadata().labels(), kExcludeLabel);
  health.no_execute =
      HasTaint(*node, kTaintNotReady, kNoExecute) || HasTaint(*node, kTaintUnreachable, kNoExecute);
  if (!NoScheduleTaintChange(*node).empty()) controller_.queue().Add({"", name});
}

void NodeLifecycleController::NodeGone(const api::Ref<api::Node>& node) {
  const std::string& name = node->metadata().name();
  const auto health = health_.find(name);
  if (health == health_.end()) return;
  ZoneOf(health->second).tainting.Remove(name);
  by_name_.erase(name);
  health_.erase(health);
  recorder_.Event(node.object(), client::kEventNormal, "RemovingNode",
                  absl::StrCat("Node ", name, " event: Removing Node ", name, " from Controller"));
}

void NodeLifecycleController::LeaseRenewed(const std::string& node) {
  const auto health = by_name_.find(node);
  if (health != by_name_.end()) health->second->heartbeat = true;
}

NodeLifecycleController::Zone& NodeLifecycleController::ZoneOf(const NodeHealth& health) {
  return zones_.try_emplace(health.zone, options_.eviction_rate).first->second;
}

rt::Task<> NodeLifecycleController::Run() {
  rt::TaskGroup tasks;
  tasks.Spawn(recorder_.Run());
  tasks.Spawn(Monitor());
  tasks.Spawn(Taint());
  co_await controller_.Run();
}

rt::Task<absl::Status> NodeLifecycleController::Reconcile(client::ObjectKey key) {
  const api::Ref<api::Node> node = nodes_.Get(key);
  if (!node) co_return absl::OkStatus();
  TaintChange change = NoScheduleTaintChange(*node);
  if (change.empty()) co_return absl::OkStatus();
  const absl::Status status = co_await ChangeTaints(
      client_, nodes_, key.name, std::move(change.add), std::move(change.remove));
  if (api::IsNotFound(status)) co_return absl::OkStatus();
  co_return status;
}

rt::Task<> NodeLifecycleController::Monitor() {
  rt::Instant next = env_.executor().Now();
  for (;;) {
    co_await MonitorOnce();
    next = std::max(next + options_.monitor_period, env_.executor().Now());
    co_await env_.executor().SleepUntil(next);
  }
}

rt::Task<> NodeLifecycleController::MonitorOnce() {
  const rt::Instant now = env_.executor().Now();
  std::vector<Work> work;
  for (auto& [name, health] : health_) {
    Work one;
    if (!Examine(name, health, now, &one)) continue;
    one.node = name;
    work.push_back(std::move(one));
  }
  if (!work.empty()) {
    size_t next = 0;
    rt::TaskGroup workers;
    const size_t count = std::min<size_t>(kWorkers - 1, work.size() - 1);
    for (size_t i = 0; i < count; ++i) workers.Spawn(DoWork(work, next));
    co_await DoWork(work, next);
    // Those that still work must end before the zones are judged.
    while (!workers.empty()) co_await env_.executor().SleepFor(kRetryPause);
  }
  co_await HandleDisruption();
}

bool NodeLifecycleController::Examine(const std::string& name, NodeHealth& health, rt::Instant now,
                                      Work* work) {
  if (!health.monitored) {
    health.monitored = true;
    health.heartbeat = true;
    recorder_.Event(
        health.node.object(), client::kEventNormal, "RegisteredNode",
        absl::StrCat("Node ", name, " event: Registered Node ", name, " in Controller"));
  }
  if (health.heartbeat) {
    health.heartbeat = false;
    health.probed = now;
  }
  const bool reported = health.readiness != Readiness::kNone;
  const absl::Duration grace =
      reported ? options_.monitor_grace_period : options_.startup_grace_period;
  const bool silent = now > health.probed + grace;
  if (silent && health.readiness != Readiness::kUnknown) {
    work->mark_unknown = true;
    // A node that was ready takes its pods with it.
    work->mark_pods = health.readiness == Readiness::kTrue;
  }
  work->mark_pods |= health.retry_pods && health.readiness != Readiness::kTrue;

  const Readiness readiness = work->mark_unknown ? Readiness::kUnknown : health.readiness;
  EvictionQueue& tainting = ZoneOf(health).tainting;
  if (readiness == Readiness::kTrue) {
    tainting.Remove(name);
    work->untaint = health.no_execute;
  } else if (readiness != Readiness::kNone) {
    const bool unknown = readiness == Readiness::kUnknown;
    const char* wanted = unknown ? kTaintUnreachable : kTaintNotReady;
    const char* opposite = unknown ? kTaintNotReady : kTaintUnreachable;
    if (HasTaint(*health.node, opposite, kNoExecute)) {
      work->swap = true;
    } else {
      if (!HasTaint(*health.node, wanted, kNoExecute)) tainting.Remove(name);
      tainting.Add(name);
    }
  }
  return work->mark_unknown || work->mark_pods || work->untaint || work->swap;
}

rt::Task<> NodeLifecycleController::DoWork(std::vector<Work>& work, size_t& next) {
  while (next < work.size()) {
    const size_t mine = next++;
    co_await DoOne(work[mine]);
  }
}

rt::Task<> NodeLifecycleController::DoOne(Work work) {
  absl::Status status;
  if (work.mark_unknown) {
    status = co_await MarkNodeUnknown(work.node);
    if (status.ok()) ++metrics_.marked_unknown;
  }
  if (status.ok() && work.mark_pods) {
    status = co_await MarkPodsNotReady(work.node);
    const auto health = by_name_.find(work.node);
    if (health != by_name_.end()) health->second->retry_pods = !status.ok();
  }
  if (status.ok() && work.untaint) {
    status = co_await ChangeTaints(client_, nodes_, work.node, {},
                                   {{kTaintNotReady, kNoExecute}, {kTaintUnreachable, kNoExecute}});
  }
  if (status.ok() && work.swap) {
    const auto health = by_name_.find(work.node);
    if (health == by_name_.end()) co_return;
    const bool unknown = work.mark_unknown || health->second->readiness == Readiness::kUnknown;
    status = co_await ChangeTaints(client_, nodes_, work.node,
                                   {{unknown ? kTaintUnreachable : kTaintNotReady, kNoExecute}},
                                   {{unknown ? kTaintNotReady : kTaintUnreachable, kNoExecute}});
  }
  if (!status.ok() && !api::IsNotFound(status)) ++metrics_.failures;
}

rt::Task<absl::Status> NodeLifecycleController::MarkNodeUnknown(std::string name) {
  api::Ref<api::Node> node = nodes_.Get("", name);
  if (!node) co_return api::NotFound("", "nodes", name);
  const bool was_ready = ReadinessOf(node->status()) == Readiness::kTrue;
  absl::Status result;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    api::MessagePtr copy = api::CopyWithoutSpec(*node.object());
    MarkUnknown(*node, env_.executor().WallNow(), static_cast<api::Node&>(*copy).mutable_status());
    absl::StatusOr<client::ObjectRef> updated = co_await client_.UpdateSubresource(
        api::MakeObjectSharingSpec(std::move(copy), node.object()), "status");
    result = updated.status();
    if (result.ok() || api::IsNotFound(result)) break;
    co_await env_.executor().SleepFor(kRetryPause);
    absl::StatusOr<api::Ref<api::Node>> live = co_await client_.Get<api::Node>("", name);
    if (!live.ok()) {
      result = live.status();
      continue;
    }
    // It has spoken after all: the cache will say so too.
    if (!SameHeartbeat(*node, **live)) co_return api::Conflict("", "nodes", name, "it is alive");
    node = *std::move(live);
  }
  if (result.ok() && was_ready) {
    recorder_.Event(node.object(), client::kEventNormal, "NodeNotReady",
                    absl::StrCat("Node ", name, " status is now: NodeNotReady"));
  }
  co_return result;
}

rt::Task<absl::Status> NodeLifecycleController::MarkPodsNotReady(std::string node) {
  absl::Status error;
  const std::vector<api::Ref<api::Pod>> pods = pods_.ByIndex(client::kPodsByNode, node);
  for (const api::Ref<api::Pod>& pod : pods) {
    api::PodStatus status = pod->status();
    const auto ready = std::find_if(
        status.conditions().begin(), status.conditions().end(),
        [](const api::PodCondition& condition) { return condition.type() == "Ready"; });
    if (ready == status.conditions().end() || ready->status() == "False") continue;
    const std::string reason = ready->reason();
    const std::string message = ready->message();
    SetPodCondition("Ready", "False", reason, message, env_.executor().WallNow(), &status);
    absl::StatusOr<client::ObjectRef> updated =
        co_await client_.UpdateSubresource(WithStatus(pod, std::move(status)), "status");
    if (updated.ok()) {
      ++metrics_.pods_not_ready;
      recorder_.Event(pod.object(), client::kEventWarning, "NodeNotReady", "Node is not ready");
    } else if (!api::IsNotFound(updated.status())) {
      error.Update(updated.status());
    }
  }
  co_return error;
}

}  // namespace drydock::controllers

// The handlers of the scheduler's informers.
#include "src/scheduler/watcher.h"

#include <algorithm>
#include <utility>

#include "src/api/apps_v1.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/replication_controller.h"
#include "src/api/core/v1/service.h"
#include "src/api/maps.h"
#include "src/api/policy_v1.h"
#include "src/scheduler/parse.h"

namespace drydock::scheduler {
namespace {

template <typename Entries>
LabelSelector SelectorOf(const Entries& labels) {
  LabelSelector selector;
  for (const auto& label : labels) {
    selector.requirements.push_back({label.key(), SelectorOp::kIn, {label.value()}});
  }
  selector.nothing = selector.requirements.empty();
  return selector;
}

uint32_t EventsOf(uint32_t change) {
  if ((change & kNodeAdded) != 0) return kNodeAdd;
  uint32_t kinds = 0;
  if ((change & kNodeAllocatable) != 0) kinds |= kNodeAllocatableUpdate;
  if ((change & kNodeLabels) != 0) kinds |= kNodeLabelUpdate;
  if ((change & kNodeTaints) != 0) kinds |= kNodeTaintUpdate;
  return kinds;
}

}  // namespace

Watcher::Watcher(client::Client& client, Cluster& cluster, SpreadSelectors& selectors, Cache& cache,
                 SchedulingQueue& queue, Nominations& nominations,
                 absl::btree_set<std::string> scheduler_names, rt::Signal& changed)
    : client_(client),
      cluster_(cluster),
      selectors_(selectors),
      cache_(cache),
      queue_(queue),
      nominations_(nominations),
      scheduler_names_(std::move(scheduler_names)),
      changed_(changed) {
  // Nodes first: pods then find the nodes they are on.
  OnChange(NewInformer<api::Node>({}), [this](const api::ObjectRef& object, bool gone) {
    gone ? NodeGone(object) : NodeSeen(object);
  });
  OnChange(NewInformer<api::Namespace>({}),
           [this](const api::ObjectRef& object, bool gone) { NamespaceSeen(object, gone); });
  OnChange(NewInformer<api::Service>({}),
           [this](const api::ObjectRef& object, bool gone) { ServiceSeen(object, gone); });
  OnChange(NewInformer<api::ReplicaSet>({}), [this](const api::ObjectRef& object, bool gone) {
    ControllerSeen<api::ReplicaSet>("ReplicaSet", object, gone);
  });
  OnChange(NewInformer<api::StatefulSet>({}), [this](const api::ObjectRef& object, bool gone) {
    ControllerSeen<api::StatefulSet>("StatefulSet", object, gone);
  });
  OnChange(
      NewInformer<api::ReplicationController>({}), [this](const api::ObjectRef& object, bool gone) {
        const auto& controller = *api::Ref<api::ReplicationController>(object);
        selectors_.SetController(
            "ReplicationController", object->metadata().namespace_(), object->metadata().name(),
            SelectorOf(gone ? api::StringMap() : controller.spec().selector()));
      });
  OnChange(NewInformer<api::PodDisruptionBudget>({}),
           [this](const api::ObjectRef& object, bool gone) { BudgetSeen(object, gone); });

  client::InformerOptions alive;
  alive.field_selector = "status.phase!=Succeeded,status.phase!=Failed";
  pods_ = &NewInformer<api::Pod>(std::move(alive));
  client::InformerHandler handler;
  handler.on_add = [this](const api::ObjectRef& object) { PodSeen(nullptr, object); };
  handler.on_update = [this](const api::ObjectRef& before, const api::ObjectRef& after) {
    PodSeen(before, after);
  };
  handler.on_delete = [this](const api::ObjectRef& object) { PodGone(object); };
  pods_->AddHandler(std::move(handler));
}

template <typename T>
client::InformerCore& Watcher::NewInformer(client::InformerOptions options) {
  informers_.push_back(
      std::make_unique<client::InformerCore>(client_, api::KindOf<T>(), std::move(options)));
  return *informers_.back();
}

void Watcher::OnChange(client::InformerCore& informer,
                       std::function<void(const api::ObjectRef& object, bool gone)> seen) {
  client::InformerHandler handler;
  handler.on_add = [seen](const api::ObjectRef& object) { seen(object, false); };
  handler.on_update = [seen](const api::ObjectRef&, const api::ObjectRef& after) {
    seen(after, false);
  };
  handler.on_delete = [seen](const api::ObjectRef& object) { seen(object, true); };
  informer.AddHandler(std::move(handler));
}

void Watcher::Start(rt::TaskGroup& group) {
  for (const auto& informer : informers_) group.Spawn(informer->Run());
}

rt::Task<> Watcher::WaitForSync() {
  for (const auto& informer : informers_) co_await informer->WaitForSync();
}

void Watcher::Happened(uint32_t kinds, const PodInfo* pod, NodeIndex node) {
  ClusterEvent event;
  event.kinds = kinds;
  event.pod = pod;
  event.node = node;
  queue_.Move(event, client_.env().executor().Now());
  changed_.Raise();
}

void Watcher::PodSeen(const api::ObjectRef& before, const api::ObjectRef& after) {
  if (IsTerminal(after)) {
    PodGone(after);
    return;
  }
  const std::string& node = api::Ref<api::Pod>(after)->spec().node_name();
  const PodRef pod = ParsePod(cluster_, after);
  if (!node.empty()) {
    AssignedPod(pod, node);
    return;
  }
  if (!scheduler_names_.contains(pod->shape->scheduler_name)) return;
  // The watch lags behind our own decision.
  if (cache_.IsAssumed(pod->uid)) return;
  const rt::Instant now = client_.env().executor().Now();
  const QueuedPodRef queued = queue_.Find(pod->uid);
  if (!queued) {
    if (!pod->nominated_node.empty()) nominations_.Add(pod, pod->nominated_node);
    queue_.Add(pod, now);
  } else {
    // What has been promised since the API server wrote this.
    if (pod->nominated_node.empty()) pod->nominated_node = nominations_.NodeOf(pod->uid);
    if (!pod->nominated_node.empty()) nominations_.Add(pod, pod->nominated_node);
    const bool by_owner =
        queued->pod->shape != pod->shape || queued->pod->terminating != pod->terminating;
    queue_.Update(pod, by_owner, now);
  }
  changed_.Raise();
}

void Watcher::AssignedPod(const PodRef& pod, const std::string& node) {
  nominations_.Remove(pod->uid);
  queue_.Remove(pod->uid);
  const bool was_assumed = cache_.IsAssumed(pod->uid);
  const rt::Ref<const PodShape> shape_before = [&] {
    const PodRef known = cache_.Find(pod->uid);
    return known ? known->shape : nullptr;
  }();
  cache_.SetPod(pod, node);
  const PodRef now = cache_.Find(pod->uid);
  if (was_assumed || !shape_before) {
    Happened(kPodAssigned, now.get(), now->node);
  } else if (shape_before != pod->shape) {
    Happened(kPodUpdated, now.get(), now->node);
  }
}

void Watcher::PodGone(const api::ObjectRef& object) {
  const std::string& uid = object->metadata().uid();
  const bool was_promised = !nominations_.NodeOf(uid).empty();
  nominations_.Remove(uid);
  const QueuedPodRef queued = queue_.Find(uid);
  queue_.Remove(uid);
  const PodRef known = cache_.Find(uid);
  if (known) {
    const NodeIndex node = known->node;
    cache_.RemovePod(uid);
    Happened(kPodDeleted, known.get(), node);
  } else if (was_promised && queued) {
    Happened(kPodDeleted, queued->pod.get(), kNoNode);
  }
}

void Watcher::NodeSeen(const api::ObjectRef& object) {
  const uint32_t kinds = EventsOf(cluster_.nodes.SetNode(ParseNode(cluster_, object)));
  if (kinds == 0) return;
  Happened(kinds, nullptr, cluster_.nodes.Find(object->metadata().name()));
}

void Watcher::NodeGone(const api::ObjectRef& object) {
  cluster_.nodes.RemoveNode(object->metadata().name());
  Happened(kNodeDeleted, nullptr, kNoNode);
}

void Watcher::BudgetSeen(const api::ObjectRef& object, bool gone) {
  std::vector<DisruptionBudget>& budgets = cluster_.budgets;
  const std::string& ns = object->metadata().namespace_();
  const std::string& name = object->metadata().name();
  auto at =
      std::lower_bound(budgets.begin(), budgets.end(), 0, [&](const DisruptionBudget& budget, int) {
        return std::tie(budget.ns, budget.name) < std::tie(ns, name);
      });
  const bool known = at != budgets.end() && at->ns == ns && at->name == name;
  if (gone) {
    if (known) budgets.erase(at);
  } else if (known) {
    *at = ParseBudget(object);
  } else {
    budgets.insert(at, ParseBudget(object));
  }
}

void Watcher::NamespaceSeen(const api::ObjectRef& object, bool gone) {
  Labels labels;
  if (!gone) {
    for (const auto& label : object->metadata().labels()) {
      labels.emplace_back(label.key(), label.value());
    }
    std::sort(labels.begin(), labels.end());
  }
  const uint64_t before = cluster_.counts.version();
  cluster_.counts.SetNamespace(object->metadata().name(), std::move(labels));
  if (cluster_.counts.version() != before) Happened(kNamespaceUpdate, nullptr, kNoNode);
}

void Watcher::ServiceSeen(const api::ObjectRef& object, bool gone) {
  selectors_.SetService(
      object->metadata().namespace_(), object->metadata().name(),
      SelectorOf(gone ? api::StringMap() : api::Ref<api::Service>(object)->spec().selector()));
}

template <typename T>
void Watcher::ControllerSeen(const char* kind, const api::ObjectRef& object, bool gone) {
  const auto& spec = api::Ref<T>(object)->spec();
  selectors_.SetController(
      kind, object->metadata().namespace_(), object->metadata().name(),
      ParseSelector(!gone && spec.has_selector() ? &spec.selector() : nullptr));
}

}  // namespace drydock::scheduler

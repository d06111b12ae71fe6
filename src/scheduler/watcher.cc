// The handlers of the scheduler's informers.
#include "src/scheduler/watcher.h"

#include <utility>

#include "src/api/apps_v1.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/replication_controller.h"
#include "src/api/core/v1/service.h"
#include "src/api/policy_v1.h"
#include "src/scheduler/parse.h"

namespace drydock::scheduler {
namespace {

uint32_t EventsOf(uint32_t change) {
  if ((change & kNodeAdded) != 0) return kNodeAdd;
  uint32_t kinds = 0;
  if ((change & kNodeAllocatable) != 0) kinds |= kNodeAllocatableUpdate;
  if ((change & kNodeLabels) != 0) kinds |= kNodeLabelUpdate;
  if ((change & kNodeTaints) != 0) kinds |= kNodeTaintUpdate;
  return kinds;
}

}  // namespace

Watcher::Watcher(client::Client& client, Cluster& cluster, ClusterObjects& objects, Cache& cache,
                 SchedulingQueue& queue, Nominations& nominations,
                 absl::btree_set<std::string> scheduler_names, rt::Signal& changed)
    : client_(client),
      cluster_(cluster),
      objects_(objects),
      cache_(cache),
      queue_(queue),
      nominations_(nominations),
      scheduler_names_(std::move(scheduler_names)),
      changed_(changed) {
  // Nodes first: pods then find the nodes they are on.
  OnChange(NewInformer<api::Node>({}), [this](const api::ObjectRef& object, bool gone) {
    gone ? NodeGone(object) : NodeSeen(object);
  });
  const auto object_seen = [this](const api::ObjectRef& object, bool gone) {
    ObjectSeen(object, gone);
  };
  OnChange(NewInformer<api::Namespace>({}), object_seen);
  OnChange(NewInformer<api::Service>({}), object_seen);
  OnChange(NewInformer<api::ReplicaSet>({}), object_seen);
  OnChange(NewInformer<api::StatefulSet>({}), object_seen);
  OnChange(NewInformer<api::ReplicationController>({}), object_seen);
  OnChange(NewInformer<api::PodDisruptionBudget>({}), object_seen);

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

void Watcher::ObjectSeen(const api::ObjectRef& object, bool gone) {
  const uint64_t before = cluster_.counts.version();
  objects_.Set(object, gone);
  // Which pods match a selector of namespaces has changed.
  if (cluster_.counts.version() != before) Happened(kNamespaceUpdate, nullptr, kNoNode);
}

}  // namespace drydock::scheduler

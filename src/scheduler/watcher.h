// From watches to the scheduler's state: every change of a pod, a node or what
// plugins look at goes into the cluster, the cache and the queue, and wakes the pods
// that it could help.
#ifndef DRYDOCK_SRC_SCHEDULER_WATCHER_H_
#define DRYDOCK_SRC_SCHEDULER_WATCHER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"
#include "src/scheduler/cache.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/cluster_objects.h"
#include "src/scheduler/nominations.h"
#include "src/scheduler/queue.h"

namespace drydock::scheduler {

class Watcher {
 public:
  // Everything outlives the watcher. `scheduler_names`: whose pods are queued.
  // `changed` is raised after every event.
  Watcher(client::Client& client, Cluster& cluster, ClusterObjects& objects, Cache& cache,
          SchedulingQueue& queue, Nominations& nominations,
          absl::btree_set<std::string> scheduler_names, rt::Signal& changed);

  void Start(rt::TaskGroup& group);
  rt::Task<> WaitForSync();
  client::InformerCore& pods() { return *pods_; }

  // Tells the queue; for what the scheduler itself causes.
  void Happened(uint32_t kinds, const PodInfo* pod, NodeIndex node);

 private:
  void PodSeen(const api::ObjectRef& before, const api::ObjectRef& after);
  void PodGone(const api::ObjectRef& object);
  void AssignedPod(const PodRef& pod, const std::string& node);
  void NodeSeen(const api::ObjectRef& object);
  void NodeGone(const api::ObjectRef& object);
  // Of one of the kinds that ClusterObjects takes.
  void ObjectSeen(const api::ObjectRef& object, bool gone);

  template <typename T>
  client::InformerCore& NewInformer(client::InformerOptions options);
  void OnChange(client::InformerCore& informer,
                std::function<void(const api::ObjectRef& object, bool gone)> seen);

  client::Client& client_;
  Cluster& cluster_;
  ClusterObjects& objects_;
  Cache& cache_;
  SchedulingQueue& queue_;
  Nominations& nominations_;
  const absl::btree_set<std::string> scheduler_names_;
  rt::Signal& changed_;
  std::vector<std::unique_ptr<client::InformerCore>> informers_;
  client::InformerCore* pods_ = nullptr;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_WATCHER_H_

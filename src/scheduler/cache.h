// Which pods are on which nodes, as the watch says, ahead of it by the pods that have
// been assumed: placed by a decision that the API server has not confirmed yet.
//
// An assumed pod counts until the watch shows it on a node (confirmed), its binding
// fails (forgotten), or, when a limit is set, it has waited too long after its
// binding was accepted (expired).
#ifndef DRYDOCK_SRC_SCHEDULER_CACHE_H_
#define DRYDOCK_SRC_SCHEDULER_CACHE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "src/rt/executor.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/engine.h"

namespace drydock::scheduler {

class Cache {
 public:
  // `cluster` outlives the cache. `assume_ttl`: how long after FinishBinding an assumed
  // pod waits for its confirmation; InfiniteDuration as in Kubernetes.
  Cache(Cluster& cluster, absl::Duration assume_ttl);

  // Places `pod` by `engine`'s decision. The engine is remembered for Forget.
  absl::Status Assume(Engine& engine, const PodRef& pod, NodeIndex node);
  void FinishBinding(const std::string& uid, rt::Instant now);
  // The binding failed. False when the pod is not assumed (any more).
  bool Forget(const std::string& uid);
  // Drops assumed pods whose limit has passed; returns them.
  std::vector<PodRef> Expire(rt::Instant now);

  // What the watch says of a pod that has a node: added, changed or confirmed.
  // Returns the pod as it was counted before, or null.
  PodRef SetPod(const PodRef& pod, const std::string& node);
  // The watch says it is gone or has ended. Returns it, or null when unknown.
  PodRef RemovePod(const std::string& uid);

  bool IsAssumed(const std::string& uid) const;
  PodRef Find(const std::string& uid) const;
  size_t size() const { return pods_.size(); }
  size_t assumed() const { return assumed_; }

 private:
  struct Entry {
    PodRef pod;
    Engine* engine = nullptr;  // Of an assumed pod.
  };

  Cluster& cluster_;
  const absl::Duration assume_ttl_;
  absl::flat_hash_map<std::string, Entry> pods_;  // By uid. Looked up, never iterated.
  absl::btree_map<std::pair<rt::Instant, std::string>, bool> deadlines_;  // Of assumed pods.
  size_t assumed_ = 0;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_CACHE_H_

// Assumed pods and what becomes of them.
#include "src/scheduler/cache.h"

#include <utility>

namespace drydock::scheduler {

Cache::Cache(Cluster& cluster, absl::Duration assume_ttl)
    : cluster_(cluster), assume_ttl_(assume_ttl) {}

absl::Status Cache::Assume(Engine& engine, const PodRef& pod, NodeIndex node) {
  if (pods_.contains(pod->uid)) {
    return absl::FailedPreconditionError(KeyOf(*pod) + " is on a node already");
  }
  absl::Status assumed = engine.Assume(pod, node);
  if (!assumed.ok()) return assumed;
  pods_[pod->uid] = Entry{pod, &engine};
  ++assumed_;
  return absl::OkStatus();
}

void Cache::FinishBinding(const std::string& uid, rt::Instant now) {
  const auto found = pods_.find(uid);
  if (found == pods_.end() || found->second.engine == nullptr) return;
  if (assume_ttl_ != absl::InfiniteDuration()) deadlines_[{now + assume_ttl_, uid}] = true;
}

bool Cache::Forget(const std::string& uid) {
  const auto found = pods_.find(uid);
  if (found == pods_.end() || found->second.engine == nullptr) return false;
  found->second.engine->Forget(*found->second.pod);
  pods_.erase(found);
  --assumed_;
  return true;
}

std::vector<PodRef> Cache::Expire(rt::Instant now) {
  std::vector<PodRef> expired;
  while (!deadlines_.empty() && deadlines_.begin()->first.first <= now) {
    const std::string uid = deadlines_.begin()->first.second;
    deadlines_.erase(deadlines_.begin());
    const PodRef pod = Find(uid);
    if (pod && Forget(uid)) expired.push_back(pod);
  }
  return expired;
}

PodRef Cache::SetPod(const PodRef& pod, const std::string& node) {
  Entry& entry = pods_[pod->uid];
  PodRef before = entry.pod;
  if (entry.engine != nullptr) {
    entry.engine = nullptr;
    --assumed_;
  }
  if (before && before->shape == pod->shape && before->terminating == pod->terminating &&
      cluster_.nodes.name(before->node) == node) {
    // Where it was assumed to be, or only its status has changed.
    before->origin = pod->origin;
    before->started = pod->started;
    before->terminating_by_preemption = pod->terminating_by_preemption;
    before->nominated_node = pod->nominated_node;
    return before;
  }
  if (before) cluster_.nodes.RemovePod(*before);
  entry.pod = pod;
  cluster_.nodes.AddPod(pod, node);
  return before;
}

PodRef Cache::RemovePod(const std::string& uid) {
  const auto found = pods_.find(uid);
  if (found == pods_.end()) return nullptr;
  const PodRef pod = found->second.pod;
  if (Forget(uid)) return pod;
  pods_.erase(found);
  cluster_.nodes.RemovePod(*pod);
  return pod;
}

bool Cache::IsAssumed(const std::string& uid) const {
  const auto found = pods_.find(uid);
  return found != pods_.end() && found->second.engine != nullptr;
}

PodRef Cache::Find(const std::string& uid) const {
  const auto found = pods_.find(uid);
  return found == pods_.end() ? nullptr : found->second.pod;
}

}  // namespace drydock::scheduler

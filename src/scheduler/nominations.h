// Pods that have been promised a node (by preemption) and are not on it yet. Other
// pods of the same or lower priority must leave room for them.
#ifndef DRYDOCK_SRC_SCHEDULER_NOMINATIONS_H_
#define DRYDOCK_SRC_SCHEDULER_NOMINATIONS_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "src/scheduler/pod_info.h"

namespace drydock::scheduler {

class Nominations {
 public:
  // Replaces an earlier nomination of the same pod (by uid).
  void Add(const PodRef& pod, const std::string& node) {
    Remove(pod->uid);
    by_node_[node].push_back(pod);
    node_of_[pod->uid] = node;
    ++version_;
  }
  void Remove(const std::string& uid) {
    const auto found = node_of_.find(uid);
    if (found == node_of_.end()) return;
    const auto at = by_node_.find(found->second);
    std::vector<PodRef>& pods = at->second;
    pods.erase(std::find_if(pods.begin(), pods.end(),
                            [&uid](const PodRef& pod) { return pod->uid == uid; }));
    if (pods.empty()) by_node_.erase(at);
    node_of_.erase(found);
    ++version_;
  }
  bool empty() const { return by_node_.empty(); }
  // Empty when the pod has none.
  std::string NodeOf(const std::string& uid) const {
    const auto found = node_of_.find(uid);
    return found == node_of_.end() ? std::string() : found->second;
  }
  // Null when no pod is nominated to `node`.
  const std::vector<PodRef>* On(const std::string& node) const {
    const auto found = by_node_.find(node);
    return found == by_node_.end() ? nullptr : &found->second;
  }
  uint64_t version() const { return version_; }

 private:
  absl::btree_map<std::string, std::vector<PodRef>> by_node_;
  absl::flat_hash_map<std::string, std::string> node_of_;  // By uid. Looked up, never iterated.
  uint64_t version_ = 1;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_NOMINATIONS_H_

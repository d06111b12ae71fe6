// What pods say about other pods, shared by all that say the same: matchers with a
// count of matching pods on each node, and affinity terms with a count of the pods on
// each node that carry them. PodCounts keeps the counts up to date, so that no cycle
// has to look at pods one by one.
#ifndef DRYDOCK_SRC_SCHEDULER_TERMS_H_
#define DRYDOCK_SRC_SCHEDULER_TERMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/rt/ref.h"
#include "src/scheduler/selector.h"
#include "src/scheduler/symbols.h"

namespace drydock::scheduler {

// A pod in one of `namespaces`, or in a namespace that `namespace_selector` chooses,
// whose labels match `selector`.
struct PodCondition {
  std::vector<std::string> namespaces;  // Sorted.
  std::optional<LabelSelector> namespace_selector;
  LabelSelector selector;

  void AppendKey(std::string* key) const;
};

// A number for each node; grows with the table. Zero for nodes never written.
class NodeCounts {
 public:
  int64_t operator[](uint32_t node) const { return node < counts_.size() ? counts_[node] : 0; }
  void Add(uint32_t node, int64_t amount) {
    if (node >= counts_.size()) counts_.resize(node + node / 2 + 16, 0);
    counts_[node] += static_cast<int32_t>(amount);
    total_ += amount;
  }
  void Clear() {
    counts_.clear();
    total_ = 0;
  }
  // The sum over all nodes.
  int64_t total() const { return total_; }
  // For loops over all nodes: at least `size` entries.
  const int32_t* Data(size_t size) const {
    if (counts_.size() < size) counts_.resize(size, 0);
    return counts_.data();
  }

 private:
  mutable std::vector<int32_t> counts_;
  int64_t total_ = 0;
};

// How many pods on each node satisfy all of `all`.
class MatchColumn final : public rt::RefCounted {
 public:
  std::vector<PodCondition> all;
  bool skip_terminating = false;  // As topology spreading counts.
  std::string key;
  NodeCounts counts;
};

// An affinity or anti-affinity term. Equal terms of all pods are one object.
class AffinityTerm final : public rt::RefCounted {
 public:
  PodCondition condition;
  Symbol topology_key = kNoSymbol;
  std::string key;

  // Pods that match the term; kept once somebody has asked for it.
  rt::Ref<MatchColumn> matches;
  // Pods that carry the term, by the role in which they carry it.
  NodeCounts required_affinity;
  NodeCounts required_anti_affinity;
  NodeCounts preferred_weight;  // Sums of weights, negative for anti-affinity.
  int64_t preferred_carriers = 0;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_TERMS_H_

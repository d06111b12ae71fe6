// All nodes, column by column, with the pods on them: what a cycle reads in tight
// loops. It is the scheduler's cache and its snapshot in one, since a cycle runs in
// one turn and nothing can change under it.
//
// A node keeps its index as long as it exists or pods are on it; indices of nodes
// that are gone are given to new ones. Whoever derives something from a node's state
// follows the change log instead of looking at every node again.
#ifndef DRYDOCK_SRC_SCHEDULER_NODE_TABLE_H_
#define DRYDOCK_SRC_SCHEDULER_NODE_TABLE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "src/rt/payload.h"
#include "src/scheduler/pod_info.h"
#include "src/scheduler/resources.h"
#include "src/scheduler/symbols.h"

namespace drydock::scheduler {

// A node object, parsed.
struct NodeSpec {
  std::string name;
  NodeLabels labels;  // Sorted by key symbol.
  std::vector<Taint> taints;
  bool unschedulable = false;
  Resources allocatable;
  int64_t allowed_pods = 0;
  std::vector<std::pair<Symbol, int64_t>> images;  // Name, size; sorted by name symbol, no doubles.
  rt::PayloadRef origin;                           // The API object; null where there is none.
};

// What changed from one version of a node to the next.
enum NodeChange : uint32_t {
  kNodeUnchanged = 0,
  kNodeAdded = 1,
  kNodeAllocatable = 2,
  kNodeLabels = 4,
  kNodeTaints = 8,  // Taints or spec.unschedulable.
  kNodeImages = 16,
};

// Hears of every change to the table, after it has been made (removals: before).
// Plugins that keep columns of their own implement it.
class NodeListener {
 public:
  virtual ~NodeListener() = default;
  virtual void OnNodeChanged(NodeIndex node) {}  // Added or updated.
  virtual void OnNodeRemoved(NodeIndex node) {}
  virtual void OnPodAdded(const PodInfo& pod, NodeIndex node) {}
  virtual void OnPodRemoved(const PodInfo& pod, NodeIndex node) {}
};

// The values of one label as small dense numbers.
struct TopologyColumn {
  static constexpr uint32_t kNone = 0xffffffff;
  std::vector<uint32_t> domain;                   // By node; kNone when the node lacks the label.
  std::vector<Symbol> values;                     // By domain.
  size_t labelled = 0;                            // Nodes that have the label.
  absl::flat_hash_map<Symbol, uint32_t> numbers;  // Looked up, never iterated.
};

struct ImageState {
  int64_t size = 0;
  std::vector<NodeIndex> nodes;  // That have it.
};

class NodeTable {
 public:
  explicit NodeTable(Symbols& symbols) : symbols_(symbols) {}
  NodeTable(const NodeTable&) = delete;
  NodeTable& operator=(const NodeTable&) = delete;

  // Adds or updates. Returns a union of NodeChange.
  uint32_t SetNode(NodeSpec spec);
  // Forgets the node; its pods stay until they are removed one by one.
  void RemoveNode(absl::string_view name);

  // `pod` must not be on a node. An unknown `node_name` gets an index but does not
  // exist for scheduling.
  void AddPod(const PodRef& pod, absl::string_view node_name);
  void AddPod(const PodRef& pod, NodeIndex node);
  void RemovePod(PodInfo& pod);

  // Tells the listener of what is there already. Listeners outlive the table's use.
  void AddListener(NodeListener* listener);
  // Something outside of the table changed what plugins think of `node`.
  void Touch(NodeIndex node);

  NodeIndex Find(absl::string_view name) const;
  bool Exists(NodeIndex node) const { return exists_[node] != 0; }
  size_t size() const { return exists_.size(); }  // Of the columns; some may not exist.
  size_t node_count() const { return node_count_; }
  const std::string& name(NodeIndex node) const { return specs_[node].name; }
  Symbol name_symbol(NodeIndex node) const { return name_symbols_[node]; }
  const NodeSpec& spec(NodeIndex node) const { return specs_[node]; }
  const std::vector<PodRef>& pods(NodeIndex node) const { return pods_[node]; }
  const std::vector<HostPort>& ports(NodeIndex node) const { return ports_[node]; }
  size_t tainted_nodes(TaintEffect effect) const {
    return taint_counts_[static_cast<size_t>(effect)];
  }
  size_t unschedulable_nodes() const { return unschedulable_count_; }
  const ImageState* image(Symbol name) const;

  // Columns, by node index.
  const uint8_t* exists() const { return exists_.data(); }
  const int64_t* allocatable_cpu() const { return allocatable_cpu_.data(); }
  const int64_t* allocatable_memory() const { return allocatable_memory_.data(); }
  const int64_t* allocatable_storage() const { return allocatable_storage_.data(); }
  const int64_t* allowed_pods() const { return allowed_pods_.data(); }
  const int64_t* requested_cpu() const { return requested_cpu_.data(); }
  const int64_t* requested_memory() const { return requested_memory_.data(); }
  const int64_t* requested_storage() const { return requested_storage_.data(); }
  const int64_t* nonzero_cpu() const { return nonzero_cpu_.data(); }
  const int64_t* nonzero_memory() const { return nonzero_memory_.data(); }
  int64_t allocatable_extended(NodeIndex node, ResourceId id) const {
    return specs_[node].allocatable.Extended(id);
  }
  int64_t requested_extended(NodeIndex node, ResourceId id) const {
    return requested_extended_[node].Extended(id);
  }

  // The label `key` as numbers. The reference stays valid and current.
  const TopologyColumn& Topology(Symbol key) const;

  // Existing nodes, zone by zone in turn (as kube-scheduler lists them), for sampling.
  const std::vector<NodeIndex>& ZoneOrder() const;

  // The change log: entries [log_begin(), log_end()) are still known. Pod and node
  // changes alike append the node's index.
  uint64_t log_begin() const { return log_end_ > kLogSize ? log_end_ - kLogSize : 0; }
  uint64_t log_end() const { return log_end_; }
  NodeIndex log(uint64_t position) const { return log_[position % kLogSize]; }
  // Goes up whenever a node is added, updated or removed (not for pods).
  uint64_t node_version() const { return node_version_; }

 private:
  static constexpr uint64_t kLogSize = 16384;

  NodeIndex IndexFor(absl::string_view name);
  void ReleaseIfUnused(NodeIndex node);
  void CountTaints(NodeIndex node, int delta);
  void UpdateTopology(NodeIndex node) const;
  void UpdateImages(NodeIndex node, const NodeSpec* before, const NodeSpec* after);

  Symbols& symbols_;
  absl::flat_hash_map<Symbol, NodeIndex> by_name_;  // Looked up, never iterated.
  std::vector<NodeIndex> free_;
  std::vector<NodeSpec> specs_;
  std::vector<Symbol> name_symbols_;
  std::vector<std::vector<PodRef>> pods_;
  std::vector<std::vector<HostPort>> ports_;
  std::vector<Resources> requested_extended_;  // Only `extended` is used.
  std::vector<uint8_t> exists_;
  std::vector<int64_t> allocatable_cpu_, allocatable_memory_, allocatable_storage_, allowed_pods_;
  std::vector<int64_t> requested_cpu_, requested_memory_, requested_storage_;
  std::vector<int64_t> nonzero_cpu_, nonzero_memory_;
  size_t node_count_ = 0;
  size_t taint_counts_[3] = {0, 0, 0};
  size_t unschedulable_count_ = 0;

  absl::flat_hash_map<Symbol, ImageState> images_;  // Looked up, never iterated.
  // By key, in the order of first use: few keys, and their columns must not move.
  mutable std::vector<std::pair<Symbol, std::unique_ptr<TopologyColumn>>> topologies_;
  mutable std::vector<NodeIndex> zone_order_;
  mutable uint64_t zone_order_version_ = 0;

  std::vector<NodeListener*> listeners_;
  std::vector<NodeIndex> log_ = std::vector<NodeIndex>(kLogSize);
  uint64_t log_end_ = 0;
  uint64_t node_version_ = 1;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_NODE_TABLE_H_

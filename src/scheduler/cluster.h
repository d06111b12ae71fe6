// Everything that a decision depends on: nodes, the pods on them, and the tables that
// they share. One for each scheduler; plugins of all its profiles read the same.
#ifndef DRYDOCK_SRC_SCHEDULER_CLUSTER_H_
#define DRYDOCK_SRC_SCHEDULER_CLUSTER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "src/scheduler/node_table.h"
#include "src/scheduler/pod_counts.h"
#include "src/scheduler/pod_info.h"
#include "src/scheduler/resources.h"
#include "src/scheduler/symbols.h"

namespace drydock::scheduler {

// The shapes of all pods known, one for each key. Those that no pod has any more are
// dropped when they could be half of all.
class ShapeTable {
 public:
  // Null when there is none.
  rt::Ref<const PodShape> Find(absl::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : rt::Ref<const PodShape>(shapes_[found->second]);
  }
  // REQUIRES: Find(shape->key) is null.
  rt::Ref<const PodShape> Add(rt::Ref<PodShape> shape);
  size_t size() const { return shapes_.size(); }

 private:
  std::vector<rt::Ref<PodShape>> shapes_;
  absl::flat_hash_map<std::string, size_t> by_key_;  // Looked up, never iterated.
  uint64_t next_id_ = 1;
  size_t sweep_at_ = 1024;
};

// What a Service, ReplicaSet or the like says about the pods that belong to it: the
// selector of the system's default spreading constraints.
class SpreadDefaults {
 public:
  virtual ~SpreadDefaults() = default;
  // `nothing` when the pod belongs to none.
  virtual LabelSelector SelectorFor(const PodShape& shape) const = 0;
  // Goes up when an answer may have changed. Starts at 1.
  virtual uint64_t version() const = 0;
};

// A PodDisruptionBudget, as far as preemption asks.
struct DisruptionBudget {
  std::string ns;
  std::string name;
  LabelSelector selector;  // Empty or absent ones match nothing here.
  int64_t disruptions_allowed = 0;
  std::vector<std::string> disrupted_pods;  // Names; sorted.
};

struct Cluster {
  Cluster() { nodes.AddListener(&counts); }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  Symbols symbols;
  ResourceNames resource_names;
  NodeTable nodes{symbols};
  PodCounts counts{nodes};
  ShapeTable shapes;
  std::vector<DisruptionBudget> budgets;            // By namespace and name.
  const SpreadDefaults* spread_defaults = nullptr;  // Null: no pod belongs to anything.
};

// Fills in what follows from the rest of `shape` (columns and terms of its spreading
// and affinity rules) and files it. REQUIRES: no shape with its key is filed.
rt::Ref<const PodShape> FileShape(Cluster& cluster, rt::Ref<PodShape> shape);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_CLUSTER_H_

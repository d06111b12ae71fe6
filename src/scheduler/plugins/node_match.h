// Whether a node is one that a pod's nodeSelector and required node affinity choose:
// NodeAffinity filters by it, PodTopologySpread counts by it.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGINS_NODE_MATCH_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGINS_NODE_MATCH_H_

#include "src/scheduler/node_table.h"
#include "src/scheduler/pod_info.h"

namespace drydock::scheduler {

inline bool HasNodeAffinity(const PodShape& shape) {
  return !shape.node_selector.empty() || shape.required_node_affinity.has_value();
}

inline bool MatchesNodeAffinity(const Symbols& symbols, const NodeTable& nodes,
                                const PodShape& shape, NodeIndex node) {
  const NodeLabels& labels = nodes.spec(node).labels;
  for (const auto& [key, value] : shape.node_selector) {
    if (FindLabel(labels, key) != value) return false;
  }
  return !shape.required_node_affinity.has_value() ||
         shape.required_node_affinity->Matches(symbols, labels, nodes.name_symbol(node));
}

// No NoSchedule or NoExecute taint that the pod does not tolerate.
inline bool ToleratesTaints(const NodeTable& nodes, const PodShape& shape, NodeIndex node) {
  for (const Taint& taint : nodes.spec(node).taints) {
    if (taint.effect != TaintEffect::kPreferNoSchedule && !shape.Tolerates(taint)) return false;
  }
  return true;
}

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGINS_NODE_MATCH_H_

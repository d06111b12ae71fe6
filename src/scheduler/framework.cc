// The defaults: one node after another.
#include "src/scheduler/framework.h"

#include <algorithm>

namespace drydock::scheduler {

void FilterPlugin::FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const {
  nodes->erase(
      std::remove_if(nodes->begin(), nodes->end(),
                     [&](NodeIndex node) { return Filter(pod, node, nullptr) != Verdict::kPass; }),
      nodes->end());
}

void ScorePlugin::ScoreAll(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                           int64_t* scores) const {
  for (size_t i = 0; i < nodes.size(); ++i) scores[i] = Score(pod, nodes[i]);
}

}  // namespace drydock::scheduler

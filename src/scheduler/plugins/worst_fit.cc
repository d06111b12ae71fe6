// Worst fit: prefers the node that would have most left of the resource that it would
// have least of, so that large gaps stay large. Scores are percents of what the node has.
// A pod that asks for nothing likes all nodes alike.
#include <algorithm>

#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/requested_resources.h"

namespace drydock::scheduler {
namespace {

class WorstFit final : public ScorePlugin {
 public:
  explicit WorstFit(const Cluster& cluster) : nodes_(cluster.nodes) {}

  Scope score_scope() const override { return Scope::kNode; }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    int64_t least = kMaxNodeScore;
    ForEachRequested(nodes_, *pod.shape, node, [&least](const ResourceAccount& account) {
      const auto left = static_cast<double>(std::max<int64_t>(0, account.free - account.asked));
      const double part = left / static_cast<double>(account.allocatable);
      least = std::min(least, static_cast<int64_t>(part * static_cast<double>(kMaxNodeScore)));
    });
    return least;
  }

 private:
  const NodeTable& nodes_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewWorstFit(const PluginArgs&, const PluginContext& context) {
  return MakePlugin("WorstFit", std::make_shared<WorstFit>(context.cluster));
}

}  // namespace drydock::scheduler

// Alignment, as in "Multi-resource Packing for Cluster Schedulers" (Tetris, SIGCOMM 2014):
// prefers the node whose free resources point where the pod's demand points, by their dot
// product with both in parts of what the node has. Demand is scaled to sum up to one, so
// that scores are percents: the mean of what is free, weighted by what is asked for.
#include <algorithm>

#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/requested_resources.h"

namespace drydock::scheduler {
namespace {

class Tetris final : public ScorePlugin {
 public:
  explicit Tetris(const Cluster& cluster) : nodes_(cluster.nodes) {}

  Scope score_scope() const override { return Scope::kNode; }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    double product = 0;
    double demand = 0;
    ForEachRequested(nodes_, *pod.shape, node, [&](const ResourceAccount& account) {
      const auto allocatable = static_cast<double>(account.allocatable);
      const double asked = static_cast<double>(account.asked) / allocatable;
      const auto free = static_cast<double>(std::max<int64_t>(0, account.free));
      product += asked * (free / allocatable);
      demand += asked;
    });
    if (demand == 0) return 0;  // It asks for nothing: all nodes are alike.
    return static_cast<int64_t>(product / demand * static_cast<double>(kMaxNodeScore));
  }

 private:
  const NodeTable& nodes_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewTetris(const PluginArgs&, const PluginContext& context) {
  return MakePlugin("Tetris", std::make_shared<Tetris>(context.cluster));
}

}  // namespace drydock::scheduler

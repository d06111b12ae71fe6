// Prefers nodes whose resources would be used evenly: 100 less the standard deviation
// of the used fractions. Pods that request nothing do not count.
// NodeResourcesBalancedAllocationArgs.
#include <algorithm>
#include <cmath>

#include "absl/container/inlined_vector.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/resource_scoring.h"

namespace drydock::scheduler {
namespace {

class NodeResourcesBalancedAllocation final : public ScorePlugin {
 public:
  NodeResourcesBalancedAllocation(const BalancedAllocationArgs& args, Cluster& cluster)
      : nodes_(cluster.nodes), resources_(Resolve(args.resources, cluster)) {}

  Scope score_scope() const override { return Scope::kNode; }
  ScoreUse Use(const PodInfo& pod) override {
    return RequestsNothing(*pod.shape) ? ScoreUse::Skip() : ScoreUse::Run();
  }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    const PodShape& shape = *pod.shape;
    if (RequestsNothing(shape)) return 0;
    absl::InlinedVector<double, 8> fractions;
    double total = 0;
    for (const ScoredResource& resource : resources_) {
      const Usage usage = UsageWith(nodes_, shape, node, resource, /*nonzero=*/false);
      if (usage.allocatable == 0) continue;
      const double fraction = std::min(
          1.0, static_cast<double>(usage.requested) / static_cast<double>(usage.allocatable));
      total += fraction;
      fractions.push_back(fraction);
    }
    double deviation = 0;
    if (fractions.size() == 2) {
      deviation = std::abs((fractions[0] - fractions[1]) / 2);
    } else if (fractions.size() > 2) {
      const auto count = static_cast<double>(fractions.size());
      const double mean = total / count;
      double sum = 0;
      for (const double fraction : fractions) sum += (fraction - mean) * (fraction - mean);
      deviation = std::sqrt(sum / count);
    }
    return static_cast<int64_t>((1 - deviation) * static_cast<double>(kMaxNodeScore));
  }

 private:
  bool RequestsNothing(const PodShape& shape) const {
    return std::all_of(resources_.begin(), resources_.end(), [&](const ScoredResource& resource) {
      switch (resource.kind) {
        case ScoredResource::Kind::kCpu:
          return shape.requests.cpu_millis == 0;
        case ScoredResource::Kind::kMemory:
          return shape.requests.memory == 0;
        case ScoredResource::Kind::kEphemeralStorage:
          return shape.requests.ephemeral_storage == 0;
        case ScoredResource::Kind::kExtended:
          return shape.requests.Extended(resource.id) == 0;
      }
      return true;
    });
  }

  const NodeTable& nodes_;
  const std::vector<ScoredResource> resources_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewNodeResourcesBalancedAllocation(const PluginArgs& args,
                                                                  const PluginContext& context) {
  return MakePlugin(
      "NodeResourcesBalancedAllocation",
      std::make_shared<NodeResourcesBalancedAllocation>(args.balanced_allocation, context.cluster));
}

}  // namespace drydock::scheduler

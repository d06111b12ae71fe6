// Rejects nodes that cannot offer what the pod requests, and scores the rest by how
// the configured strategy likes the utilisation that placing it would give.
// NodeResourcesFitArgs.
#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/resource_scoring.h"

namespace drydock::scheduler {
namespace {

// Scores in the configuration go to 10, those of nodes to 100.
constexpr int64_t kShapeScale = 10;

class NodeResourcesFit final : public FilterPlugin, public ScorePlugin {
 public:
  NodeResourcesFit(const NodeResourcesFitArgs& args, Cluster& cluster)
      : nodes_(cluster.nodes),
        names_(cluster.resource_names),
        args_(args),
        resources_(Resolve(args.resources, cluster)) {}

  Scope filter_scope() const override { return Scope::kNode; }

  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    const Resources& wanted = pod.shape->requests;
    bool unschedulable = false;
    bool unresolvable = false;
    const auto lacking = [&](int64_t request, int64_t used, int64_t allocatable,
                             absl::string_view text) {
      if (request <= 0 || request <= allocatable - used) return;
      unschedulable = true;
      if (request > allocatable) unresolvable = true;
      if (reasons != nullptr) reasons->Add(text);
    };
    if (static_cast<int64_t>(nodes_.pods(node).size()) + 1 > nodes_.allowed_pods()[node]) {
      unschedulable = true;
      if (reasons != nullptr) reasons->Add("Too many pods");
    }
    lacking(wanted.cpu_millis, nodes_.requested_cpu()[node], nodes_.allocatable_cpu()[node],
            "Insufficient cpu");
    lacking(wanted.memory, nodes_.requested_memory()[node], nodes_.allocatable_memory()[node],
            "Insufficient memory");
    lacking(wanted.ephemeral_storage, nodes_.requested_storage()[node],
            nodes_.allocatable_storage()[node], "Insufficient ephemeral-storage");
    for (const auto& [id, amount] : wanted.extended) {
      if (Ignored(id)) continue;
      lacking(amount, nodes_.requested_extended(node, id), nodes_.allocatable_extended(node, id),
              names_.InsufficientText(id));
    }
    if (unresolvable) return Verdict::kUnresolvable;
    return unschedulable ? Verdict::kUnschedulable : Verdict::kPass;
  }

  void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const override {
    const Resources& wanted = pod.shape->requests;
    // A request of zero fits wherever it goes, even where more is in use than there is.
    const int64_t* cpu = nodes_.allocatable_cpu();
    const int64_t* cpu_used = nodes_.requested_cpu();
    const int64_t* memory = nodes_.allocatable_memory();
    const int64_t* memory_used = nodes_.requested_memory();
    const bool others = wanted.ephemeral_storage > 0 || !wanted.extended.empty();
    size_t kept = 0;
    for (const NodeIndex node : *nodes) {
      const bool fits =
          static_cast<int64_t>(nodes_.pods(node).size()) < nodes_.allowed_pods()[node] &&
          (wanted.cpu_millis == 0 || wanted.cpu_millis <= cpu[node] - cpu_used[node]) &&
          (wanted.memory == 0 || wanted.memory <= memory[node] - memory_used[node]) &&
          (!others || Filter(pod, node, nullptr) == Verdict::kPass);
      (*nodes)[kept] = node;
      kept += fits ? 1 : 0;
    }
    nodes->resize(kept);
  }

  uint32_t events() const override {
    return kPodDeleted | kPodUpdated | kPodScheduled | kNodeAdd | kNodeAllocatableUpdate;
  }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    if (event.pod != nullptr) {
      // Something the pod wants must have been freed, or a place.
      const Resources& freed = event.pod->shape->requests;
      const Resources& wanted = pod.shape->requests;
      if ((event.kinds & kPodDeleted) != 0) return true;
      if (freed.cpu_millis > 0 && wanted.cpu_millis > 0) return true;
      if (freed.memory > 0 && wanted.memory > 0) return true;
      return !freed.extended.empty() && !wanted.extended.empty();
    }
    if (event.node == kNoNode) return true;
    // Only what the node could offer when empty: pods on it may still leave.
    const Resources& wanted = pod.shape->requests;
    return wanted.cpu_millis <= nodes_.allocatable_cpu()[event.node] &&
           wanted.memory <= nodes_.allocatable_memory()[event.node] &&
           wanted.ephemeral_storage <= nodes_.allocatable_storage()[event.node] &&
           std::all_of(wanted.extended.begin(), wanted.extended.end(), [&](const auto& entry) {
             return Ignored(entry.first) ||
                    entry.second <= nodes_.allocatable_extended(event.node, entry.first);
           });
  }

  Scope score_scope() const override { return Scope::kNode; }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    int64_t sum = 0;
    int64_t weights = 0;
    for (const ScoredResource& resource : resources_) {
      const Usage usage = UsageWith(nodes_, *pod.shape, node, resource, /*nonzero=*/true);
      if (usage.allocatable == 0) continue;
      const int64_t score = ScoreOf(usage);
      if (args_.strategy == ScoringStrategy::kRequestedToCapacityRatio && score <= 0) continue;
      sum += score * resource.weight;
      weights += resource.weight;
    }
    if (weights == 0) return 0;
    if (args_.strategy == ScoringStrategy::kRequestedToCapacityRatio) {
      return static_cast<int64_t>(
          std::round(static_cast<double>(sum) / static_cast<double>(weights)));
    }
    return sum / weights;
  }

 private:
  int64_t ScoreOf(const Usage& usage) const {
    switch (args_.strategy) {
      case ScoringStrategy::kLeastAllocated:
        if (usage.requested > usage.allocatable) return 0;
        return Percent(usage.allocatable - usage.requested, usage.allocatable);
      case ScoringStrategy::kMostAllocated:
        return Percent(std::min(usage.requested, usage.allocatable), usage.allocatable);
      case ScoringStrategy::kRequestedToCapacityRatio:
        return OnShape(usage.requested > usage.allocatable
                           ? 100
                           : Percent(usage.requested, usage.allocatable));
    }
    return 0;
  }

  // Piecewise linear between the configured points, constant outside of them.
  int64_t OnShape(int64_t utilization) const {
    const std::vector<UtilizationPoint>& shape = args_.shape;
    for (size_t i = 0; i < shape.size(); ++i) {
      if (utilization > shape[i].utilization) continue;
      if (i == 0) return shape[0].score * kShapeScale;
      const UtilizationPoint& a = shape[i - 1];
      const UtilizationPoint& b = shape[i];
      return a.score * kShapeScale + (b.score - a.score) * kShapeScale *
                                         (utilization - a.utilization) /
                                         (b.utilization - a.utilization);
    }
    return shape.back().score * kShapeScale;
  }

  bool Ignored(ResourceId id) const {
    if (args_.ignored_resources.empty() && args_.ignored_resource_groups.empty()) return false;
    const std::string& name = names_.Name(id);
    if (!absl::StrContains(name, '/')) return false;  // Huge pages: not an extended resource.
    for (const std::string& ignored : args_.ignored_resources) {
      if (ignored == name) return true;
    }
    for (const std::string& group : args_.ignored_resource_groups) {
      if (absl::StartsWith(name, absl::StrCat(group, "/"))) return true;
    }
    return false;
  }

  const NodeTable& nodes_;
  const ResourceNames& names_;
  const NodeResourcesFitArgs args_;
  const std::vector<ScoredResource> resources_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewNodeResourcesFit(const PluginArgs& args,
                                                   const PluginContext& context) {
  if (args.node_resources_fit.strategy == ScoringStrategy::kRequestedToCapacityRatio &&
      args.node_resources_fit.shape.empty()) {
    return absl::InvalidArgumentError("requestedToCapacityRatio.shape: at least one point");
  }
  return MakePlugin("NodeResourcesFit",
                    std::make_shared<NodeResourcesFit>(args.node_resources_fit, context.cluster));
}

}  // namespace drydock::scheduler

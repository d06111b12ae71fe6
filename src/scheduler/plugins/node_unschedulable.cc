// Rejects cordoned nodes (spec.unschedulable), unless the pod tolerates the taint
// that stands for it.
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class NodeUnschedulable final : public FilterPlugin {
 public:
  explicit NodeUnschedulable(const Cluster& cluster) : nodes_(cluster.nodes) {}

  Scope filter_scope() const override { return Scope::kNode; }
  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    if (!nodes_.spec(node).unschedulable || pod.shape->Tolerates(taint_)) return Verdict::kPass;
    if (reasons != nullptr) reasons->Add("node(s) were unschedulable");
    return Verdict::kUnresolvable;
  }
  void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const override {
    if (nodes_.unschedulable_nodes() > 0) FilterPlugin::FilterAll(pod, nodes);
  }
  uint32_t events() const override { return kNodeAdd | kNodeTaintUpdate | kPodScheduled; }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    return event.node == kNoNode || Filter(pod, event.node, nullptr) == Verdict::kPass;
  }

 private:
  const NodeTable& nodes_;
  const Taint taint_{"node.kubernetes.io/unschedulable", "", TaintEffect::kNoSchedule};
};

}  // namespace

absl::StatusOr<PluginInstance> NewNodeUnschedulable(const PluginArgs&,
                                                    const PluginContext& context) {
  return MakePlugin("NodeUnschedulable", std::make_shared<NodeUnschedulable>(context.cluster));
}

}  // namespace drydock::scheduler

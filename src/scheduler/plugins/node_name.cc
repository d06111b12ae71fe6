// A pod that names its node goes there or nowhere.
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class NodeName final : public FilterPlugin {
 public:
  explicit NodeName(const Cluster& cluster) : nodes_(cluster.nodes) {}

  Scope filter_scope() const override { return Scope::kNode; }
  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    const Symbol wanted = pod.shape->node_name;
    if (wanted == kNoSymbol || wanted == nodes_.name_symbol(node)) return Verdict::kPass;
    if (reasons != nullptr) reasons->Add("node(s) didn't match the requested node name");
    return Verdict::kUnresolvable;
  }
  void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const override {
    if (pod.shape->node_name != kNoSymbol) FilterPlugin::FilterAll(pod, nodes);
  }
  uint32_t events() const override { return kNodeAdd; }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    return Filter(pod, event.node, nullptr) == Verdict::kPass;
  }

 private:
  const NodeTable& nodes_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewNodeName(const PluginArgs&, const PluginContext& context) {
  return MakePlugin("NodeName", std::make_shared<NodeName>(context.cluster));
}

}  // namespace drydock::scheduler

// Rejects nodes on which a host port that the pod asks for is taken.
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class NodePorts final : public FilterPlugin {
 public:
  explicit NodePorts(const Cluster& cluster) : nodes_(cluster.nodes) {}

  Scope filter_scope() const override { return Scope::kNode; }
  PreFilterResult PreFilter(const PodInfo& pod) override {
    return pod.shape->ports.empty() ? PreFilterResult::Skip() : PreFilterResult::Run();
  }
  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    for (const HostPort& wanted : pod.shape->ports) {
      for (const HostPort& taken : nodes_.ports(node)) {
        if (!wanted.ConflictsWith(taken)) continue;
        if (reasons != nullptr) {
          reasons->Add("node(s) didn't have free ports for the requested pod ports");
        }
        return Verdict::kUnschedulable;
      }
    }
    return Verdict::kPass;
  }
  void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const override {
    if (!pod.shape->ports.empty()) FilterPlugin::FilterAll(pod, nodes);
  }
  uint32_t events() const override { return kNodeAdd | kPodDeleted; }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    if (event.pod == nullptr) return true;
    for (const HostPort& wanted : pod.shape->ports) {
      for (const HostPort& freed : event.pod->shape->ports) {
        if (wanted.ConflictsWith(freed)) return true;
      }
    }
    return false;
  }

 private:
  const NodeTable& nodes_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewNodePorts(const PluginArgs&, const PluginContext& context) {
  return MakePlugin("NodePorts", std::make_shared<NodePorts>(context.cluster));
}

}  // namespace drydock::scheduler

// Rejects nodes with a NoSchedule or NoExecute taint that the pod does not tolerate,
// and prefers those with few PreferNoSchedule taints that it does not.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/default_normalize.h"

namespace drydock::scheduler {
namespace {

class TaintToleration final : public FilterPlugin, public ScorePlugin {
 public:
  explicit TaintToleration(const Cluster& cluster) : nodes_(cluster.nodes) {}

  Scope filter_scope() const override { return Scope::kNode; }
  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    for (const Taint& taint : nodes_.spec(node).taints) {
      if (taint.effect == TaintEffect::kPreferNoSchedule || pod.shape->Tolerates(taint)) continue;
      if (reasons != nullptr) {
        reasons->Add(
            absl::StrCat("node(s) had untolerated taint {", taint.key, ": ", taint.value, "}"));
      }
      return Verdict::kUnresolvable;
    }
    return Verdict::kPass;
  }
  void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const override {
    if (nodes_.tainted_nodes(TaintEffect::kNoSchedule) == 0 &&
        nodes_.tainted_nodes(TaintEffect::kNoExecute) == 0) {
      return;
    }
    FilterPlugin::FilterAll(pod, nodes);
  }
  uint32_t events() const override { return kNodeAdd | kNodeTaintUpdate | kPodScheduled; }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    return event.node == kNoNode || Filter(pod, event.node, nullptr) == Verdict::kPass;
  }

  Scope score_scope() const override { return Scope::kCluster; }
  ScoreUse Use(const PodInfo& pod) override {
    return nodes_.tainted_nodes(TaintEffect::kPreferNoSchedule) == 0
               ? ScoreUse::Uniform(kMaxNodeScore)
               : ScoreUse::Run();
  }
  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    const std::vector<Taint>& taints = nodes_.spec(node).taints;
    return std::count_if(taints.begin(), taints.end(), [&pod](const Taint& taint) {
      return taint.effect == TaintEffect::kPreferNoSchedule && !pod.shape->Tolerates(taint);
    });
  }
  void Normalize(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                 int64_t* scores) const override {
    DefaultNormalize(/*reverse=*/true, scores, nodes.size());
  }

 private:
  const NodeTable& nodes_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewTaintToleration(const PluginArgs&, const PluginContext& context) {
  return MakePlugin("TaintToleration", std::make_shared<TaintToleration>(context.cluster));
}

}  // namespace drydock::scheduler

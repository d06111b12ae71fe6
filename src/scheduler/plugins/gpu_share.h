// Places pods that share GPUs, by one of the shared-GPU policies: a filter over a
// node's devices, a score that counts alone, and the choice of the devices.
//
// Nodes offer the extended resource alibabacloud.com/gpu-count; pods ask for it and
// for alibabacloud.com/gpu-milli, thousandths of each of those GPUs. Leave both out of
// NodeResourcesFit (ignoredResourceGroups), which would add them up over the pods of
// a node. Which GPU models a pod accepts is its node affinity, as for any label.
//
// Devices are the plugin's own account: a scheduler that starts anew deals them out
// again in the order in which it hears of the pods.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGINS_GPU_SHARE_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGINS_GPU_SHARE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/rt/random.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/framework.h"
#include "src/scheduler/gpushare/policy.h"
#include "src/scheduler/profile.h"

namespace drydock::scheduler {

inline constexpr char kGpuCountResource[] = "alibabacloud.com/gpu-count";
inline constexpr char kGpuMilliResource[] = "alibabacloud.com/gpu-milli";
inline constexpr char kGpuResourceGroup[] = "alibabacloud.com";
inline constexpr char kGpuModelLabel[] = "alibabacloud.com/gpu-card-model";

struct GpuShareOptions {
  gpushare::Policy policy = gpushare::Policy::kBestFit;
  // What fragmentation is measured against; models are bits of `models`.
  gpushare::TypicalPods typical;
  std::vector<std::string> models;
  // Among nodes of the same score the lowest rank wins; ranks by node name. Empty, or
  // under kRandom: a seeded draw.
  std::vector<std::pair<std::string, uint32_t>> ranks;
};

class GpuShare final : public FilterPlugin,
                       public ScorePlugin,
                       public TieBreak,
                       public NodeListener {
 public:
  GpuShare(GpuShareOptions options, const PluginContext& context);

  Scope filter_scope() const override { return Scope::kNode; }
  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override;

  Scope score_scope() const override { return Scope::kNode; }
  bool exclusive() const override { return true; }
  int64_t Score(const PodInfo& pod, NodeIndex node) const override;

  NodeIndex Choose(const std::vector<NodeIndex>& best) override;

  void OnNodeChanged(NodeIndex node) override;
  void OnNodeRemoved(NodeIndex node) override;
  void OnPodAdded(const PodInfo& pod, NodeIndex node) override;
  void OnPodRemoved(const PodInfo& pod, NodeIndex node) override;

  // Over all nodes, in milli-GPU and in the order of their indices.
  double Fragmented() const;
  // The same and what a typical pod could use.
  double Idle() const;
  int64_t used_milli() const { return used_milli_; }

 private:
  struct Node {
    bool present = false;
    gpushare::GpuNode devices;
    double fragmented = 0;
    double satisfied = 0;
    uint32_t rank = 0;
  };

  gpushare::GpuRequest RequestOf(const PodInfo& pod) const;
  void Measure(Node& node) const;
  int64_t CpuLeft(NodeIndex node) const;

  const GpuShareOptions options_;
  const NodeTable& table_;
  const Symbols& symbols_;
  const ResourceId count_resource_;
  const ResourceId milli_resource_;
  const Symbol model_label_;
  rt::Random random_;
  absl::flat_hash_map<std::string, uint32_t> ranks_;                // Looked up only.
  absl::flat_hash_map<std::string, gpushare::DeviceSet> assigned_;  // By pod uid; looked up only.
  std::vector<Node> nodes_;
  int64_t used_milli_ = 0;
};

PluginFactory NewGpuShare(GpuShareOptions options);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGINS_GPU_SHARE_H_

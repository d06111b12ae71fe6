// Speaks for the node: registers it, reports its status when it changes and every five
// minutes, and renews its lease, which says every ten seconds that it lives.
#ifndef DRYDOCK_SRC_KUBELET_NODE_AGENT_H_
#define DRYDOCK_SRC_KUBELET_NODE_AGENT_H_

#include "src/api/coordination_v1.h"
#include "src/client/client.h"
#include "src/kubelet/config.h"
#include "src/kubelet/images.h"
#include "src/kubelet/node_status.h"
#include "src/kubelet/pod_manager.h"
#include "src/rt/env.h"
#include "src/rt/random.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::kubelet {

class NodeAgent final : public NodeView {
 public:
  // Everything outlives the agent.
  NodeAgent(rt::Env& env, client::Client& client, const KubeletConfig& config);

  // Where the list of images comes from; before the tasks run.
  void SetImages(const Images* images) { images_ = images; }

  // Registers the node, however long it takes, then reports its status until destroyed.
  rt::Task<> RunStatus();
  rt::Task<> RunLease();  // Until destroyed.

  bool registered() const { return static_cast<bool>(node_); }

  // NodeView.
  const Resources& allocatable() const override { return allocatable_; }
  api::Ref<api::Node> node() const override { return node_; }
  rt::Task<api::Ref<api::Node>> RefreshNode() override;
  void SetRuntimeHealth(bool healthy) override;
  void ImagesChanged() override { MarkChanged(); }

 private:
  rt::Task<absl::Status> Register();
  rt::Task<absl::Status> ReportStatus();
  rt::Task<absl::Status> RenewLease();
  void MarkChanged();

  rt::Executor& executor_;
  client::Client& client_;
  const KubeletConfig& config_;
  const Resources allocatable_;
  rt::Random random_;
  const Images* images_ = nullptr;
  api::Ref<api::Node> node_;  // The newest version known; null until registered.
  api::Ref<api::Lease> lease_;
  bool runtime_healthy_ = false;
  bool changed_ = true;
  bool created_ = false;  // This process has created the node, with its status.
  rt::Signal changed_signal_;
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_NODE_AGENT_H_

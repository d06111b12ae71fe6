// The agent of one node: registers it, reports its health, runs the pods that are bound
// to it, and reports what became of them.
//
//   Kubelet kubelet(env, client, runtime, config);
//   tasks.Spawn(kubelet.Run());
//
// All its state is a cache: after a crash it learns from the runtime what runs and from
// the API server what should run. It stops no healthy container and starts none twice.
//
// Long-lived coroutines per node: status, lease, pod watch, status writer, timers,
// runtime events, event sender. A pod that idles has none.
#ifndef DRYDOCK_SRC_KUBELET_KUBELET_H_
#define DRYDOCK_SRC_KUBELET_KUBELET_H_

#include <memory>

#include "src/client/client.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/kubelet/config.h"
#include "src/kubelet/node_agent.h"
#include "src/kubelet/pod_manager.h"
#include "src/kubelet/prober.h"
#include "src/rt/container_runtime.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::kubelet {

class Kubelet {
 public:
  // All references outlive the kubelet. `prober` may be null: then every probe succeeds.
  Kubelet(rt::Env& env, client::Client& client, rt::ContainerRuntime& runtime, KubeletConfig config,
          Prober* prober = nullptr);
  Kubelet(const Kubelet&) = delete;
  Kubelet& operator=(const Kubelet&) = delete;

  rt::Task<> Run();  // Until destroyed.

  const KubeletConfig& config() const { return config_; }
  const PodManager& pods() const { return pods_; }
  bool registered() const { return node_.registered(); }

 private:
  const KubeletConfig config_;
  std::unique_ptr<client::EventRecorder> recorder_;  // Null when events are off.
  NodeAgent node_;
  PodManager pods_;
  client::InformerCore informer_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_KUBELET_H_

// Evicts pods from nodes with NoExecute taints, when their tolerations run out, and
// takes that back when the taints go in time.
//
// Work is done for each change of a node's NoExecute taints (over the node's pods) and
// of a pod's node or tolerations; other events cost a comparison. Semantics of
// Kubernetes' taint-eviction-controller.
#ifndef DRYDOCK_SRC_CONTROLLERS_TAINT_EVICTION_TAINT_EVICTION_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_TAINT_EVICTION_TAINT_EVICTION_CONTROLLER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/rt/env.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct TaintEvictionMetrics {
  uint64_t scheduled = 0;  // Evictions that were planned, at once ones included.
  uint64_t cancelled = 0;  // Planned and taken back.
  uint64_t evicted = 0;    // Pods deleted.
};

class TaintEvictionController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  TaintEvictionController(rt::Env& env, client::Client& client, client::InformerFactory& informers);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  // Deletes the pod, whose time has come.
  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const TaintEvictionMetrics& metrics() const { return metrics_; }
  const client::Controller& controller() const { return controller_; }

 private:
  struct Eviction {
    rt::Instant since;  // When the pod came under the taints.
    rt::Instant due;
    std::string uid;
  };

  void NodeChanged(const api::Ref<api::Node>& node);
  void NodeGone(const std::string& name);
  void PodChanged(const api::Ref<api::Pod>& pod);
  void Process(const api::Ref<api::Pod>& pod, const std::vector<api::Taint>& taints);
  void Schedule(const client::ObjectKey& key, Eviction eviction);
  void Cancel(const client::ObjectKey& key);
  void CancelWithEvent(const api::Ref<api::Pod>& pod);
  rt::Task<> RunTimers();

  rt::Env& env_;
  client::Client& client_;
  client::Informer<api::Node> nodes_;
  client::Informer<api::Pod> pods_;
  client::EventRecorder recorder_;
  client::Controller controller_;
  // The NoExecute taints of the nodes that have some. Looked up, never iterated.
  absl::flat_hash_map<std::string, std::vector<api::Taint>> taints_;
  absl::flat_hash_map<client::ObjectKey, Eviction> evictions_;      // Looked up, never iterated.
  absl::btree_set<std::pair<rt::Instant, client::ObjectKey>> due_;  // Of those not yet due.
  rt::Signal replanned_;
  TaintEvictionMetrics metrics_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_TAINT_EVICTION_TAINT_EVICTION_CONTROLLER_H_

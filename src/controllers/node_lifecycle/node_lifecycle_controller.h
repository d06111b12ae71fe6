// Watches over nodes: a node whose lease and status stand still is marked unknown, its
// pods not ready; nodes that are not ready get taints, at a rate that depends on how
// much of their zone is out of order. The taint eviction controller does the rest.
//
// Events cost O(1); every monitor period costs one look at each node in memory, and
// requests only for nodes that have changed. Whether a node is silent is judged by
// when its heartbeats arrived here, never by the times they carry. Semantics of
// Kubernetes' node lifecycle controller.
#ifndef DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_NODE_LIFECYCLE_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_NODE_LIFECYCLE_CONTROLLER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/coordination_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/controllers/node_lifecycle/node_conditions.h"
#include "src/controllers/node_lifecycle/zone_disruption.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

// The flags of kube-controller-manager.
struct NodeLifecycleOptions {
  absl::Duration monitor_period = absl::Seconds(5);
  absl::Duration monitor_grace_period = absl::Seconds(50);
  absl::Duration startup_grace_period = absl::Seconds(60);
  double eviction_rate = 0.1;             // Nodes a second and zone.
  double secondary_eviction_rate = 0.01;  // In a large zone that is partly disrupted.
  int large_zone = 50;                    // Zones with more nodes are large.
  double unhealthy_zone_threshold = 0.55;
};

struct NodeLifecycleMetrics {
  uint64_t marked_unknown = 0;  // Nodes.
  uint64_t pods_not_ready = 0;  // Pods marked on silent nodes.
  uint64_t no_execute_taints = 0;
  uint64_t failures = 0;  // Writes that failed after their retries.
};

class NodeLifecycleController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  NodeLifecycleController(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                          NodeLifecycleOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  // Brings a node's NoSchedule taints in line with its conditions.
  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const NodeLifecycleMetrics& metrics() const { return metrics_; }
  ZoneState zone_state(const std::string& zone_key) const;

 private:
  struct NodeHealth {
    api::Ref<api::Node> node;
    std::string zone;
    Readiness readiness = Readiness::kNone;
    bool excluded = false;                      // node.kubernetes.io/exclude-disruption
    bool no_execute = false;                    // Carries one of our NoExecute taints.
    bool monitored = false;                     // Seen by a monitor pass.
    bool heartbeat = false;                     // Since the last monitor pass.
    bool retry_pods = false;                    // Some of its pods could not be marked.
    rt::Instant probed = absl::ZeroDuration();  // The pass that saw the last heartbeat.
  };
  struct Zone {
    explicit Zone(double rate) : tainting(rate) {}
    ZoneState state = ZoneState::kInitial;
    ZoneCounts counts;  // Of this monitor pass.
    EvictionQueue tainting;
  };
  // A node for which a monitor pass has something to ask of the server.
  struct Work {
    std::string node;
    bool mark_unknown = false;
    bool mark_pods = false;
    bool untaint = false;
    bool swap = false;  // Unreachable for not-ready or the other way round.
  };

  void NodeChanged(const api::Ref<api::Node>& before, const api::Ref<api::Node>& node);
  void NodeGone(const api::Ref<api::Node>& node);
  void LeaseRenewed(const std::string& node);
  Zone& ZoneOf(const NodeHealth& health);

  rt::Task<> Monitor();
  rt::Task<> MonitorOnce();
  // Looks at a node; whether there is something to do.
  bool Examine(const std::string& name, NodeHealth& health, rt::Instant now, Work* work);
  rt::Task<> DoWork(std::vector<Work>& work, size_t& next);
  rt::Task<> DoOne(Work work);
  rt::Task<absl::Status> MarkNodeUnknown(std::string name);
  rt::Task<absl::Status> MarkPodsNotReady(std::string node);
  rt::Task<> HandleDisruption();
  void SetRate(Zone& zone, ZoneState state);

  rt::Task<> Taint();
  rt::Task<> TaintOne(std::string zone, std::string node);

  rt::Env& env_;
  client::Client& client_;
  const NodeLifecycleOptions options_;
  client::Informer<api::Node> nodes_;
  client::Informer<api::Lease> leases_;
  client::Informer<api::Pod> pods_;
  client::EventRecorder recorder_;
  client::Controller controller_;
  std::map<std::string, NodeHealth> health_;
  absl::flat_hash_map<std::string, NodeHealth*> by_name_;  // Into health_; never iterated.
  std::map<std::string, Zone> zones_;
  NodeLifecycleMetrics metrics_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_NODE_LIFECYCLE_CONTROLLER_H_

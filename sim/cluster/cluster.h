// A Kubernetes cluster in a simulated world: a master that runs the API server, the
// scheduler and, unless the scenario wants none, the controllers, and nodes that run
// kubelets over simulated runtimes.
//
// All of it is the code of src/, started as processes that can crash on their own.
// The store outlives its API server, as a disk would.
#ifndef DRYDOCK_SIM_CLUSTER_CLUSTER_H_
#define DRYDOCK_SIM_CLUSTER_CLUSTER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/machine/world.h"
#include "sim/runtime/container_runtime.h"
#include "sim/runtime/runtime_model.h"
#include "sim/scenario/scenario.h"
#include "src/apiserver/object_codec.h"
#include "src/apiserver/options.h"
#include "src/kubelet/config.h"
#include "src/scheduler/scheduler.h"
#include "src/store/memory_store.h"

namespace drydock::sim {

inline constexpr char kApiServerAddress[] = "master-0/apiserver";
inline constexpr char kUserMachine[] = "user";

class Cluster {
 public:
  using RequestObserver = std::function<void(const apiserver::RequestRecord&)>;

  // Adds the machines to `world` and starts their processes; nothing runs before the
  // world does. `world` and `scenario` outlive the cluster. `observer` hears of every
  // request that the API server has answered.
  static absl::StatusOr<std::unique_ptr<Cluster>> Create(World& world, const Scenario& scenario,
                                                         RequestObserver observer);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  store::MemoryStore& store() { return *store_; }
  // Summed over the scheduler's incarnations.
  scheduler::SchedulerMetrics SchedulerTotals() const;
  uint32_t node_count() const { return static_cast<uint32_t>(nodes_.size()); }

 private:
  struct Node {
    kubelet::KubeletConfig config;
    std::unique_ptr<SimContainerRuntime> runtime;
  };

  Cluster(World& world, const Scenario& scenario, RequestObserver observer);
  absl::Status AddMaster();
  absl::Status AddNodes();
  absl::Status AddNode(const NodePool& pool, int index, const std::string& zone);
  void StartKubelet(Process& process, Node& node);

  World& world_;
  const Scenario& scenario_;
  const RequestObserver observer_;
  apiserver::ObjectCodec codec_;
  RuntimeModel runtime_model_;
  std::unique_ptr<store::MemoryStore> store_;
  std::vector<std::unique_ptr<Node>> nodes_;
  scheduler::SchedulerConfig scheduler_config_;
  scheduler::Scheduler* scheduler_ = nullptr;  // Of the present incarnation.
  rt::TaskGroup tasks_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_CLUSTER_CLUSTER_H_

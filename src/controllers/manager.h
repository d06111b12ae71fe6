// The controller manager: all controllers of a cluster in one process, on one set of
// informers.
#ifndef DRYDOCK_SRC_CONTROLLERS_MANAGER_H_
#define DRYDOCK_SRC_CONTROLLERS_MANAGER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "src/client/client.h"
#include "src/controllers/daemon_set/daemon_set_controller.h"
#include "src/controllers/deployment/deployment_controller.h"
#include "src/controllers/endpoint_slice/endpoint_slice_controller.h"
#include "src/controllers/garbage_collector/garbage_collector.h"
#include "src/controllers/job/job_controller.h"
#include "src/controllers/node_lifecycle/node_lifecycle_controller.h"
#include "src/controllers/pod_gc/pod_gc_controller.h"
#include "src/controllers/replica_set/replica_set_controller.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct ControllerManagerOptions {
  // "*": all of them; "NAME": this one too; "-NAME": all but this one
  // (kube-controller-manager's --controllers).
  std::vector<std::string> controllers = {"*"};

  // One of several managers acts at a time. `identity` is then unique per process and
  // per life of it.
  bool leader_election = false;
  std::string identity;

  ReplicaSetOptions replica_set;
  DeploymentOptions deployment;
  DaemonSetOptions daemon_set;
  JobOptions job;
  EndpointSliceOptions endpoint_slice;
  NodeLifecycleOptions node_lifecycle;
  PodGcOptions pod_gc;
  GarbageCollectorOptions garbage_collector;
};

// The names that `controllers` may have, in the order in which they are made.
std::vector<std::string> ControllerNames();

// An error for names that no controller has.
absl::Status Validate(const ControllerManagerOptions& options);

class ControllerManager {
 public:
  // `env` and `client` outlive the manager. REQUIRES: Validate(options) is OK.
  ControllerManager(rt::Env& env, client::Client& client, ControllerManagerOptions options);
  ControllerManager(const ControllerManager&) = delete;
  ControllerManager& operator=(const ControllerManager&) = delete;

  // Works until destroyed. What the controllers know lives as long as this process
  // leads: losing the lead destroys it, and the next lead begins from empty caches.
  rt::Task<> Run();

  // The controllers work: the process leads, and the caches are filled.
  bool working() const { return working_; }

 private:
  class Controllers;

  rt::Task<> Lead();

  rt::Env& env_;
  client::Client& client_;
  const ControllerManagerOptions options_;
  bool working_ = false;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_MANAGER_H_

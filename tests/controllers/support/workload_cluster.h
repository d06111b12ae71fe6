// A cluster for the tests of workload controllers: the API server, the controllers
// under test in a process of their own, and a stand-in for all kubelets, which binds
// pods, runs them as the test says, and lets them go.
#ifndef DRYDOCK_TESTS_CONTROLLERS_SUPPORT_WORKLOAD_CLUSTER_H_
#define DRYDOCK_TESTS_CONTROLLERS_SUPPORT_WORKLOAD_CLUSTER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "src/api/apps_v1.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "tests/support/test_cluster.h"

namespace drydock::controllers {

// What becomes of a pod once it has been bound.
enum class Fate { kReady, kSucceed, kFail, kStay };

struct FakeKubeletOptions {
  std::function<Fate(const api::Pod& pod)> fate = [](const api::Pod&) { return Fate::kReady; };
  absl::Duration start = absl::Milliseconds(500);  // From the pod's creation to its fate.
  absl::Duration stop = absl::Milliseconds(500);   // From its deletion to its end.
};

class WorkloadCluster {
 public:
  // Makes the components of the process under test and spawns their tasks.
  using Start = std::function<void(sim::Process& process, client::Client& client)>;

  explicit WorkloadCluster(Start start, FakeKubeletOptions kubelet = {});

  testing_support::TestCluster& cluster() { return cluster_; }
  // Kills the process under test and starts it again.
  void RestartControllers();
  void StopControllers() { process_->Kill(); }

  std::vector<api::Ref<api::Pod>> Pods() { return cluster_.List<api::Pod>("default"); }
  // Those that are neither finished nor on their way out.
  std::vector<api::Ref<api::Pod>> ActivePods();
  // "REASON: message" of the events about `name`, sorted.
  std::vector<std::string> Events(const std::string& name);

 private:
  testing_support::TestCluster cluster_;
  sim::Process* process_ = nullptr;
};

// Objects with the defaults that the tests rely on spelled out.
api::PodTemplateSpec MakeTemplate(const std::string& app, const std::string& image);
api::ReplicaSet MakeReplicaSet(const std::string& name, int replicas);
api::Deployment MakeDeployment(const std::string& name, int replicas);
api::DaemonSet MakeDaemonSet(const std::string& name);
api::Job MakeJob(const std::string& name, int parallelism, int completions);

}  // namespace drydock::controllers

#endif  // DRYDOCK_TESTS_CONTROLLERS_SUPPORT_WORKLOAD_CLUSTER_H_

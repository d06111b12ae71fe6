// One simulated node with a kubelet, an API server to talk to, and a witness of what
// really runs.
#ifndef DRYDOCK_TESTS_KUBELET_HARNESS_H_
#define DRYDOCK_TESTS_KUBELET_HARNESS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "sim/runtime/container_runtime.h"
#include "src/api/core/v1/pod.h"
#include "src/kubelet/config.h"
#include "tests/kubelet/fake_api_server.h"

namespace drydock::kubelet {

// Notes starts and ends, and what must never happen.
class Witness final : public sim::RuntimeObserver {
 public:
  struct End {
    sim::RunningContainer container;
    sim::ContainerEnd end;
    absl::Duration at;
  };

  explicit Witness(sim::World& world) : world_(world) {}
  void ContainerStarted(const std::string& machine,
                        const sim::RunningContainer& container) override;
  void ContainerEnded(const std::string& machine, const sim::RunningContainer& container,
                      const sim::ContainerEnd& end) override;

  // Of container `name` in pod `pod`, in virtual time.
  std::vector<absl::Duration> Starts(const std::string& pod, const std::string& name) const;
  const std::vector<End>& ends() const { return ends_; }
  // Violations of: at most one incarnation of a container at a time, at most one identity of a
  // name, no SIGKILL within the grace period. Empty when all is well.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  sim::World& world_;
  std::map<std::pair<std::string, std::string>, std::vector<absl::Duration>> starts_;
  std::map<std::string, sim::RunningContainer> running_;  // By container id.
  std::vector<End> ends_;
  std::vector<std::string> violations_;
};

// Latencies without chance: sandbox 300 ms, registry 200 ms, start 100 ms, stop 400 ms.
sim::RuntimeModel PlainModel();
KubeletConfig PlainConfig();

// A pod with one container, "main", of image "app", without resources.
api::Pod MakePod(const std::string& name, const std::string& restart_policy = "Always");
void Annotate(api::Pod* pod, const std::string& name, const std::string& value);

class Harness {
 public:
  explicit Harness(sim::RuntimeModel model = PlainModel(), KubeletConfig config = PlainConfig(),
                   uint64_t seed = 1);
  ~Harness();

  void RunFor(absl::Duration duration) { world.RunFor(duration); }
  // Runs one turn after another until `done`; false when it takes longer than `patience`.
  bool RunUntil(const std::function<bool()>& done, absl::Duration patience = absl::Minutes(10)) {
    return world.kernel().RunUntil(done, world.Now() + patience);
  }
  bool RunUntilPhase(const std::string& pod, const std::string& phase,
                     absl::Duration patience = absl::Minutes(10));

  // Status of the pod's first app container.
  const api::ContainerStatus& Main(const std::string& pod) const;
  // "True", "False" or "" when the condition is missing.
  std::string ConditionOf(const std::string& pod, const std::string& type) const;
  std::string ConditionReason(const std::string& pod, const std::string& type) const;

  sim::RuntimeModel model;
  KubeletConfig config;
  sim::World world;
  sim::Machine& master;
  sim::Machine& node;
  FakeApiServer server;
  std::unique_ptr<rt::Transport::Listener> listener;
  Witness witness;
  sim::SimContainerRuntime runtime;
  sim::Process* kubelet = nullptr;
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_TESTS_KUBELET_HARNESS_H_

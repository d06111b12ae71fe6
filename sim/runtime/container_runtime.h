// The container runtime of a simulated node, and the ground truth of what runs there.
//
// It belongs to the machine, not to the kubelet: it outlives the kubelet's process, and
// an operation whose caller has died ends as it would have. Power-off ends everything
// but the images; after power-on the runtime knows of containers that have exited.
//
// One coroutine per node serves it, and sleeps while nothing is due. A container that
// runs costs no timer unless its end is already known.
#ifndef DRYDOCK_SIM_RUNTIME_CONTAINER_RUNTIME_H_
#define DRYDOCK_SIM_RUNTIME_CONTAINER_RUNTIME_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "sim/runtime/agenda.h"
#include "sim/runtime/images.h"
#include "sim/runtime/link_share.h"
#include "sim/runtime/pod_ip_pool.h"
#include "sim/runtime/runtime_model.h"
#include "src/rt/container_runtime.h"
#include "src/rt/env.h"
#include "src/rt/random.h"
#include "src/rt/ref.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::sim {

class SimContainerRuntime final : public rt::ContainerRuntime {
 public:
  // `env` is the machine's (not the kubelet process's); it, `model` and `registry` outlive
  // the runtime. `pod_cidr` is valid (PodIpPool::Create). `registry` and `observer` may
  // be null.
  SimContainerRuntime(rt::Env& env, const RuntimeModel& model, absl::string_view pod_cidr,
                      ImageRegistry* registry, RuntimeObserver* observer);
  ~SimContainerRuntime() override;

  // rt::ContainerRuntime.
  rt::Task<absl::StatusOr<std::string>> RunPodSandbox(rt::SandboxConfig config) override;
  rt::Task<absl::Status> StopPodSandbox(std::string sandbox_id) override;
  rt::Task<absl::Status> RemovePodSandbox(std::string sandbox_id) override;
  rt::Task<absl::StatusOr<rt::SandboxState>> PodSandboxStatus(std::string sandbox_id) override;
  rt::Task<absl::StatusOr<std::vector<rt::SandboxState>>> ListPodSandboxes() override;
  rt::Task<absl::StatusOr<std::string>> PullImage(std::string image) override;
  rt::Task<absl::StatusOr<std::vector<rt::ImageState>>> ListImages() override;
  rt::Task<absl::Status> RemoveImage(std::string image) override;
  rt::Task<absl::StatusOr<std::string>> CreateContainer(std::string sandbox_id,
                                                        rt::ContainerConfig config) override;
  rt::Task<absl::Status> StartContainer(std::string container_id) override;
  rt::Task<absl::Status> StopContainer(std::string container_id, absl::Duration grace) override;
  rt::Task<absl::Status> RemoveContainer(std::string container_id) override;
  rt::Task<absl::StatusOr<rt::ContainerState>> ContainerStatus(std::string container_id) override;
  rt::Task<absl::StatusOr<std::vector<rt::ContainerState>>> ListContainers() override;
  rt::Task<absl::StatusOr<std::vector<rt::ContainerEvent>>> NextEvents() override;

  // For fault injectors.
  RuntimeFaults& faults() { return faults_; }
  // After a change of faults().pull_slowdown: pulls in progress take the new rate.
  void FaultsChanged();
  // Drops what has exited, as if the runtime's state had been cleaned.
  void ForgetHistory();
  // The container's process dies now. False when it does not run.
  bool Crash(const std::string& container_id, int32_t exit_code);
  void PowerOff();
  void PowerOn();

  // Ground truth, for invariants and reports: in the order of creation.
  std::vector<RunningContainer> Running() const;
  int64_t usage_cpu_millis() const { return usage_cpu_millis_; }
  int64_t usage_memory_bytes() const { return usage_memory_bytes_; }
  size_t running_count() const { return running_count_; }

  // What a prober would see in a container that runs: how long it has run, and what
  // was drawn for it. Null when it does not run.
  struct Health {
    absl::Duration running_for;
    absl::Duration ready_after;
    absl::Duration unready_after;
    absl::Duration unhealthy_after;
  };
  std::optional<Health> HealthOf(const std::string& container_id) const;

 private:
  // A call in progress. Its end does not depend on its caller, who may be gone.
  struct Operation : public rt::RefCounted {
    explicit Operation(rt::Executor& executor) : ended(executor) {}
    void End(absl::StatusOr<std::string> outcome) {
      if (result.has_value()) return;
      result.emplace(std::move(outcome));
      ended.Raise();
    }
    bool abandoned() const { return !ended.awaited(); }

    rt::Signal ended;
    std::optional<absl::StatusOr<std::string>> result;
  };
  using OperationRef = rt::Ref<Operation>;

  struct Sandbox {
    rt::SandboxState state;
    int containers = 0;
  };

  struct Container {
    rt::ContainerState state;
    ContainerFate fate;
    int64_t cpu_request_millis = 0;
    int64_t memory_request_bytes = 0;
    rt::Instant started = absl::ZeroDuration();
    Agenda::Entry end = Agenda::kNone;                  // Its own end, or that after SIGTERM.
    rt::Instant terminated = absl::InfiniteDuration();  // First SIGTERM.
    absl::Duration grace = absl::ZeroDuration();        // The longest granted.
    struct Stop {
      OperationRef caller;
      Agenda::Entry kill;  // SIGKILL, unless the caller has gone by then.
    };
    std::vector<Stop> stops;
  };

  struct Pull {
    std::string image;
    std::vector<OperationRef> waiters;
  };

  // (pod uid, container name or "", attempt): names that the runtime hands out once.
  using ReservedName = std::pair<std::pair<std::string, std::string>, uint32_t>;

  OperationRef NewOperation() { return rt::MakeRef<Operation>(executor_); }
  // Waits for the end of `operation`, and loses the reply when that fault strikes.
  rt::Task<absl::StatusOr<std::string>> Await(OperationRef operation);
  absl::Status CheckUp() const;
  bool LosesReply();
  std::string NewId();

  // Runs `run` now when `delay` is nothing, never when it is infinite.
  void Plan(absl::Duration delay, std::function<void()> run);
  Agenda::Entry AddEntry(rt::Instant at, std::function<void()> run);
  rt::Task<> RunAgenda();

  void FinishSandbox(const rt::SandboxConfig& config, const OperationRef& operation);
  void StopSandboxNow(Sandbox& sandbox);
  void FinishStart(const std::string& container_id, const OperationRef& operation);
  void EndContainer(Container& container, const ContainerEnd& end);
  void TerminateContainer(Container& container, absl::Duration grace, const OperationRef& caller);
  void KillContainer(const std::string& container_id, const OperationRef& caller);
  void RemoveContainerNow(const std::string& container_id);
  RunningContainer Describe(const Container& container) const;

  void BeginTransfer(uint64_t pull);
  void EndTransfers();
  void EndPull(uint64_t pull, const absl::StatusOr<std::string>& outcome);
  void PlanTransfers();
  bool ImageInUse(const std::string& image) const;

  void Emit(rt::ContainerEventType type, const Container& container);

  rt::Env& env_;
  rt::Executor& executor_;
  const RuntimeModel& model_;
  ImageRegistry* const registry_;
  RuntimeObserver* const observer_;
  rt::Random random_;
  RuntimeFaults faults_;
  bool powered_ = true;

  uint64_t next_id_ = 0;
  std::string id_prefix_;
  PodIpPool ips_;
  absl::btree_map<std::string, Sandbox> sandboxes_;
  absl::btree_map<std::string, Container> containers_;
  absl::btree_set<ReservedName> reserved_;
  size_t running_count_ = 0;
  int64_t usage_cpu_millis_ = 0;
  int64_t usage_memory_bytes_ = 0;

  ImageStore images_;
  LinkShare link_;
  absl::btree_map<uint64_t, Pull> pulls_;  // By the number of the transfer.
  uint64_t next_pull_ = 0;
  int64_t transfers_ = 0;  // Counted in the registry.
  Agenda::Entry transfer_end_ = Agenda::kNone;

  std::vector<rt::ContainerEvent> events_;
  bool events_lost_ = false;
  rt::Signal events_changed_;

  Agenda agenda_;
  rt::Signal agenda_changed_;
  rt::Instant agenda_awaited_ = absl::InfiniteDuration();  // What RunAgenda sleeps until.
  bool agenda_served_ = false;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_CONTAINER_RUNTIME_H_

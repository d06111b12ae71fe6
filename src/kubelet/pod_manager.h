// Runs the pods of a node: follows the API server's wishes and the runtime's facts, asks
// PlanPod what to do, does it, and has the result reported.
//
// A pod has a coroutine only while something is being done for it. What it waits for (a
// back-off, a probe, a deadline) is an entry in one list of timers for the node.
#ifndef DRYDOCK_SRC_KUBELET_POD_MANAGER_H_
#define DRYDOCK_SRC_KUBELET_POD_MANAGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "src/api/core/v1/node.h"
#include "src/client/client.h"
#include "src/client/event_recorder.h"
#include "src/kubelet/config.h"
#include "src/kubelet/images.h"
#include "src/kubelet/pod_plan.h"
#include "src/kubelet/pod_record.h"
#include "src/kubelet/prober.h"
#include "src/kubelet/resources.h"
#include "src/kubelet/status_writer.h"
#include "src/rt/container_runtime.h"
#include "src/rt/env.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::kubelet {

// What the manager needs of the node it is on.
class NodeView {
 public:
  virtual ~NodeView() = default;
  virtual const Resources& allocatable() const = 0;
  // Null until the node is registered.
  virtual api::Ref<api::Node> node() const = 0;
  // Reads the node anew from the API server; the old one when that fails.
  virtual rt::Task<api::Ref<api::Node>> RefreshNode() = 0;
  // Whether the runtime answers; for the node's Ready condition.
  virtual void SetRuntimeHealth(bool healthy) = 0;
  virtual void ImagesChanged() = 0;
};

struct PodEvents {
  // `about` the pod; type, reason and message are Kubernetes'. Null: nobody listens.
  std::function<void(const api::ObjectRef& about, const char* type, const char* reason,
                     std::string message)>
      record;
};

class PodManager final : public PodTable {
 public:
  // Everything outlives the manager; `prober` may be null: then every probe succeeds.
  PodManager(rt::Env& env, client::Client& client, rt::ContainerRuntime& runtime, Prober* prober,
             NodeView& node, const KubeletConfig& config, PodEvents events);
  ~PodManager() override;

  // First: learns what runs already. Retries until the runtime answers.
  rt::Task<> Restore();

  // The API server's wishes. Until Begin, pods are only collected.
  void PodAdded(const api::ObjectRef& pod);
  void PodUpdated(const api::ObjectRef& pod);
  void PodDeleted(const api::ObjectRef& pod);
  // All pods that exist have been added: what runs and is not among them is stopped.
  void Begin();

  // The long-lived loops, until destroyed.
  rt::Task<> RunTimers();
  rt::Task<> RunRuntimeEvents();
  rt::Task<> RunStatusWriter() { return status_writer_.Run(); }

  const Images& images() const { return images_; }
  const StatusWriter& status_writer() const { return status_writer_; }
  PodRecord* FindPod(const std::string& uid) override;
  size_t size() const { return pods_.size(); }

 private:
  // What the runtime said when the kubelet started.
  struct Found {
    std::vector<rt::SandboxState> sandboxes;
    std::vector<rt::ContainerState> containers;
  };

  // Work on one pod (pod_worker.cc).
  void Kick(PodRecord& pod);
  rt::Task<> Work(PodRecord& pod);
  rt::Task<> Do(PodRecord& pod, PodPlan plan);
  rt::Task<> RunSandbox(PodRecord& pod);
  rt::Task<> StartContainer(PodRecord& pod, int i);
  void ObtainImage(PodRecord& pod, int i);
  rt::Task<> StopContainers(PodRecord& pod, PodPlan plan);
  rt::Task<> StopContainer(PodRecord& pod, int i, absl::Duration grace);
  rt::Task<> StopCounted(PodRecord& pod, int i, absl::Duration grace, int* left, rt::Signal* done);
  rt::Task<> StopSandbox(PodRecord& pod);
  rt::Task<> RemoveFromRuntime(PodRecord& pod);
  void MarkBackingOff(PodRecord& pod, const PodPlan& plan);
  rt::Instant MarkPullBackOff(PodRecord& pod);
  void PlanWake(PodRecord& pod, rt::Instant at);
  void RetryLater(PodRecord& pod, const absl::Status& why);
  void FailStart(PodRecord& pod, int i, WaitingReason reason, const absl::Status& error);
  void ImagePulled(const std::string& uid, int i, const PullOutcome& outcome);

  // Probes (pod_worker.cc).
  void StartProbes(PodRecord& pod);
  rt::Task<> RunProbe(std::string uid, int i, ProbeKind kind);

  // Life and death (pod_manager.cc).
  rt::Task<> Admit(PodRecord& pod);
  void Reject(PodRecord& pod, PodFailure failure);
  void Activate(PodRecord& pod);
  static bool WantsEnd(const PodRecord& pod);
  void BeginTermination(PodRecord& pod);
  void ShortenGrace(PodRecord& pod);
  rt::Task<> StopAgain(std::string container_id, absl::Duration grace);
  absl::Duration GraceOf(const PodRecord& pod) const;
  bool NameInUse(const PodRecord& pod) const;
  void KickNamesakes(const PodRecord& pod);
  void Forget(const std::string& uid);
  void AddFromApi(const api::ObjectRef& object);

  // The runtime's facts (pod_restore.cc).
  rt::Task<bool> Resync(PodRecord& pod);
  void ApplyFound(const Found& found, PodRecord* pod);
  void ApplyHistory(PodRecord* pod);
  void TakeEnd(PodRecord& pod, int i, const rt::ContainerState& state);
  void AddOrphans(const absl::btree_set<std::string>& wanted);
  rt::Task<> TakeStop(std::string uid, std::string container_id);
  void ResyncAll();
  rt::Task<absl::StatusOr<Found>> ListRuntime();

  void Event(const PodRecord& pod, const char* type, const char* reason, std::string message);

  rt::Env& env_;
  rt::Executor& executor_;
  rt::ContainerRuntime& runtime_;
  Prober* const prober_;
  NodeView& node_;
  const KubeletConfig& config_;
  const PodEvents events_;

  bool begun_ = false;
  std::vector<api::ObjectRef> early_;                              // Added before Begin.
  absl::btree_map<std::string, Found> found_;                      // By pod uid; until Begin.
  absl::btree_map<std::string, std::unique_ptr<PodRecord>> pods_;  // By uid.
  absl::btree_set<std::pair<rt::Instant, std::string>> timers_;    // PodRecord::wake, uid.
  rt::Instant timers_awaited_ = absl::InfiniteDuration();
  rt::Signal timers_changed_;
  Images images_;
  StatusWriter status_writer_;
  rt::TaskGroup tasks_;  // Last: dies before what its tasks use.
};

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_POD_MANAGER_H_

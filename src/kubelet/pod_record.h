// What a kubelet knows of one pod: the API object and the state of its sandbox and
// containers. Plain data, small (a node has a hundred, a simulation a hundred thousand);
// pod_plan.h decides by it, pod_status.h reports it, pod_manager.h changes it.
#ifndef DRYDOCK_SRC_KUBELET_POD_RECORD_H_
#define DRYDOCK_SRC_KUBELET_POD_RECORD_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/kubelet/back_off.h"
#include "src/kubelet/prober.h"
#include "src/rt/executor.h"

namespace drydock::kubelet {

// How an incarnation of a container ended.
struct Termination {
  std::string id;
  int32_t exit_code = 0;
  std::string reason;
  std::string message;
  absl::Time started_at;
  absl::Time finished_at;
};

// Where a probe of a running container stands.
struct ProbeRecord {
  bool configured = false;
  bool in_flight = false;
  bool succeeding = false;  // What the run below consists of.
  int32_t run = 0;          // Equal answers in a row.
  rt::Instant next = absl::InfiniteDuration();
};
using ProbeRecords = std::array<ProbeRecord, kProbeKinds>;

enum class ContainerRunState : uint8_t {
  kWaiting,  // Never started, or between two incarnations (then `ended` is set).
  kRunning,
  kExited,
};

// Why a container does not run (ContainerStateWaiting.reason).
enum class WaitingReason : uint8_t {
  kCreating,  // ContainerCreating, or PodInitializing.
  kErrImagePull,
  kImagePullBackOff,
  kErrImageNeverPull,
  kCrashLoopBackOff,
  kCreateContainerError,
  kRunContainerError,
};

enum class ImageState : uint8_t { kUnknown, kPulling, kReady };

struct ContainerRecord {
  ContainerRunState state = ContainerRunState::kWaiting;
  WaitingReason waiting = WaitingReason::kCreating;
  ImageState image = ImageState::kUnknown;
  bool init = false;
  bool sidecar = false;
  bool ready = false;
  bool started = false;      // The startup probe has succeeded, or there is none.
  bool stop_wanted = false;  // A probe has condemned it.
  bool unstarted = false;    // `id` was created and has not been seen to run.
  uint32_t attempts = 0;     // How many incarnations there have been.
  std::string id;            // Of the newest incarnation.
  std::shared_ptr<const std::string> image_id;
  absl::Time started_at;
  rt::Instant finished = absl::ZeroDuration();  // When it exited; for the back-off.
  std::unique_ptr<Termination> ended;           // The newest incarnation that has ended.
  std::unique_ptr<Termination> before;          // The one before it.
  std::unique_ptr<std::string> waiting_message;
  BackOff restarts;
  BackOff pulls;
  rt::Instant not_before = absl::ZeroDuration();  // No try to pull or create earlier.
  std::unique_ptr<ProbeRecords> probes;
};

enum class PodStage : uint8_t {
  kPending,  // Not yet admitted.
  kActive,
  kTerminating,  // Nothing starts any more; what runs is being stopped.
  kFinished,     // Nothing runs; the status is final.
};

// Why the kubelet itself ended a pod (PodStatus.reason and message).
struct PodFailure {
  std::string reason;
  std::string message;
};

struct PodRecord {
  api::Ref<api::Pod> pod;  // The newest version known. Never null.
  std::string uid;
  PodStage stage = PodStage::kPending;
  bool gone = false;      // The API object is no more.
  bool orphan = false;    // There never was one that we saw.
  bool rejected = false;  // By admission: nothing of it ever ran.
  bool working = false;   // A worker runs.
  bool dirty = false;     // The worker has to look again.
  bool resync = false;    // The runtime may know more than we: ask it.
  bool status_queued = false;
  bool deletion_done = false;  // The final DELETE was answered.
  bool apps_started = false;   // An app container has been started in this sandbox.
  bool sandbox_ready = false;
  bool network_ready = false;  // For PodReadyToStartContainers.
  uint8_t init_containers = 0;
  uint32_t sandbox_attempts = 0;
  std::string sandbox_id;
  std::string ip;
  absl::Time start_time;
  rt::Instant deadline = absl::InfiniteDuration();       // activeDeadlineSeconds.
  rt::Instant retry = absl::ZeroDuration();              // No sandbox or stop before it.
  rt::Instant stop_deadline = absl::InfiniteDuration();  // When SIGKILL is due.
  rt::Instant wake = absl::InfiniteDuration();           // Planned in the manager's timers.
  rt::Instant status_not_before = absl::ZeroDuration();
  int64_t cpu_millis = 0;
  int64_t memory_bytes = 0;
  std::unique_ptr<PodFailure> failure;
  std::vector<ContainerRecord> containers;  // Init containers first, as in the spec.

  const api::Container& spec(int container) const {
    return container < init_containers ? pod->spec().init_containers(container)
                                       : pod->spec().containers(container - init_containers);
  }
  int size() const { return static_cast<int>(containers.size()); }
};

enum class RestartPolicy : uint8_t { kAlways, kOnFailure, kNever };
RestartPolicy RestartPolicyOf(const api::Pod& pod);

// Whether the container is started again after it ended with `exit_code`.
bool Restarts(const PodRecord& pod, const ContainerRecord& container, int32_t exit_code);

// The phase that a pod's stored status gives, as long as it is final.
bool HasFinalPhase(const api::Pod& pod);

// A record of `pod` as it is before anything of it has run.
PodRecord NewPodRecord(api::Ref<api::Pod> pod);

absl::Duration SpecGrace(const api::Pod& pod);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_POD_RECORD_H_

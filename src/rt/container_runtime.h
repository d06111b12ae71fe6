// A node's container runtime, with the semantics of the Container Runtime
// Interface (runtime.v1): sandboxes hold containers, images are pulled first, and
// what really runs is what List says, whatever was asked for.
//
// The simulator models it; the real build speaks CRI to containerd.
#ifndef DRYDOCK_SRC_RT_CONTAINER_RUNTIME_H_
#define DRYDOCK_SRC_RT_CONTAINER_RUNTIME_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/rt/task.h"

namespace drydock::rt {

struct SandboxConfig {
  std::string pod_uid;
  std::string pod_namespace;
  std::string pod_name;
  uint32_t attempt = 0;
  std::vector<std::pair<std::string, std::string>> labels;       // Sorted by key.
  std::vector<std::pair<std::string, std::string>> annotations;  // Sorted by key.
  bool host_network = false;
};

// What a container is in its pod. A real runtime does not care; the simulator decides
// by it how long a container runs that says nothing else.
enum class ContainerLifetime : uint8_t {
  kService,  // Restarted always: meant to run for ever.
  kTask,     // restartPolicy OnFailure or Never: meant to end.
  kInit,     // Runs to its end before the others start.
  kSidecar,  // A restartable init container.
};

struct ContainerConfig {
  std::string name;
  uint32_t attempt = 0;  // How often the container was started in this pod before.
  std::string image;     // A reference that PullImage has resolved.
  std::vector<std::string> command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<std::pair<std::string, std::string>>
      annotations;  // The pod's: the simulator reads its hints.
  ContainerLifetime lifetime = ContainerLifetime::kService;
  int64_t cpu_request_millis = 0;
  int64_t cpu_limit_millis = 0;  // 0: no limit.
  int64_t memory_request_bytes = 0;
  int64_t memory_limit_bytes = 0;  // 0: no limit.
};

enum class ContainerPhase : uint8_t { kCreated, kRunning, kExited, kUnknown };

struct ContainerState {
  std::string id;
  std::string sandbox_id;
  std::string pod_uid;
  std::string name;
  uint32_t attempt = 0;
  std::string image;
  std::string image_id;
  ContainerPhase phase = ContainerPhase::kUnknown;
  absl::Time created_at;
  absl::Time started_at;
  absl::Time finished_at;
  int32_t exit_code = 0;
  std::string reason;  // "Completed", "Error", "OOMKilled".
  std::string message;
};

struct SandboxState {
  std::string id;
  std::string pod_uid;
  std::string pod_namespace;
  std::string pod_name;
  uint32_t attempt = 0;
  bool ready = false;
  std::string ip;
  absl::Time created_at;
};

struct ImageState {
  std::string id;
  std::vector<std::string> tags;
  int64_t size_bytes = 0;
};

enum class ContainerEventType : uint8_t { kCreated, kStarted, kStopped, kDeleted };

struct ContainerEvent {
  ContainerEventType type = ContainerEventType::kCreated;
  std::string pod_uid;
  std::string sandbox_id;
  std::string container_id;
};

// Errors as in CRI: kNotFound for ids that the runtime does not know; Stop and
// Remove of what is already stopped or removed succeed. A call that fails with
// kUnavailable or kDeadlineExceeded may have taken effect.
class ContainerRuntime {
 public:
  virtual ~ContainerRuntime() = default;

  virtual Task<absl::StatusOr<std::string>> RunPodSandbox(SandboxConfig config) = 0;
  virtual Task<absl::Status> StopPodSandbox(std::string sandbox_id) = 0;
  virtual Task<absl::Status> RemovePodSandbox(std::string sandbox_id) = 0;
  virtual Task<absl::StatusOr<SandboxState>> PodSandboxStatus(std::string sandbox_id) = 0;
  virtual Task<absl::StatusOr<std::vector<SandboxState>>> ListPodSandboxes() = 0;

  // Gives the image's id.
  virtual Task<absl::StatusOr<std::string>> PullImage(std::string image) = 0;
  virtual Task<absl::StatusOr<std::vector<ImageState>>> ListImages() = 0;
  virtual Task<absl::Status> RemoveImage(std::string image) = 0;

  virtual Task<absl::StatusOr<std::string>> CreateContainer(std::string sandbox_id,
                                                            ContainerConfig config) = 0;
  virtual Task<absl::Status> StartContainer(std::string container_id) = 0;
  // SIGTERM, then SIGKILL after `grace`; returns when the container has exited.
  virtual Task<absl::Status> StopContainer(std::string container_id, absl::Duration grace) = 0;
  virtual Task<absl::Status> RemoveContainer(std::string container_id) = 0;
  virtual Task<absl::StatusOr<ContainerState>> ContainerStatus(std::string container_id) = 0;
  virtual Task<absl::StatusOr<std::vector<ContainerState>>> ListContainers() = 0;

  // Waits for what has happened since the last call (CRI's GetContainerEvents). An
  // error means that events may have been lost: list again.
  virtual Task<absl::StatusOr<std::vector<ContainerEvent>>> NextEvents() = 0;
};

}  // namespace drydock::rt

#endif  // DRYDOCK_SRC_RT_CONTAINER_RUNTIME_H_

// One process's connection to its machine's container runtime: answers that took time
// arrive in a turn of the process, so that a process that stands still hears nothing until
// it goes on.
#ifndef DRYDOCK_SIM_RUNTIME_RUNTIME_SESSION_H_
#define DRYDOCK_SIM_RUNTIME_RUNTIME_SESSION_H_

#include <string>
#include <utility>
#include <vector>

#include "sim/runtime/container_runtime.h"
#include "src/rt/container_runtime.h"
#include "src/rt/executor.h"

namespace drydock::sim {

class RuntimeSession final : public rt::ContainerRuntime {
 public:
  // `process` is the executor of the process; both outlive the session.
  RuntimeSession(SimContainerRuntime& runtime, rt::Executor& process)
      : runtime_(runtime), process_(process) {}

  rt::Task<absl::StatusOr<std::string>> RunPodSandbox(rt::SandboxConfig config) override {
    absl::StatusOr<std::string> answer = co_await runtime_.RunPodSandbox(std::move(config));
    co_await process_.Yield();
    co_return answer;
  }
  rt::Task<absl::StatusOr<std::string>> PullImage(std::string image) override {
    absl::StatusOr<std::string> answer = co_await runtime_.PullImage(std::move(image));
    co_await process_.Yield();
    co_return answer;
  }
  rt::Task<absl::Status> StartContainer(std::string container_id) override {
    const absl::Status answer = co_await runtime_.StartContainer(std::move(container_id));
    co_await process_.Yield();
    co_return answer;
  }
  rt::Task<absl::Status> StopContainer(std::string container_id, absl::Duration grace) override {
    const absl::Status answer = co_await runtime_.StopContainer(std::move(container_id), grace);
    co_await process_.Yield();
    co_return answer;
  }
  rt::Task<absl::StatusOr<std::vector<rt::ContainerEvent>>> NextEvents() override {
    absl::StatusOr<std::vector<rt::ContainerEvent>> answer = co_await runtime_.NextEvents();
    co_await process_.Yield();
    co_return answer;
  }

  // The rest answers in the turn of the call.
  rt::Task<absl::Status> StopPodSandbox(std::string sandbox_id) override {
    return runtime_.StopPodSandbox(std::move(sandbox_id));
  }
  rt::Task<absl::Status> RemovePodSandbox(std::string sandbox_id) override {
    return runtime_.RemovePodSandbox(std::move(sandbox_id));
  }
  rt::Task<absl::StatusOr<rt::SandboxState>> PodSandboxStatus(std::string sandbox_id) override {
    return runtime_.PodSandboxStatus(std::move(sandbox_id));
  }
  rt::Task<absl::StatusOr<std::vector<rt::SandboxState>>> ListPodSandboxes() override {
    return runtime_.ListPodSandboxes();
  }
  rt::Task<absl::StatusOr<std::vector<rt::ImageState>>> ListImages() override {
    return runtime_.ListImages();
  }
  rt::Task<absl::Status> RemoveImage(std::string image) override {
    return runtime_.RemoveImage(std::move(image));
  }
  rt::Task<absl::StatusOr<std::string>> CreateContainer(std::string sandbox_id,
                                                        rt::ContainerConfig config) override {
    return runtime_.CreateContainer(std::move(sandbox_id), std::move(config));
  }
  rt::Task<absl::Status> RemoveContainer(std::string container_id) override {
    return runtime_.RemoveContainer(std::move(container_id));
  }
  rt::Task<absl::StatusOr<rt::ContainerState>> ContainerStatus(std::string container_id) override {
    return runtime_.ContainerStatus(std::move(container_id));
  }
  rt::Task<absl::StatusOr<std::vector<rt::ContainerState>>> ListContainers() override {
    return runtime_.ListContainers();
  }

 private:
  SimContainerRuntime& runtime_;
  rt::Executor& process_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_RUNTIME_SESSION_H_

// What the runtime knows: learned when the kubelet starts, when events were lost, and
// when the outcome of a call is unknown; and the end of every container.
#include <algorithm>
#include <utility>

#include "absl/strings/strip.h"
#include "src/api/time.h"
#include "src/kubelet/pod_manager.h"
#include "src/kubelet/probes.h"

namespace drydock::kubelet {
namespace {

constexpr absl::Duration kRestoreRetry = absl::Seconds(1);
constexpr int32_t kUnknownExitCode = 137;

std::string PlainId(const std::string& container_id) {
  return std::string(absl::StripPrefix(container_id, "containerd://"));
}

std::unique_ptr<Termination> FromStatus(const api::ContainerStateTerminated& terminated) {
  return std::make_unique<Termination>(
      Termination{PlainId(terminated.container_id()), terminated.exit_code(), terminated.reason(),
                  terminated.message(), api::ToAbslTime(terminated.started_at()),
                  api::ToAbslTime(terminated.finished_at())});
}

const api::ContainerStatus* StatusOf(const PodRecord& pod, int i) {
  const api::PodStatus& status = pod.pod->status();
  const std::string& name = pod.spec(i).name();
  for (const api::ContainerStatus& container :
       i < pod.init_containers ? status.init_container_statuses() : status.container_statuses()) {
    if (container.name() == name) return &container;
  }
  return nullptr;
}

// The newest incarnation of a container, or null.
const rt::ContainerState* Newest(const std::vector<rt::ContainerState>& containers,
                                 const std::string& name) {
  const rt::ContainerState* newest = nullptr;
  for (const rt::ContainerState& container : containers) {
    if (container.name != name) continue;
    if (newest == nullptr || container.attempt > newest->attempt) newest = &container;
  }
  return newest;
}

}  // namespace

rt::Task<absl::StatusOr<PodManager::Found>> PodManager::ListRuntime() {
  Found all;
  absl::StatusOr<std::vector<rt::SandboxState>> sandboxes = co_await runtime_.ListPodSandboxes();
  if (!sandboxes.ok()) co_return sandboxes.status();
  all.sandboxes = *std::move(sandboxes);
  absl::StatusOr<std::vector<rt::ContainerState>> containers = co_await runtime_.ListContainers();
  if (!containers.ok()) co_return containers.status();
  all.containers = *std::move(containers);
  co_return all;
}

rt::Task<> PodManager::Restore() {
  for (;;) {
    absl::StatusOr<Found> all = co_await ListRuntime();
    const absl::Status images = co_await images_.Refresh();
    if (all.ok() && images.ok()) {
      for (rt::SandboxState& sandbox : all->sandboxes) {
        Found& found = found_[sandbox.pod_uid];
        found.sandboxes.push_back(std::move(sandbox));
      }
      for (rt::ContainerState& container : all->containers) {
        Found& found = found_[container.pod_uid];
        found.containers.push_back(std::move(container));
      }
      node_.SetRuntimeHealth(true);
      co_return;
    }
    node_.SetRuntimeHealth(false);
    co_await executor_.SleepFor(kRestoreRetry);
  }
}

void PodManager::ApplyHistory(PodRecord* pod) {
  for (int i = 0; i < pod->size(); ++i) {
    const api::ContainerStatus* const status = StatusOf(*pod, i);
    if (status == nullptr) continue;
    ContainerRecord& container = pod->containers[i];
    const bool ran = status->state().has_running() || status->state().has_terminated() ||
                     status->last_state().has_terminated();
    if (!ran) continue;
    container.attempts = static_cast<uint32_t>(status->restart_count()) + 1;
    container.id = PlainId(status->container_id());
    if (status->last_state().has_terminated()) {
      container.ended = FromStatus(status->last_state().terminated());
    }
    if (status->state().has_terminated()) {
      container.before = std::move(container.ended);
      container.ended = FromStatus(status->state().terminated());
      container.state = ContainerRunState::kExited;
    } else if (status->state().has_running()) {
      // Unless the runtime knows it, ApplyFound finds that it is lost.
      container.state = ContainerRunState::kRunning;
      container.started_at = api::ToAbslTime(status->state().running().started_at());
    } else {
      container.state = ContainerRunState::kExited;
    }
    container.finished = executor_.Now();
  }
}

void PodManager::ApplyFound(const Found& found, PodRecord* pod) {
  const rt::SandboxState* sandbox = nullptr;
  for (const rt::SandboxState& candidate : found.sandboxes) {
    if (sandbox == nullptr || candidate.attempt > sandbox->attempt) sandbox = &candidate;
  }
  if (sandbox != nullptr) {
    pod->sandbox_id = sandbox->id;
    pod->sandbox_attempts = sandbox->attempt + 1;
    pod->ip = sandbox->ip;
  } else {
    pod->sandbox_id.clear();
    pod->ip.clear();
  }
  pod->sandbox_ready = sandbox != nullptr && sandbox->ready;
  pod->network_ready = pod->sandbox_ready;
  pod->apps_started = false;
  for (int i = 0; i < pod->size(); ++i) {
    ContainerRecord& container = pod->containers[i];
    const rt::ContainerState* const state = Newest(found.containers, pod->spec(i).name());
    const bool newer = state != nullptr && state->attempt + 1 >= container.attempts;
    if (newer && state->phase == rt::ContainerPhase::kRunning) {
      const bool known = container.state == ContainerRunState::kRunning &&
                         container.id == state->id && !container.unstarted;
      const bool watched = known && container.image_id != nullptr;
      container.id = state->id;
      container.unstarted = false;
      container.attempts = state->attempt + 1;
      container.state = ContainerRunState::kRunning;
      container.started_at = state->started_at;
      if (!watched) {
        container.image_id = std::make_shared<const std::string>(state->image_id);
        container.image = ImageState::kUnknown;
        BeginProbes(pod->spec(i), executor_.Now(), &container);
        // A restart of the kubelet takes no container out of service.
        const api::ContainerStatus* const status = StatusOf(*pod, i);
        if (status != nullptr && PlainId(status->container_id()) == state->id) {
          container.started = container.started || status->started();
          container.ready = container.ready || status->ready();
        }
      }
    } else if (newer && state->phase == rt::ContainerPhase::kExited) {
      if (container.ended == nullptr || container.ended->id != state->id) {
        container.id = state->id;
        container.state = ContainerRunState::kRunning;
        TakeEnd(*pod, i, *state);
      }
      container.unstarted = false;
      container.attempts = state->attempt + 1;
      if (container.image_id == nullptr) {
        container.image_id = std::make_shared<const std::string>(state->image_id);
      }
    } else if (state != nullptr && state->phase == rt::ContainerPhase::kCreated &&
               state->attempt >= container.attempts) {
      container.id = state->id;
      container.unstarted = true;
    } else if (container.state == ContainerRunState::kRunning) {
      rt::ContainerState lost;
      lost.id = container.id;
      lost.started_at = container.started_at;
      lost.exit_code = kUnknownExitCode;
      lost.reason = "ContainerStatusUnknown";
      lost.message = "The container could not be located when the pod was terminated";
      lost.finished_at = executor_.WallNow();
      TakeEnd(*pod, i, lost);
    } else if (state == nullptr) {
      container.unstarted = false;
    }
    if (!container.init && container.attempts > 0 && pod->sandbox_ready) pod->apps_started = true;
  }
}

void PodManager::TakeEnd(PodRecord& pod, int i, const rt::ContainerState& state) {
  ContainerRecord& container = pod.containers[i];
  if (container.state != ContainerRunState::kRunning || container.id != state.id) return;
  container.before = std::move(container.ended);
  container.ended = std::make_unique<Termination>(
      Termination{state.id, state.exit_code, state.reason.empty() ? "Error" : state.reason,
                  state.message, state.started_at, state.finished_at});
  container.state = ContainerRunState::kExited;
  container.waiting = WaitingReason::kCreating;
  container.waiting_message.reset();
  container.ready = false;
  container.started = false;
  container.stop_wanted = false;
  container.probes.reset();
  container.image = ImageState::kUnknown;
  const absl::Duration ago = executor_.WallNow() - state.finished_at;
  container.finished = executor_.Now() - std::clamp(ago, absl::ZeroDuration(), absl::Hours(1));
}

rt::Task<> PodManager::TakeStop(std::string uid, std::string container_id) {
  const absl::StatusOr<rt::ContainerState> state = co_await runtime_.ContainerStatus(container_id);
  PodRecord* const pod = FindPod(uid);
  if (pod == nullptr) co_return;
  for (int i = 0; i < pod->size(); ++i) {
    ContainerRecord& container = pod->containers[i];
    if (container.id != container_id || container.state != ContainerRunState::kRunning) continue;
    if (state.ok() && state->phase == rt::ContainerPhase::kExited) {
      TakeEnd(*pod, i, *state);
    } else {
      pod->resync = true;
    }
    Kick(*pod);
  }
}

rt::Task<bool> PodManager::Resync(PodRecord& pod) {
  const absl::StatusOr<Found> all = co_await ListRuntime();
  if (!all.ok()) co_return false;
  Found own;
  for (const rt::SandboxState& sandbox : all->sandboxes) {
    if (sandbox.pod_uid == pod.uid) own.sandboxes.push_back(sandbox);
  }
  for (const rt::ContainerState& container : all->containers) {
    if (container.pod_uid == pod.uid) own.containers.push_back(container);
  }
  pod.resync = false;
  ApplyFound(own, &pod);
  co_return true;
}

void PodManager::ResyncAll() {
  std::vector<std::string> uids;
  for (const auto& [uid, pod] : pods_) uids.push_back(uid);
  for (const std::string& uid : uids) {
    PodRecord* const pod = FindPod(uid);
    if (pod == nullptr) continue;
    pod->resync = true;
    Kick(*pod);
  }
}

void PodManager::AddOrphans(const absl::btree_set<std::string>& wanted) {
  for (auto& [uid, found] : std::exchange(found_, {})) {
    if (wanted.contains(uid)) {
      found_.emplace(uid, std::move(found));
      continue;
    }
    // Only what is needed to stop it is known of such a pod.
    api::Pod pod;
    pod.mutable_metadata()->set_uid(uid);
    for (const rt::SandboxState& sandbox : found.sandboxes) {
      pod.mutable_metadata()->set_name(sandbox.pod_name);
      pod.mutable_metadata()->set_namespace_(sandbox.pod_namespace);
    }
    absl::btree_set<std::string> names;
    for (const rt::ContainerState& container : found.containers) {
      if (names.insert(container.name).second) {
        pod.mutable_spec()->add_containers()->set_name(container.name);
      }
    }
    PodRecord& record =
        *pods_
             .emplace(uid,
                      std::make_unique<PodRecord>(NewPodRecord(api::MakeObject(std::move(pod)))))
             .first->second;
    record.orphan = true;
    record.gone = true;
    ApplyFound(found, &record);
    Kick(record);
  }
}

rt::Task<> PodManager::RunRuntimeEvents() {
  bool healthy = true;
  for (;;) {
    const absl::StatusOr<std::vector<rt::ContainerEvent>> events = co_await runtime_.NextEvents();
    if (!events.ok() && !absl::IsDataLoss(events.status())) {
      healthy = false;
      node_.SetRuntimeHealth(false);
      co_await executor_.SleepFor(kRestoreRetry);
      continue;
    }
    node_.SetRuntimeHealth(true);
    if (!std::exchange(healthy, true) || !events.ok()) ResyncAll();
    if (!events.ok()) continue;
    for (const rt::ContainerEvent& event : *events) {
      if (event.type == rt::ContainerEventType::kStopped) {
        co_await TakeStop(event.pod_uid, event.container_id);
      }
    }
  }
}

}  // namespace drydock::kubelet

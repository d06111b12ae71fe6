// The worker of a pod: asks PlanPod, does what it says, until there is nothing to do.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/time.h"
#include "src/kubelet/pod_manager.h"
#include "src/kubelet/pod_status.h"
#include "src/kubelet/probes.h"

namespace drydock::kubelet {
namespace {

// How long ErrImagePull is shown before it becomes ImagePullBackOff: about a sync.
constexpr absl::Duration kPullErrorShown = absl::Seconds(2);
constexpr absl::Duration kLeastGrace = absl::Seconds(2);
// After a call whose outcome is unknown: the runtime is about to know.
constexpr absl::Duration kUnknownRetry = absl::Seconds(1);

bool OutcomeUnknown(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsAlreadyExists(status);
}

std::string RpcError(const absl::Status& status) {
  return absl::StrCat("rpc error: code = ", absl::StatusCodeToString(status.code()),
                      " desc = ", status.message());
}

const char* PullPolicy(const api::Container& spec) {
  const std::string& policy = spec.image_pull_policy();
  if (policy == "Always" || policy == "Never") return policy.c_str();
  if (policy.empty()) {
    const std::string image = CanonicalImage(spec.image());
    if (image.size() >= 7 && image.compare(image.size() - 7, 7, ":latest") == 0) return "Always";
  }
  return "IfNotPresent";
}

rt::SandboxConfig SandboxConfigOf(const PodRecord& pod) {
  const auto& metadata = pod.pod->metadata();
  rt::SandboxConfig config;
  config.pod_uid = pod.uid;
  config.pod_namespace = metadata.namespace_();
  config.pod_name = metadata.name();
  config.attempt = pod.sandbox_attempts;
  config.host_network = pod.pod->spec().host_network();
  for (const api::StringEntry& entry : metadata.labels()) {
    config.labels.emplace_back(entry.key(), entry.value());
  }
  for (const api::StringEntry& entry : metadata.annotations()) {
    config.annotations.emplace_back(entry.key(), entry.value());
  }
  return config;
}

rt::ContainerConfig ContainerConfigOf(const PodRecord& pod, int i) {
  const api::Container& spec = pod.spec(i);
  const ContainerRecord& container = pod.containers[i];
  rt::ContainerConfig config;
  config.name = spec.name();
  config.attempt = container.attempts;
  config.image = spec.image();
  config.command.assign(spec.command().begin(), spec.command().end());
  config.args.assign(spec.args().begin(), spec.args().end());
  for (const api::EnvVar& variable : spec.env()) {
    if (!variable.has_value_from()) config.env.emplace_back(variable.name(), variable.value());
  }
  for (const api::StringEntry& entry : pod.pod->metadata().annotations()) {
    config.annotations.emplace_back(entry.key(), entry.value());
  }
  config.lifetime = container.sidecar ? rt::ContainerLifetime::kSidecar
                    : container.init  ? rt::ContainerLifetime::kInit
                    : RestartPolicyOf(*pod.pod) == RestartPolicy::kAlways
                        ? rt::ContainerLifetime::kService
                        : rt::ContainerLifetime::kTask;
  config.cpu_request_millis = AmountIn(spec.resources().requests(), "cpu");
  config.cpu_limit_millis = AmountIn(spec.resources().limits(), "cpu");
  config.memory_request_bytes = AmountIn(spec.resources().requests(), "memory");
  config.memory_limit_bytes = AmountIn(spec.resources().limits(), "memory");
  return config;
}

}  // namespace

void PodManager::Kick(PodRecord& pod) {
  pod.dirty = true;
  if (pod.working) return;
  pod.working = true;
  tasks_.Spawn(Work(pod));
}

rt::Task<> PodManager::Work(PodRecord& pod) {
  while (pod.dirty) {
    pod.dirty = false;
    if (pod.resync) {
      const bool known = co_await Resync(pod);
      if (!known) {
        PlanWake(pod, executor_.Now() + config_.runtime_retry);
        continue;
      }
    }
    if (pod.stage == PodStage::kPending) {
      co_await Admit(pod);
      if (pod.stage == PodStage::kPending) continue;
    }
    if (pod.stage == PodStage::kActive && WantsEnd(pod)) BeginTermination(pod);
    StartProbes(pod);
    PodPlan plan = PlanPod(pod, executor_.Now(), config_.crash_loop_max);
    if (plan.action != PodAction::kNone) {
      co_await Do(pod, std::move(plan));
      pod.dirty = true;
      continue;
    }
    MarkBackingOff(pod, plan);
    rt::Instant wake = std::min(plan.wake, MarkPullBackOff(pod));
    for (const ContainerRecord& container : pod.containers) {
      wake = std::min(wake, NextProbe(container));
    }
    if (pod.status_not_before > executor_.Now()) wake = std::min(wake, pod.status_not_before);
    PlanWake(pod, wake);
    if (pod.stage == PodStage::kFinished && pod.gone) {
      co_await RemoveFromRuntime(pod);
      if (pod.resync) continue;  // It could not be removed, and is tried again.
      const std::string uid = pod.uid;
      KickNamesakes(pod);
      Forget(uid);
      co_return;
    }
  }
  pod.working = false;
  // Until the pod is up, an image on its way is no news, nor is the rest before the
  // first report is due.
  const bool pulling =
      std::any_of(pod.containers.begin(), pod.containers.end(),
                  [](const ContainerRecord& c) { return c.image == ImageState::kPulling; });
  const bool early = !pod.apps_started && pod.stage == PodStage::kActive &&
                     (pulling || pod.status_not_before > executor_.Now());
  if (pod.stage != PodStage::kPending && !early) status_writer_.Queue(pod);
}

rt::Task<> PodManager::Do(PodRecord& pod, PodPlan plan) {
  switch (plan.action) {
    case PodAction::kNone:
      break;
    case PodAction::kRunSandbox:
      co_await RunSandbox(pod);
      break;
    case PodAction::kObtainImage:
      ObtainImage(pod, plan.containers[0]);
      break;
    case PodAction::kStartContainer:
      co_await StartContainer(pod, plan.containers[0]);
      break;
    case PodAction::kStopContainers:
      co_await StopContainers(pod, std::move(plan));
      break;
    case PodAction::kStopSandbox:
      co_await StopSandbox(pod);
      break;
    case PodAction::kEnd:
      BeginTermination(pod);
      break;
    case PodAction::kFail:
      pod.failure = std::make_unique<PodFailure>(PodFailure{
          "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"});
      Event(pod, client::kEventNormal, "DeadlineExceeded", pod.failure->message);
      BeginTermination(pod);
      break;
    case PodAction::kFinish:
      pod.stage = PodStage::kFinished;
      KickNamesakes(pod);
      break;
  }
}

void PodManager::RetryLater(PodRecord& pod, const absl::Status& why) {
  pod.retry = executor_.Now() + (OutcomeUnknown(why) ? kUnknownRetry : config_.runtime_retry);
}

// --- Sandbox

rt::Task<> PodManager::RunSandbox(PodRecord& pod) {
  if (!pod.sandbox_id.empty()) {
    Event(pod, client::kEventNormal, "SandboxChanged",
          "Pod sandbox changed, it will be killed and re-created.");
    const absl::Status removed = co_await runtime_.RemovePodSandbox(pod.sandbox_id);
    if (!removed.ok()) {
      RetryLater(pod, removed);
      co_return;
    }
    pod.sandbox_id.clear();
  }
  const absl::StatusOr<std::string> id = co_await runtime_.RunPodSandbox(SandboxConfigOf(pod));
  if (!id.ok()) {
    pod.resync = OutcomeUnknown(id.status());
    Event(pod, client::kEventWarning, "FailedCreatePodSandBox",
          absl::StrCat("Failed to create pod sandbox: ", RpcError(id.status())));
    RetryLater(pod, id.status());
    co_return;
  }
  const absl::StatusOr<rt::SandboxState> state = co_await runtime_.PodSandboxStatus(*id);
  if (!state.ok()) {
    pod.resync = true;
    RetryLater(pod, state.status());
    co_return;
  }
  pod.sandbox_id = *id;
  pod.sandbox_attempts = state->attempt + 1;
  pod.sandbox_ready = state->ready;
  pod.network_ready = state->ready;
  pod.ip = state->ip;
  pod.apps_started = false;
  // A new sandbox begins with the init containers.
  for (ContainerRecord& container : pod.containers) {
    if (container.init && !container.sidecar && container.state == ContainerRunState::kExited) {
      container.state = ContainerRunState::kWaiting;
    }
  }
}

rt::Task<> PodManager::StopSandbox(PodRecord& pod) {
  const absl::Status stopped = co_await runtime_.StopPodSandbox(pod.sandbox_id);
  if (!stopped.ok()) {
    RetryLater(pod, stopped);
    co_return;
  }
  pod.sandbox_ready = false;
  pod.network_ready = false;
  // The address goes back to the pool; the status keeps it.
  pod.ip.clear();
}

rt::Task<> PodManager::RemoveFromRuntime(PodRecord& pod) {
  if (pod.sandbox_id.empty()) co_return;
  const absl::Status removed = co_await runtime_.RemovePodSandbox(pod.sandbox_id);
  if (removed.ok()) {
    pod.sandbox_id.clear();
  } else {
    pod.resync = true;
    pod.dirty = true;
    co_await executor_.SleepFor(config_.runtime_retry);
  }
}

// --- Containers

void PodManager::FailStart(PodRecord& pod, int i, WaitingReason reason, const absl::Status& error) {
  ContainerRecord& container = pod.containers[i];
  container.state = ContainerRunState::kWaiting;
  container.waiting = reason;
  container.waiting_message = std::make_unique<std::string>(error.message());
  container.not_before =
      executor_.Now() + (OutcomeUnknown(error) ? kUnknownRetry : config_.runtime_retry);
  pod.resync = true;
  Event(pod, client::kEventWarning, "Failed", absl::StrCat("Error: ", error.message()));
}

rt::Task<> PodManager::StartContainer(PodRecord& pod, int i) {
  if (!pod.containers[i].unstarted) {
    // The runtime keeps one dead container for each that lives.
    const Termination* const old = pod.containers[i].before.get();
    if (old != nullptr && !old->id.empty()) {
      const absl::Status removed = co_await runtime_.RemoveContainer(old->id);
      if (!removed.ok()) {
        RetryLater(pod, removed);
        co_return;
      }
    }
    const absl::StatusOr<std::string> id =
        co_await runtime_.CreateContainer(pod.sandbox_id, ContainerConfigOf(pod, i));
    if (!id.ok()) {
      FailStart(pod, i, WaitingReason::kCreateContainerError, id.status());
      co_return;
    }
    pod.containers[i].id = *id;
    pod.containers[i].unstarted = true;
    Event(pod, client::kEventNormal, "Created", "Container created");
  }
  const std::string id = pod.containers[i].id;
  const absl::Status started = co_await runtime_.StartContainer(id);
  ContainerRecord& container = pod.containers[i];
  if (!started.ok()) {
    FailStart(pod, i, WaitingReason::kRunContainerError, started);
    co_return;
  }
  const rt::Instant now = executor_.Now();
  if (container.ended != nullptr) {
    container.restarts.Next(container.finished, now, config_.crash_loop_initial,
                            config_.crash_loop_max);
  } else {
    // The first failure restarts at once; the delay counts from there.
    container.restarts.Reset();
  }
  container.unstarted = false;
  container.state = ContainerRunState::kRunning;
  container.waiting = WaitingReason::kCreating;
  container.waiting_message.reset();
  container.image = ImageState::kUnknown;
  container.stop_wanted = false;
  container.started_at = executor_.WallNow();
  ++container.attempts;
  if (!container.init) pod.apps_started = true;
  BeginProbes(pod.spec(i), now, &container);
  Event(pod, client::kEventNormal, "Started", "Container started");
}

void PodManager::MarkBackingOff(PodRecord& pod, const PodPlan& plan) {
  for (const int i : plan.backing_off) {
    ContainerRecord& container = pod.containers[i];
    if (container.state == ContainerRunState::kWaiting &&
        container.waiting == WaitingReason::kCrashLoopBackOff) {
      continue;
    }
    const std::string& name = pod.spec(i).name();
    const absl::Duration delay =
        container.restarts.DelayAfter(container.finished, config_.crash_loop_max);
    container.state = ContainerRunState::kWaiting;
    container.waiting = WaitingReason::kCrashLoopBackOff;
    container.waiting_message = std::make_unique<std::string>(
        absl::StrCat("back-off ", api::FormatGoDuration(delay),
                     " restarting failed container=", name, " pod=", FormatPod(*pod.pod)));
    Event(pod, client::kEventWarning, "BackOff",
          absl::StrCat("Back-off restarting failed container ", name, " in pod ",
                       FormatPod(*pod.pod)));
  }
}

// --- Images

void PodManager::ObtainImage(PodRecord& pod, int i) {
  ContainerRecord& container = pod.containers[i];
  const std::string& image = pod.spec(i).image();
  const absl::string_view policy = PullPolicy(pod.spec(i));
  std::shared_ptr<const std::string> id = images_.IdOf(image);
  if (id != nullptr && policy != "Always") {
    container.image = ImageState::kReady;
    container.image_id = std::move(id);
    Event(pod, client::kEventNormal, "Pulled",
          absl::StrCat("Container image \"", image,
                       "\" already present on machine and can be accessed by the pod"));
    return;
  }
  if (policy == "Never") {
    container.state = ContainerRunState::kWaiting;
    container.waiting = WaitingReason::kErrImageNeverPull;
    container.waiting_message = std::make_unique<std::string>(
        absl::StrCat("Container image \"", image, "\" is not present with pull policy of Never"));
    container.not_before = executor_.Now() + config_.image_pull_initial;
    Event(pod, client::kEventWarning, "ErrImageNeverPull", *container.waiting_message);
    Event(pod, client::kEventWarning, "Failed", "Error: ErrImageNeverPull");
    return;
  }
  container.image = ImageState::kPulling;
  Event(pod, client::kEventNormal, "Pulling", absl::StrCat("Pulling image \"", image, "\""));
  images_.Pull(image, pod.uid, i);
}

void PodManager::ImagePulled(const std::string& uid, int i, const PullOutcome& outcome) {
  PodRecord* const pod = FindPod(uid);
  if (pod == nullptr || pod->containers[i].image != ImageState::kPulling) return;
  ContainerRecord& container = pod->containers[i];
  const std::string& image = pod->spec(i).image();
  if (outcome.status.ok()) {
    container.image = ImageState::kReady;
    container.image_id = images_.IdOf(image);
    container.pulls.Reset();
    if (container.ended == nullptr) {
      container.waiting = WaitingReason::kCreating;
      container.waiting_message.reset();
    }
    const auto milliseconds = [](absl::Duration duration) {
      return api::FormatGoDuration(absl::Trunc(duration, absl::Milliseconds(1)));
    };
    Event(*pod, client::kEventNormal, "Pulled",
          absl::StrCat("Successfully pulled image \"", image, "\" in ",
                       milliseconds(outcome.pulling), " (", milliseconds(outcome.waiting),
                       " including waiting). Image size: ", outcome.size_bytes, " bytes."));
  } else {
    const rt::Instant now = executor_.Now();
    const std::string error = RpcError(outcome.status);
    container.image = ImageState::kUnknown;
    container.pulls.Next(now, now, config_.image_pull_initial, config_.image_pull_max);
    container.not_before = now + container.pulls.DelayAfter(now, config_.image_pull_max);
    container.state = ContainerRunState::kWaiting;
    container.waiting = WaitingReason::kErrImagePull;
    container.waiting_message = std::make_unique<std::string>(error);
    Event(*pod, client::kEventWarning, "Failed",
          absl::StrCat("Failed to pull image \"", image, "\": ", error));
    Event(*pod, client::kEventWarning, "Failed", "Error: ErrImagePull");
  }
  Kick(*pod);
}

rt::Instant PodManager::MarkPullBackOff(PodRecord& pod) {
  rt::Instant wake = absl::InfiniteDuration();
  for (int i = 0; i < pod.size(); ++i) {
    ContainerRecord& container = pod.containers[i];
    if (container.state != ContainerRunState::kWaiting ||
        container.waiting != WaitingReason::kErrImagePull) {
      continue;
    }
    const rt::Instant until = container.pulls.updated() + kPullErrorShown;
    if (until > executor_.Now()) {
      wake = std::min(wake, until);
      continue;
    }
    const std::string text = absl::StrCat("Back-off pulling image \"", pod.spec(i).image(), "\"");
    container.waiting = WaitingReason::kImagePullBackOff;
    *container.waiting_message = absl::StrCat(text, ": ErrImagePull: ", *container.waiting_message);
    Event(pod, client::kEventNormal, "BackOff", text);
    Event(pod, client::kEventWarning, "Failed", "Error: ImagePullBackOff");
  }
  return wake;
}

// --- Stopping

rt::Task<> PodManager::StopContainers(PodRecord& pod, PodPlan plan) {
  const rt::Instant now = executor_.Now();
  const bool terminating = pod.stage == PodStage::kTerminating;
  const absl::Duration grace =
      std::max(terminating ? pod.stop_deadline - now : SpecGrace(*pod.pod), kLeastGrace);
  if (plan.containers.size() == 1) {
    co_await StopContainer(pod, plan.containers[0], grace);
    co_return;
  }
  int left = static_cast<int>(plan.containers.size());
  rt::Signal done(executor_);
  rt::TaskGroup stops;  // After what they use: dies first.
  for (const int i : plan.containers) stops.Spawn(StopCounted(pod, i, grace, &left, &done));
  while (left > 0) co_await done.Wait();
}

rt::Task<> PodManager::StopCounted(PodRecord& pod, int i, absl::Duration grace, int* left,
                                   rt::Signal* done) {
  co_await StopContainer(pod, i, grace);
  if (--*left == 0) done->Raise();
}

rt::Task<> PodManager::StopContainer(PodRecord& pod, int i, absl::Duration grace) {
  const std::string id = pod.containers[i].id;
  const api::Container& spec = pod.spec(i);
  if (!pod.containers[i].stop_wanted) {
    Event(pod, client::kEventNormal, "Killing", absl::StrCat("Stopping container ", spec.name()));
  }
  if (spec.lifecycle().pre_stop().has_sleep()) {
    const absl::Duration sleep =
        std::min(absl::Seconds(spec.lifecycle().pre_stop().sleep().seconds()), grace);
    co_await executor_.SleepFor(sleep);
    grace = std::max(grace - sleep, kLeastGrace);
  }
  const absl::Status stopped = co_await runtime_.StopContainer(id, grace);
  if (!stopped.ok()) {
    pod.resync = true;
    RetryLater(pod, stopped);
    co_return;
  }
  co_await TakeStop(pod.uid, id);
  const ContainerRecord& container = pod.containers[i];
  // It has ended, but the runtime could not say how: ask again before anything else.
  if (container.state == ContainerRunState::kRunning && container.id == id) {
    pod.resync = true;
    RetryLater(pod, absl::UnavailableError("no status"));
  }
}

// --- Probes

void PodManager::StartProbes(PodRecord& pod) {
  const rt::Instant now = executor_.Now();
  if (pod.stage != PodStage::kActive) return;
  for (int i = 0; i < pod.size(); ++i) {
    for (const ProbeKind kind :
         {ProbeKind::kStartup, ProbeKind::kReadiness, ProbeKind::kLiveness}) {
      if (!ProbeDue(pod.containers[i], kind, now)) continue;
      (*pod.containers[i].probes)[static_cast<size_t>(kind)].in_flight = true;
      tasks_.Spawn(RunProbe(pod.uid, i, kind));
    }
  }
}

rt::Task<> PodManager::RunProbe(std::string uid, int i, ProbeKind kind) {
  PodRecord* pod = FindPod(uid);
  const std::string id = pod->containers[i].id;
  const api::Ref<api::Pod> keep = pod->pod;  // The probe's specification lives in it.
  const api::Probe* const probe = ProbeOf(pod->spec(i), kind);
  ProbeOutcome outcome;
  outcome.holds_for = absl::InfiniteDuration();
  if (prober_ != nullptr) {
    outcome = co_await prober_->Probe({id, pod->ip, kind, probe});
  }
  pod = FindPod(uid);
  if (pod == nullptr) co_return;
  ContainerRecord& container = pod->containers[i];
  if (container.state != ContainerRunState::kRunning || container.id != id) co_return;
  (*container.probes)[static_cast<size_t>(kind)].in_flight = false;
  const ProbeEffect effect = TakeProbeOutcome(*probe, kind, outcome, executor_.Now(), &container);
  const char* const name = kind == ProbeKind::kStartup     ? "Startup"
                           : kind == ProbeKind::kReadiness ? "Readiness"
                                                           : "Liveness";
  if (!outcome.success) {
    Event(*pod, client::kEventWarning, "Unhealthy",
          absl::StrCat(name, " probe failed: ", outcome.output));
  }
  if (effect.condemned && !container.stop_wanted) {
    container.stop_wanted = true;
    Event(*pod, client::kEventNormal, "Killing",
          absl::StrCat("Container ", pod->spec(i).name(), " failed ",
                       kind == ProbeKind::kStartup ? "startup" : "liveness",
                       " probe, will be restarted"));
  }
  Kick(*pod);
}

}  // namespace drydock::kubelet

// Sandboxes, containers and events of SimContainerRuntime. Pulls: runtime_pulls.cc.
#include "sim/runtime/container_runtime.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/rt/payload.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

constexpr int32_t kKilledExitCode = 137;
constexpr int32_t kStartErrorExitCode = 128;
constexpr int32_t kUnknownExitCode = 255;

absl::Status LostReply() { return absl::UnavailableError("error reading from server: EOF"); }

absl::Status UnknownSandbox(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("sandbox \"", id, "\" not found"));
}

absl::Status UnknownContainer(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("container \"", id, "\" not found"));
}

PodIpPool PoolOf(absl::string_view cidr) {
  absl::StatusOr<PodIpPool> pool = PodIpPool::Create(cidr);
  DRYDOCK_CHECK(pool.ok(), pool.status().message());
  return *std::move(pool);
}

}  // namespace

SimContainerRuntime::SimContainerRuntime(rt::Env& env, const RuntimeModel& model,
                                         absl::string_view pod_cidr, ImageRegistry* registry,
                                         RuntimeObserver* observer)
    : env_(env),
      executor_(env.executor()),
      model_(model),
      registry_(registry),
      observer_(observer),
      random_(env.NewRandom("runtime")),
      ips_(PoolOf(pod_cidr)),
      images_(model.image_disk_bytes),
      link_(model.link_bytes_per_second),
      events_changed_(executor_),
      agenda_changed_(executor_) {
  const uint64_t digest = rt::DigestBytes(env.machine().data(), env.machine().size());
  id_prefix_ = absl::StrCat(absl::Hex(digest & 0xffffffff, absl::kZeroPad8));
}

SimContainerRuntime::~SimContainerRuntime() {
  if (registry_ != nullptr) registry_->active_pulls -= transfers_;
}

// 15 characters, so that a std::string keeps it without an allocation; in the order of
// creation.
std::string SimContainerRuntime::NewId() {
  return absl::StrCat(id_prefix_, absl::Hex(++next_id_, absl::kZeroPad7));
}

absl::Status SimContainerRuntime::CheckUp() const {
  if (powered_ && !faults_.down) return absl::OkStatus();
  return absl::UnavailableError(
      "connection error: desc = \"transport: Error while dialing: dial unix "
      "/run/containerd/containerd.sock: connect: connection refused\"");
}

bool SimContainerRuntime::LosesReply() {
  return faults_.reply_lost > 0 && random_.Chance(faults_.reply_lost);
}

rt::Task<absl::StatusOr<std::string>> SimContainerRuntime::Await(OperationRef operation) {
  while (!operation->result.has_value()) co_await operation->ended.Wait();
  if (LosesReply()) co_return LostReply();
  co_return *operation->result;
}

void SimContainerRuntime::Plan(absl::Duration delay, std::function<void()> run) {
  if (delay <= absl::ZeroDuration()) {
    run();
  } else if (delay != absl::InfiniteDuration()) {
    AddEntry(executor_.Now() + delay, std::move(run));
  }
}

Agenda::Entry SimContainerRuntime::AddEntry(rt::Instant at, std::function<void()> run) {
  const Agenda::Entry entry = agenda_.Add(at, std::move(run));
  if (!agenda_served_) {
    agenda_served_ = true;
    tasks_.Spawn(RunAgenda());
  } else if (at < agenda_awaited_) {
    agenda_changed_.Raise();
  }
  return entry;
}

rt::Task<> SimContainerRuntime::RunAgenda() {
  for (;;) {
    // What this turn plans for itself needs no wake-up.
    agenda_awaited_ = -absl::InfiniteDuration();
    agenda_.RunDue(executor_.Now());
    agenda_awaited_ = agenda_.next();
    co_await agenda_changed_.WaitUntil(agenda_awaited_);
  }
}

// --- Sandboxes

rt::Task<absl::StatusOr<std::string>> SimContainerRuntime::RunPodSandbox(rt::SandboxConfig config) {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  if (!reserved_.insert({{config.pod_uid, ""}, config.attempt}).second) {
    co_return absl::AlreadyExistsError(absl::StrCat(
        "failed to reserve sandbox name \"", config.pod_name, "_", config.pod_namespace, "_",
        config.pod_uid, "_", config.attempt, "\": name is reserved"));
  }
  const OperationRef operation = NewOperation();
  const absl::Duration latency = model_.sandbox_latency.Sample(random_);
  Plan(latency,
       [this, config = std::move(config), operation] { FinishSandbox(config, operation); });
  co_return co_await Await(operation);
}

void SimContainerRuntime::FinishSandbox(const rt::SandboxConfig& config,
                                        const OperationRef& operation) {
  absl::Status failure;
  std::string ip;
  if (faults_.sandbox_failure > 0 && random_.Chance(faults_.sandbox_failure)) {
    failure = absl::UnknownError("failed to create containerd task: failed to create shim task");
  } else if (!config.host_network) {
    absl::StatusOr<std::string> taken = ips_.Take();
    if (taken.ok()) {
      ip = *std::move(taken);
    } else {
      failure = absl::UnknownError(
          absl::StrCat("failed to setup network for sandbox: ", taken.status().message()));
    }
  }
  if (!failure.ok()) {
    reserved_.erase({{config.pod_uid, ""}, config.attempt});
    operation->End(failure);
    return;
  }
  Sandbox sandbox;
  sandbox.state.id = NewId();
  sandbox.state.pod_uid = config.pod_uid;
  sandbox.state.pod_namespace = config.pod_namespace;
  sandbox.state.pod_name = config.pod_name;
  sandbox.state.attempt = config.attempt;
  sandbox.state.ready = true;
  sandbox.state.ip = std::move(ip);
  sandbox.state.created_at = executor_.WallNow();
  const std::string id = sandbox.state.id;
  sandboxes_.emplace(id, std::move(sandbox));
  operation->End(id);
}

void SimContainerRuntime::StopSandboxNow(Sandbox& sandbox) {
  for (auto& [id, container] : containers_) {
    if (container.state.sandbox_id != sandbox.state.id) continue;
    if (container.state.phase == rt::ContainerPhase::kRunning) {
      EndContainer(container, {.exit_code = kKilledExitCode});
    } else if (container.state.phase == rt::ContainerPhase::kCreated) {
      container.state.phase = rt::ContainerPhase::kExited;
      container.state.exit_code = kKilledExitCode;
    }
  }
  sandbox.state.ready = false;
  if (!sandbox.state.ip.empty()) ips_.Release(sandbox.state.ip);
  sandbox.state.ip.clear();
}

rt::Task<absl::Status> SimContainerRuntime::StopPodSandbox(std::string sandbox_id) {
  CO_RETURN_IF_ERROR(CheckUp());
  const auto found = sandboxes_.find(sandbox_id);
  if (found != sandboxes_.end()) StopSandboxNow(found->second);
  co_return LosesReply() ? LostReply() : absl::OkStatus();
}

rt::Task<absl::Status> SimContainerRuntime::RemovePodSandbox(std::string sandbox_id) {
  CO_RETURN_IF_ERROR(CheckUp());
  const auto found = sandboxes_.find(sandbox_id);
  if (found != sandboxes_.end()) {
    StopSandboxNow(found->second);
    std::vector<std::string> inside;
    for (const auto& [id, container] : containers_) {
      if (container.state.sandbox_id == sandbox_id) inside.push_back(id);
    }
    for (const std::string& id : inside) RemoveContainerNow(id);
    reserved_.erase({{found->second.state.pod_uid, ""}, found->second.state.attempt});
    sandboxes_.erase(found);
  }
  co_return LosesReply() ? LostReply() : absl::OkStatus();
}

rt::Task<absl::StatusOr<rt::SandboxState>> SimContainerRuntime::PodSandboxStatus(
    std::string sandbox_id) {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  const auto found = sandboxes_.find(sandbox_id);
  if (found == sandboxes_.end()) co_return UnknownSandbox(sandbox_id);
  co_return found->second.state;
}

rt::Task<absl::StatusOr<std::vector<rt::SandboxState>>> SimContainerRuntime::ListPodSandboxes() {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  std::vector<rt::SandboxState> list;
  list.reserve(sandboxes_.size());
  for (const auto& [id, sandbox] : sandboxes_) list.push_back(sandbox.state);
  co_return list;
}

// --- Containers

rt::Task<absl::StatusOr<std::string>> SimContainerRuntime::CreateContainer(
    std::string sandbox_id, rt::ContainerConfig config) {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  const auto found = sandboxes_.find(sandbox_id);
  if (found == sandboxes_.end()) co_return UnknownSandbox(sandbox_id);
  const rt::SandboxState& sandbox = found->second.state;
  if (!sandbox.ready) {
    co_return absl::FailedPreconditionError(
        absl::StrCat("sandbox \"", sandbox_id, "\" is not running"));
  }
  const std::string image = NormalizeImage(config.image);
  if (!images_.Contains(image)) {
    co_return absl::NotFoundError(absl::StrCat("image \"", config.image, "\": not found"));
  }
  absl::StatusOr<ContainerFate> fate =
      DrawFate(config, model_.workload,
               random_.Fork(absl::StrCat("fate/", sandbox.pod_namespace, "/", sandbox.pod_name, "/",
                                         config.name, "/", config.attempt)));
  if (!fate.ok()) co_return fate.status();
  if (!reserved_.insert({{sandbox.pod_uid, config.name}, config.attempt}).second) {
    co_return absl::AlreadyExistsError(absl::StrCat(
        "failed to reserve container name \"", config.name, "_", sandbox.pod_name, "_",
        sandbox.pod_namespace, "_", sandbox.pod_uid, "_", config.attempt, "\": name is reserved"));
  }
  images_.Touch(image);

  Container container;
  container.state.id = NewId();
  container.state.sandbox_id = std::move(sandbox_id);
  container.state.pod_uid = sandbox.pod_uid;
  container.state.name = std::move(config.name);
  container.state.attempt = config.attempt;
  container.state.image_id = ImageCatalogue::IdOf(image);
  container.state.image = image;
  container.state.phase = rt::ContainerPhase::kCreated;
  container.state.created_at = executor_.WallNow();
  container.fate = *fate;
  container.cpu_request_millis = config.cpu_request_millis;
  container.memory_request_bytes = config.memory_request_bytes;
  const std::string id = container.state.id;
  const auto created = containers_.emplace(id, std::move(container)).first;
  Emit(rt::ContainerEventType::kCreated, created->second);
  if (LosesReply()) co_return LostReply();
  co_return id;
}

rt::Task<absl::Status> SimContainerRuntime::StartContainer(std::string container_id) {
  CO_RETURN_IF_ERROR(CheckUp());
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) co_return UnknownContainer(container_id);
  const Container& container = found->second;
  if (container.state.phase == rt::ContainerPhase::kExited) {
    co_return absl::FailedPreconditionError(
        absl::StrCat("container \"", container_id, "\" is in exited state"));
  }
  const OperationRef operation = NewOperation();
  if (container.state.phase == rt::ContainerPhase::kRunning) {
    operation->End(container_id);
  } else {
    Plan(container.fate.start_latency,
         [this, container_id, operation] { FinishStart(container_id, operation); });
  }
  const absl::StatusOr<std::string> outcome = co_await Await(operation);
  co_return outcome.status();
}

void SimContainerRuntime::FinishStart(const std::string& container_id,
                                      const OperationRef& operation) {
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) {
    operation->End(UnknownContainer(container_id));
    return;
  }
  Container& container = found->second;
  if (container.state.phase == rt::ContainerPhase::kRunning) {
    operation->End(container_id);
    return;
  }
  if (container.state.phase != rt::ContainerPhase::kCreated) {
    operation->End(absl::FailedPreconditionError(
        absl::StrCat("container \"", container_id, "\" is in exited state")));
    return;
  }
  if (faults_.start_failure > 0 && random_.Chance(faults_.start_failure)) {
    container.state.phase = rt::ContainerPhase::kExited;
    container.state.exit_code = kStartErrorExitCode;
    container.state.reason = "StartError";
    container.state.message =
        "failed to create containerd task: failed to create shim task: OCI runtime create failed";
    container.state.finished_at = executor_.WallNow();
    operation->End(absl::UnknownError(container.state.message));
    return;
  }
  container.state.phase = rt::ContainerPhase::kRunning;
  container.state.started_at = executor_.WallNow();
  container.started = executor_.Now();
  ++running_count_;
  usage_cpu_millis_ += container.fate.usage_cpu_millis;
  usage_memory_bytes_ += container.fate.usage_memory_bytes;
  env_.trace().Note("runtime/start", rt::DigestBytes(container_id.data(), container_id.size()));
  if (observer_ != nullptr) observer_->ContainerStarted(env_.machine(), Describe(container));
  Emit(rt::ContainerEventType::kStarted, container);
  if (container.fate.runs_for != absl::InfiniteDuration()) {
    container.end = AddEntry(container.started + container.fate.runs_for, [this, container_id] {
      Container& ended = containers_.at(container_id);
      EndContainer(ended,
                   {.exit_code = ended.fate.exit_code, .out_of_memory = ended.fate.out_of_memory});
    });
  }
  operation->End(container_id);
}

void SimContainerRuntime::EndContainer(Container& container, const ContainerEnd& end) {
  DRYDOCK_CHECK(container.state.phase == rt::ContainerPhase::kRunning, container.state.id);
  agenda_.Cancel(&container.end);
  std::vector<Container::Stop> stops = std::move(container.stops);
  container.stops.clear();
  container.state.phase = rt::ContainerPhase::kExited;
  container.state.finished_at = executor_.WallNow();
  container.state.exit_code = end.exit_code;
  container.state.reason = end.out_of_memory    ? "OOMKilled"
                           : end.power_off      ? "Unknown"
                           : end.exit_code == 0 ? "Completed"
                                                : "Error";
  --running_count_;
  usage_cpu_millis_ -= container.fate.usage_cpu_millis;
  usage_memory_bytes_ -= container.fate.usage_memory_bytes;
  const std::string& id = container.state.id;
  env_.trace().Note("runtime/end",
                    rt::MixDigest(rt::DigestBytes(id.data(), id.size()),
                                  static_cast<uint64_t>(static_cast<uint32_t>(end.exit_code))));
  if (observer_ != nullptr) {
    ContainerEnd told = end;
    told.grace = container.grace;
    if (container.terminated != absl::InfiniteDuration()) {
      told.after_term = executor_.Now() - container.terminated;
    }
    observer_->ContainerEnded(env_.machine(), Describe(container), told);
  }
  Emit(rt::ContainerEventType::kStopped, container);
  for (Container::Stop& stop : stops) {
    agenda_.Cancel(&stop.kill);
    stop.caller->End(id);
  }
}

rt::Task<absl::Status> SimContainerRuntime::StopContainer(std::string container_id,
                                                          absl::Duration grace) {
  CO_RETURN_IF_ERROR(CheckUp());
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) co_return absl::OkStatus();
  Container& container = found->second;
  if (container.state.phase == rt::ContainerPhase::kCreated) {
    // A start in progress finds it ended.
    container.state.phase = rt::ContainerPhase::kExited;
    container.state.exit_code = kKilledExitCode;
  }
  if (container.state.phase != rt::ContainerPhase::kRunning) co_return absl::OkStatus();
  const OperationRef operation = NewOperation();
  TerminateContainer(container, std::max(grace, absl::ZeroDuration()), operation);
  const absl::StatusOr<std::string> outcome = co_await Await(operation);
  co_return outcome.status();
}

void SimContainerRuntime::TerminateContainer(Container& container, absl::Duration grace,
                                             const OperationRef& caller) {
  const rt::Instant now = executor_.Now();
  container.grace = std::max(container.grace, grace);
  const std::string id = container.state.id;
  if (container.terminated == absl::InfiniteDuration()) {
    container.terminated = now;
    const bool ignored = faults_.stop_ignored > 0 && random_.Chance(faults_.stop_ignored);
    const rt::Instant end = ignored ? absl::InfiniteDuration() : now + container.fate.stop_latency;
    const bool ends_before = container.end != Agenda::kNone && container.end.first <= end;
    if (end != absl::InfiniteDuration() && !ends_before && grace > absl::ZeroDuration()) {
      agenda_.Cancel(&container.end);
      container.end = AddEntry(end, [this, id] {
        Container& ended = containers_.at(id);
        EndContainer(ended, {.exit_code = ended.fate.stop_exit_code});
      });
    }
  }
  if (grace <= absl::ZeroDuration()) {
    EndContainer(container, {.exit_code = kKilledExitCode, .killed = true});
    caller->End(id);
    return;
  }
  Agenda::Entry kill = AddEntry(now + grace, [this, id, caller] { KillContainer(id, caller); });
  container.stops.push_back({caller, kill});
}

void SimContainerRuntime::KillContainer(const std::string& container_id,
                                        const OperationRef& caller) {
  // containerd sends SIGKILL at the end of the call that asked for it; with the caller
  // gone, there is no such call any more.
  if (caller->abandoned()) return;
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) return;
  if (found->second.state.phase != rt::ContainerPhase::kRunning) return;
  EndContainer(found->second, {.exit_code = kKilledExitCode, .killed = true});
}

void SimContainerRuntime::RemoveContainerNow(const std::string& container_id) {
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) return;
  Container& container = found->second;
  if (container.state.phase == rt::ContainerPhase::kRunning) {
    EndContainer(container, {.exit_code = kKilledExitCode});
  }
  Emit(rt::ContainerEventType::kDeleted, container);
  reserved_.erase({{container.state.pod_uid, container.state.name}, container.state.attempt});
  containers_.erase(found);
}

rt::Task<absl::Status> SimContainerRuntime::RemoveContainer(std::string container_id) {
  CO_RETURN_IF_ERROR(CheckUp());
  RemoveContainerNow(container_id);
  co_return LosesReply() ? LostReply() : absl::OkStatus();
}

rt::Task<absl::StatusOr<rt::ContainerState>> SimContainerRuntime::ContainerStatus(
    std::string container_id) {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) co_return UnknownContainer(container_id);
  co_return found->second.state;
}

rt::Task<absl::StatusOr<std::vector<rt::ContainerState>>> SimContainerRuntime::ListContainers() {
  if (absl::Status up = CheckUp(); !up.ok()) co_return up;
  std::vector<rt::ContainerState> list;
  list.reserve(containers_.size());
  for (const auto& [id, container] : containers_) list.push_back(container.state);
  co_return list;
}

// --- Events

void SimContainerRuntime::Emit(rt::ContainerEventType type, const Container& container) {
  rt::ContainerEvent event{type, container.state.pod_uid, container.state.sandbox_id,
                           container.state.id};
  Plan(faults_.event_lag, [this, event = std::move(event)] {
    if (events_.size() >= model_.event_buffer) {
      events_.clear();
      events_lost_ = true;
    }
    if (!events_lost_) events_.push_back(event);
    events_changed_.Raise();
  });
}

rt::Task<absl::StatusOr<std::vector<rt::ContainerEvent>>> SimContainerRuntime::NextEvents() {
  for (;;) {
    if (absl::Status up = CheckUp(); !up.ok()) co_return up;
    if (events_lost_) {
      events_lost_ = false;
      co_return absl::DataLossError("container events were lost: list again");
    }
    if (!events_.empty()) break;
    co_await events_changed_.Wait();
  }
  co_return std::exchange(events_, {});
}

// --- Faults and ground truth

void SimContainerRuntime::ForgetHistory() {
  std::vector<std::string> exited;
  for (const auto& [id, container] : containers_) {
    if (container.state.phase == rt::ContainerPhase::kExited) exited.push_back(id);
  }
  for (const std::string& id : exited) RemoveContainerNow(id);
  for (auto sandbox = sandboxes_.begin(); sandbox != sandboxes_.end();) {
    if (sandbox->second.state.ready) {
      ++sandbox;
      continue;
    }
    reserved_.erase({{sandbox->second.state.pod_uid, ""}, sandbox->second.state.attempt});
    sandbox = sandboxes_.erase(sandbox);
  }
}

bool SimContainerRuntime::Crash(const std::string& container_id, int32_t exit_code) {
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) return false;
  if (found->second.state.phase != rt::ContainerPhase::kRunning) return false;
  EndContainer(found->second, {.exit_code = exit_code});
  return true;
}

void SimContainerRuntime::PowerOff() {
  powered_ = false;
  for (auto& [id, container] : containers_) {
    if (container.state.phase == rt::ContainerPhase::kRunning) {
      EndContainer(container, {.exit_code = kUnknownExitCode, .power_off = true});
    } else if (container.state.phase == rt::ContainerPhase::kCreated) {
      container.state.phase = rt::ContainerPhase::kExited;
      container.state.exit_code = kUnknownExitCode;
    }
  }
  for (auto& [id, sandbox] : sandboxes_) {
    sandbox.state.ready = false;
    if (!sandbox.state.ip.empty()) ips_.Release(sandbox.state.ip);
    sandbox.state.ip.clear();
  }
  tasks_.Clear();
  agenda_.Clear();
  agenda_served_ = false;
  transfer_end_ = Agenda::kNone;
  link_.Clear();
  pulls_.clear();
  if (registry_ != nullptr) registry_->active_pulls -= transfers_;
  transfers_ = 0;
  events_.clear();
  events_lost_ = false;
  // Names of what was still being made are free again.
  reserved_.clear();
  for (const auto& [id, sandbox] : sandboxes_) {
    reserved_.insert({{sandbox.state.pod_uid, ""}, sandbox.state.attempt});
  }
  for (const auto& [id, container] : containers_) {
    reserved_.insert({{container.state.pod_uid, container.state.name}, container.state.attempt});
  }
}

void SimContainerRuntime::PowerOn() { powered_ = true; }

RunningContainer SimContainerRuntime::Describe(const Container& container) const {
  RunningContainer described;
  described.pod_uid = container.state.pod_uid;
  const auto sandbox = sandboxes_.find(container.state.sandbox_id);
  if (sandbox != sandboxes_.end()) {
    described.pod_namespace = sandbox->second.state.pod_namespace;
    described.pod_name = sandbox->second.state.pod_name;
  }
  described.name = container.state.name;
  described.id = container.state.id;
  described.attempt = container.state.attempt;
  described.cpu_request_millis = container.cpu_request_millis;
  described.memory_request_bytes = container.memory_request_bytes;
  described.usage_cpu_millis = container.fate.usage_cpu_millis;
  described.usage_memory_bytes = container.fate.usage_memory_bytes;
  return described;
}

std::vector<RunningContainer> SimContainerRuntime::Running() const {
  std::vector<RunningContainer> running;
  running.reserve(running_count_);
  for (const auto& [id, container] : containers_) {
    if (container.state.phase == rt::ContainerPhase::kRunning) {
      running.push_back(Describe(container));
    }
  }
  return running;
}

std::optional<SimContainerRuntime::Health> SimContainerRuntime::HealthOf(
    const std::string& container_id) const {
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) return std::nullopt;
  const Container& container = found->second;
  if (container.state.phase != rt::ContainerPhase::kRunning) return std::nullopt;
  return Health{executor_.Now() - container.started, container.fate.ready_after,
                container.fate.unready_after, container.fate.unhealthy_after};
}

}  // namespace drydock::sim

// A pod's way in, through admission, and out again.
#include "src/kubelet/pod_manager.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "src/api/time.h"
#include "src/kubelet/admission.h"
#include "src/kubelet/probes.h"

namespace drydock::kubelet {
namespace {

// A container always gets a moment to shut down (minimumGracePeriodInSeconds).
constexpr absl::Duration kLeastGrace = absl::Seconds(2);
// Of a container whose pod nobody remembers.
constexpr absl::Duration kOrphanGrace = absl::Seconds(30);

}  // namespace

PodManager::PodManager(rt::Env& env, client::Client& client, rt::ContainerRuntime& runtime,
                       Prober* prober, NodeView& node, const KubeletConfig& config,
                       PodEvents events)
    : env_(env),
      executor_(env.executor()),
      runtime_(runtime),
      prober_(prober),
      node_(node),
      config_(config),
      events_(std::move(events)),
      timers_changed_(executor_),
      images_(
          executor_, runtime, config.max_parallel_image_pulls,
          [this](const std::string& uid, int container, const PullOutcome& outcome) {
            ImagePulled(uid, container, outcome);
          },
          [this] { node_.ImagesChanged(); }),
      status_writer_(client, *this, config.host_ip) {}

PodManager::~PodManager() = default;

PodRecord* PodManager::FindPod(const std::string& uid) {
  const auto found = pods_.find(uid);
  return found == pods_.end() ? nullptr : found->second.get();
}

void PodManager::Event(const PodRecord& pod, const char* type, const char* reason,
                       std::string message) {
  if (events_.record && !pod.orphan) events_.record(pod.pod, type, reason, std::move(message));
}

// --- What the API server wants

void PodManager::PodAdded(const api::ObjectRef& pod) {
  if (begun_) {
    AddFromApi(pod);
  } else {
    early_.push_back(pod);
  }
}

void PodManager::AddFromApi(const api::ObjectRef& object) {
  const std::string& uid = object->metadata().uid();
  if (FindPod(uid) != nullptr) {
    PodUpdated(object);
    return;
  }
  PodRecord& pod =
      *pods_.emplace(uid, std::make_unique<PodRecord>(NewPodRecord(api::Ref<api::Pod>(object))))
           .first->second;
  pod.cpu_millis = PodRequest(pod.pod->spec(), "cpu");
  pod.memory_bytes = PodRequest(pod.pod->spec(), "memory");
  pod.start_time = pod.pod->status().has_start_time()
                       ? api::ToAbslTime(pod.pod->status().start_time())
                       : executor_.WallNow();
  ApplyHistory(&pod);
  const auto found = found_.find(uid);
  if (found != found_.end()) {
    ApplyFound(found->second, &pod);
    found_.erase(found);
  } else {
    ApplyFound(Found(), &pod);
  }
  Kick(pod);
}

void PodManager::PodUpdated(const api::ObjectRef& object) {
  PodRecord* const pod = FindPod(object->metadata().uid());
  if (pod == nullptr) {
    PodAdded(object);
    return;
  }
  // An echo of our own write, which the reply has brought already.
  if (object->revision() <= pod->pod.object()->revision()) return;
  const bool was_deleted = pod->pod->metadata().has_deletion_timestamp();
  const int64_t grace_before = pod->pod->metadata().deletion_grace_period_seconds();
  Adopt(object, pod);
  const auto& metadata = pod->pod->metadata();
  if (metadata.has_deletion_timestamp() && !was_deleted) {
    Kick(*pod);
    if (pod->stage != PodStage::kFinished) return;
  } else if (was_deleted && metadata.deletion_grace_period_seconds() < grace_before) {
    ShortenGrace(*pod);
  }
  // Somebody else's status, a readiness gate, or a deletion that is now ours to end.
  if (pod->stage != PodStage::kPending) status_writer_.Seen(*pod);
}

void PodManager::PodDeleted(const api::ObjectRef& object) {
  PodRecord* const pod = FindPod(object->metadata().uid());
  if (pod == nullptr) {
    early_.erase(std::remove_if(early_.begin(), early_.end(),
                                [&](const api::ObjectRef& early) {
                                  return early->metadata().uid() == object->metadata().uid();
                                }),
                 early_.end());
    return;
  }
  Adopt(object, pod);
  pod->gone = true;
  Kick(*pod);
}

void PodManager::Begin() {
  begun_ = true;
  // What ran before counts first, then the oldest: the order in which admission saw them.
  std::stable_sort(early_.begin(), early_.end(),
                   [this](const api::ObjectRef& a, const api::ObjectRef& b) {
                     const bool a_found = found_.contains(a->metadata().uid());
                     const bool b_found = found_.contains(b->metadata().uid());
                     if (a_found != b_found) return a_found;
                     return a->metadata().creation_timestamp().seconds() <
                            b->metadata().creation_timestamp().seconds();
                   });
  const std::vector<api::ObjectRef> early = std::exchange(early_, {});
  absl::btree_set<std::string> wanted;
  for (const api::ObjectRef& object : early) wanted.insert(object->metadata().uid());
  // What nobody wants goes first, so that a namesake waits for its end.
  AddOrphans(wanted);
  for (const api::ObjectRef& object : early) AddFromApi(object);
}

// --- Admission

bool PodManager::NameInUse(const PodRecord& pod) const {
  const auto& metadata = pod.pod->metadata();
  return std::any_of(pods_.begin(), pods_.end(), [&](const auto& entry) {
    const PodRecord& other = *entry.second;
    return &other != &pod && other.stage != PodStage::kPending &&
           other.stage != PodStage::kFinished && other.pod->metadata().name() == metadata.name() &&
           other.pod->metadata().namespace_() == metadata.namespace_();
  });
}

rt::Task<> PodManager::Admit(PodRecord& pod) {
  if (HasFinalPhase(*pod.pod) || WantsEnd(pod)) {
    BeginTermination(pod);
    co_return;
  }
  const bool ran_before =
      pod.sandbox_attempts > 0 ||
      std::any_of(pod.containers.begin(), pod.containers.end(),
                  [](const ContainerRecord& container) { return container.attempts > 0; });
  if (ran_before) {
    Activate(pod);
    co_return;
  }
  // Another pod of this name is still being stopped: two of one identity never run at
  // once. Its end kicks this one.
  if (NameInUse(pod)) co_return;
  api::Ref<api::Node> node = node_.node();
  if (!node || CheckNode(*node, *pod.pod).has_value()) node = co_await node_.RefreshNode();
  // The world has moved on.
  if (WantsEnd(pod)) {
    BeginTermination(pod);
    co_return;
  }
  if (!node) {
    PlanWake(pod, executor_.Now() + config_.runtime_retry);
    co_return;
  }
  std::optional<PodFailure> failure = CheckNode(*node, *pod.pod);
  if (!failure.has_value()) {
    std::vector<const PodRecord*> others;
    for (const auto& [uid, other] : pods_) {
      if (other->stage == PodStage::kActive || other->stage == PodStage::kTerminating) {
        others.push_back(other.get());
      }
    }
    failure = CheckResources(node_.allocatable(), others, pod);
  }
  if (failure.has_value()) {
    Reject(pod, *std::move(failure));
  } else {
    Activate(pod);
  }
}

void PodManager::Reject(PodRecord& pod, PodFailure failure) {
  Event(pod, client::kEventWarning, failure.reason.c_str(), failure.message);
  failure.message = absl::StrCat("Pod was rejected: ", failure.message);
  pod.failure = std::make_unique<PodFailure>(std::move(failure));
  pod.rejected = true;
  pod.stage = PodStage::kFinished;
  status_writer_.Queue(pod);
}

void PodManager::Activate(PodRecord& pod) {
  const rt::Instant now = executor_.Now();
  pod.stage = PodStage::kActive;
  if (pod.pod->spec().has_active_deadline_seconds()) {
    const absl::Duration passed = executor_.WallNow() - pod.start_time;
    pod.deadline = now + absl::Seconds(pod.pod->spec().active_deadline_seconds()) - passed;
  }
  pod.status_not_before = now + config_.first_status_delay;
  if (config_.first_status_delay == absl::ZeroDuration()) status_writer_.Queue(pod);
}

// --- The end

bool PodManager::WantsEnd(const PodRecord& pod) {
  return pod.gone || pod.pod->metadata().has_deletion_timestamp();
}

absl::Duration PodManager::GraceOf(const PodRecord& pod) const {
  if (pod.orphan) return kOrphanGrace;
  const auto& metadata = pod.pod->metadata();
  const absl::Duration grace = metadata.has_deletion_grace_period_seconds()
                                   ? absl::Seconds(metadata.deletion_grace_period_seconds())
                                   : SpecGrace(*pod.pod);
  return std::max(grace, kLeastGrace);
}

void PodManager::BeginTermination(PodRecord& pod) {
  pod.stage = PodStage::kTerminating;
  pod.retry = absl::ZeroDuration();
  pod.stop_deadline = executor_.Now() + GraceOf(pod);
}

void PodManager::ShortenGrace(PodRecord& pod) {
  if (pod.stage != PodStage::kTerminating) return;
  const absl::Duration grace = GraceOf(pod);
  const rt::Instant deadline = executor_.Now() + grace;
  if (deadline >= pod.stop_deadline) return;
  pod.stop_deadline = deadline;
  for (const ContainerRecord& container : pod.containers) {
    if (container.state == ContainerRunState::kRunning) {
      tasks_.Spawn(StopAgain(container.id, grace));
    }
  }
}

rt::Task<> PodManager::StopAgain(std::string container_id, absl::Duration grace) {
  // The worker that waits for the container's end sees the outcome.
  const absl::Status stopped = co_await runtime_.StopContainer(container_id, grace);
  if (!stopped.ok()) env_.trace().Note("kubelet/stop-again-failed", 0);
}

void PodManager::KickNamesakes(const PodRecord& pod) {
  std::vector<std::string> waiting;
  for (const auto& [uid, other] : pods_) {
    if (other->stage == PodStage::kPending &&
        other->pod->metadata().name() == pod.pod->metadata().name() &&
        other->pod->metadata().namespace_() == pod.pod->metadata().namespace_()) {
      waiting.push_back(uid);
    }
  }
  for (const std::string& uid : waiting) {
    PodRecord* const other = FindPod(uid);
    if (other != nullptr) Kick(*other);
  }
}

void PodManager::Forget(const std::string& uid) {
  const auto found = pods_.find(uid);
  if (found == pods_.end()) return;
  timers_.erase({found->second->wake, uid});
  pods_.erase(found);
}

// --- Timers

void PodManager::PlanWake(PodRecord& pod, rt::Instant at) {
  if (at == pod.wake) return;
  if (pod.wake != absl::InfiniteDuration()) timers_.erase({pod.wake, pod.uid});
  pod.wake = at;
  if (at == absl::InfiniteDuration()) return;
  timers_.insert({at, pod.uid});
  if (at < timers_awaited_) timers_changed_.Raise();
}

rt::Task<> PodManager::RunTimers() {
  for (;;) {
    timers_awaited_ = -absl::InfiniteDuration();
    while (!timers_.empty() && timers_.begin()->first <= executor_.Now()) {
      PodRecord* const pod = FindPod(timers_.begin()->second);
      timers_.erase(timers_.begin());
      if (pod == nullptr) continue;
      pod->wake = absl::InfiniteDuration();
      Kick(*pod);
    }
    timers_awaited_ = timers_.empty() ? absl::InfiniteDuration() : timers_.begin()->first;
    co_await timers_changed_.WaitUntil(timers_awaited_);
  }
}

}  // namespace drydock::kubelet

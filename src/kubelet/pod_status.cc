// Phase and container statuses. Conditions: pod_conditions.cc.
#include "src/kubelet/pod_status.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/kubelet/pod_conditions.h"
#include "src/kubelet/pod_plan.h"

namespace drydock::kubelet {
namespace {

const char* WaitingReasonName(const PodRecord& pod, const ContainerRecord& container) {
  switch (container.waiting) {
    case WaitingReason::kCreating:
      return pod.init_containers > 0 ? "PodInitializing" : "ContainerCreating";
    case WaitingReason::kErrImagePull:
      return "ErrImagePull";
    case WaitingReason::kImagePullBackOff:
      return "ImagePullBackOff";
    case WaitingReason::kErrImageNeverPull:
      return "ErrImageNeverPull";
    case WaitingReason::kCrashLoopBackOff:
      return "CrashLoopBackOff";
    case WaitingReason::kCreateContainerError:
      return "CreateContainerError";
    case WaitingReason::kRunContainerError:
      return "RunContainerError";
  }
  return "";
}

std::string ContainerId(const std::string& id) {
  return id.empty() ? "" : absl::StrCat("containerd://", id);
}

void FillTerminated(const Termination& ended, api::ContainerStateTerminated* terminated) {
  terminated->set_exit_code(ended.exit_code);
  terminated->set_reason(ended.reason);
  if (!ended.message.empty()) terminated->set_message(ended.message);
  if (ended.started_at > absl::UnixEpoch()) {
    *terminated->mutable_started_at() = api::MakeTime(ended.started_at);
  }
  if (ended.finished_at > absl::UnixEpoch()) {
    *terminated->mutable_finished_at() = api::MakeTime(ended.finished_at);
  }
  if (!ended.id.empty()) terminated->set_container_id(ContainerId(ended.id));
}

// A container of a pod that will not run again must be reported as ended, even if
// nobody saw its end.
void FillUnknownEnd(api::ContainerStateTerminated* terminated) {
  terminated->set_exit_code(137);
  terminated->set_reason("ContainerStatusUnknown");
  terminated->set_message("The container could not be located when the pod was terminated");
}

void FillState(const PodRecord& pod, const ContainerRecord& container,
               api::ContainerStatus* status) {
  switch (container.state) {
    case ContainerRunState::kRunning:
      *status->mutable_state()->mutable_running()->mutable_started_at() =
          api::MakeTime(container.started_at);
      break;
    case ContainerRunState::kExited:
      FillTerminated(*container.ended, status->mutable_state()->mutable_terminated());
      break;
    case ContainerRunState::kWaiting:
      if (pod.stage == PodStage::kFinished && container.ended != nullptr) {
        FillTerminated(*container.ended, status->mutable_state()->mutable_terminated());
      } else if (pod.stage == PodStage::kFinished && IsInitialized(pod)) {
        FillUnknownEnd(status->mutable_state()->mutable_terminated());
      } else {
        api::ContainerStateWaiting* const waiting = status->mutable_state()->mutable_waiting();
        waiting->set_reason(WaitingReasonName(pod, container));
        if (container.waiting_message != nullptr) {
          waiting->set_message(*container.waiting_message);
        }
      }
      break;
  }
  const bool shows_end = status->state().has_terminated();
  const Termination* const last = shows_end ? container.before.get() : container.ended.get();
  if (last != nullptr) FillTerminated(*last, status->mutable_last_state()->mutable_terminated());
}

void FillContainer(const PodRecord& pod, int i, api::ContainerStatus* status) {
  const ContainerRecord& container = pod.containers[i];
  const api::Container& spec = pod.spec(i);
  status->set_name(spec.name());
  FillState(pod, container, status);
  const bool running = container.state == ContainerRunState::kRunning;
  if (container.init && !container.sidecar) {
    status->set_ready(status->state().has_terminated() &&
                      status->state().terminated().exit_code() == 0);
  } else {
    status->set_ready(running && container.ready);
  }
  status->set_restart_count(container.attempts > 0 ? static_cast<int32_t>(container.attempts) - 1
                                                   : 0);
  status->set_image(spec.image());
  status->set_image_id(container.image_id != nullptr ? *container.image_id : std::string());
  if (!container.unstarted) {
    status->set_container_id(ContainerId(container.id));
  } else if (container.ended != nullptr) {
    status->set_container_id(ContainerId(container.ended->id));
  }
  if (status->container_id().empty()) status->clear_container_id();
  status->set_started(running && container.started);
  if (spec.has_resources()) {
    *status->mutable_allocated_resources() = spec.resources().requests();
    *status->mutable_resources() = spec.resources();
  }
}

bool FailedForGood(const PodRecord& pod, const ContainerRecord& container) {
  return container.ended != nullptr && container.state != ContainerRunState::kRunning &&
         container.ended->exit_code != 0 && RestartPolicyOf(*pod.pod) == RestartPolicy::kNever;
}

const char* PhaseOf(const PodRecord& pod) {
  if (pod.rejected || pod.failure != nullptr) return "Failed";
  const bool final = pod.stage == PodStage::kFinished;
  int waiting = 0;
  int running = 0;
  int stopped = 0;
  int succeeded = 0;
  for (const ContainerRecord& container : pod.containers) {
    if (container.init) {
      if (!container.sidecar && FailedForGood(pod, container)) return "Failed";
      continue;
    }
    if (container.state == ContainerRunState::kRunning) {
      ++running;
    } else if (container.ended != nullptr) {
      ++stopped;
      if (container.ended->exit_code == 0) ++succeeded;
    } else {
      ++waiting;
    }
  }
  if (final) return waiting == 0 && stopped == succeeded ? "Succeeded" : "Failed";
  if (!IsInitialized(pod) || waiting > 0) return "Pending";
  if (running > 0) return "Running";
  if (RestartPolicyOf(*pod.pod) == RestartPolicy::kAlways) return "Running";
  if (stopped == succeeded) return "Succeeded";
  return RestartPolicyOf(*pod.pod) == RestartPolicy::kNever ? "Failed" : "Running";
}

void FillAddresses(const PodRecord& pod, absl::string_view host_ip, api::PodStatus* status) {
  if (!host_ip.empty()) {
    status->set_host_ip(host_ip.data(), host_ip.size());
    status->add_host_ips()->set_ip(host_ip.data(), host_ip.size());
  }
  const absl::string_view ip = pod.pod->spec().host_network() && pod.sandbox_attempts > 0
                                   ? host_ip
                                   : absl::string_view(pod.ip);
  // The address of a pod that has ended stays in its status; it may belong to another.
  if (!ip.empty()) {
    status->set_pod_ip(ip.data(), ip.size());
    status->add_pod_ips()->set_ip(ip.data(), ip.size());
  } else if (pod.sandbox_attempts > 0 && pod.pod->status().has_pod_ip()) {
    status->set_pod_ip(pod.pod->status().pod_ip());
    *status->mutable_pod_ips() = pod.pod->status().pod_ips();
  }
}

}  // namespace

std::string FormatPod(const api::Pod& pod) {
  return absl::StrCat(pod.metadata().name(), "_", pod.metadata().namespace_(), "(",
                      pod.metadata().uid(), ")");
}

std::string QosClassOf(const api::PodSpec& spec) {
  bool any = false;
  bool guaranteed = true;
  const auto look = [&](const api::Container& container) {
    for (const char* const name : {"cpu", "memory"}) {
      const std::string* const request = api::Find(container.resources().requests(), name);
      const std::string* const limit = api::Find(container.resources().limits(), name);
      any = any || request != nullptr || limit != nullptr;
      // A request that is not given defaults to the limit.
      if (limit == nullptr || (request != nullptr && *request != *limit)) guaranteed = false;
    }
  };
  for (const api::Container& container : spec.containers()) look(container);
  for (const api::Container& container : spec.init_containers()) look(container);
  return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

api::PodStatus ComputePodStatus(const PodRecord& pod, absl::string_view host_ip, absl::Time now) {
  const api::PodStatus& stored = pod.pod->status();
  api::PodStatus status;
  const bool final = HasFinalPhase(*pod.pod);
  status.set_phase(final ? stored.phase() : PhaseOf(pod));
  if (pod.failure != nullptr && !final) {
    status.set_reason(pod.failure->reason);
    status.set_message(pod.failure->message);
  } else {
    if (stored.has_reason()) status.set_reason(stored.reason());
    if (stored.has_message()) status.set_message(stored.message());
  }
  *status.mutable_start_time() =
      stored.has_start_time() ? stored.start_time() : api::MakeTime(pod.start_time);
  status.set_qos_class(stored.qos_class().empty() ? QosClassOf(pod.pod->spec())
                                                  : stored.qos_class());
  if (!stored.nominated_node_name().empty()) {
    status.set_nominated_node_name(stored.nominated_node_name());
  }
  if (stored.resource_claim_statuses_size() > 0) {
    *status.mutable_resource_claim_statuses() = stored.resource_claim_statuses();
  }
  if (stored.has_extended_resource_claim_status()) {
    *status.mutable_extended_resource_claim_status() = stored.extended_resource_claim_status();
  }
  if (stored.has_resize()) status.set_resize(stored.resize());
  *status.mutable_ephemeral_container_statuses() = stored.ephemeral_container_statuses();
  const int64_t generation = pod.pod->metadata().generation();
  if (generation > 0) status.set_observed_generation(generation);
  if (pod.rejected) {
    *status.mutable_conditions() = stored.conditions();
    return status;
  }
  FillAddresses(pod, host_ip, &status);
  for (int i = 0; i < pod.size(); ++i) {
    FillContainer(pod, i,
                  pod.containers[i].init ? status.add_init_container_statuses()
                                         : status.add_container_statuses());
  }
  FillConditions(pod, now, &status);
  return status;
}

}  // namespace drydock::kubelet

// The order of things in a pod: sandbox, init containers one by one, sidecars among
// them, app containers; and back: app containers, sidecars in reverse, sandbox.
#include "src/kubelet/pod_plan.h"

#include <algorithm>

namespace drydock::kubelet {
namespace {

bool HasEndedForGood(const PodRecord& pod, const ContainerRecord& container) {
  return container.state != ContainerRunState::kRunning && container.ended != nullptr &&
         !Restarts(pod, container, container.ended->exit_code);
}

bool Succeeded(const ContainerRecord& container) {
  return container.state == ContainerRunState::kExited && container.ended != nullptr &&
         container.ended->exit_code == 0;
}

bool HasEnded(const PodRecord& pod) {
  bool apps_ended = true;
  for (const ContainerRecord& container : pod.containers) {
    if (container.sidecar) continue;
    const bool ended = HasEndedForGood(pod, container);
    if (container.init) {
      if (ended && container.ended->exit_code != 0) return true;
    } else {
      apps_ended = apps_ended && ended;
    }
  }
  return apps_ended;
}

// Starts container `i`, gets its image, or notes until when it has to wait. True when
// there is something to do now.
bool PlanStart(const PodRecord& pod, int i, rt::Instant now, absl::Duration crash_loop_max,
               PodPlan* plan) {
  const ContainerRecord& container = pod.containers[i];
  if (container.ended != nullptr) {
    const absl::Duration delay = container.restarts.DelayAfter(container.finished, crash_loop_max);
    if (container.finished + delay > now) {
      plan->backing_off.push_back(i);
      plan->wake = std::min(plan->wake, container.finished + delay);
      return false;
    }
  }
  if (container.not_before > now) {
    plan->wake = std::min(plan->wake, container.not_before);
    return false;
  }
  if (container.image == ImageState::kPulling) return false;
  plan->action =
      container.image == ImageState::kReady ? PodAction::kStartContainer : PodAction::kObtainImage;
  plan->containers.push_back(i);
  return true;
}

// True when there is something to do, or the init containers have to be waited for.
bool PlanInit(const PodRecord& pod, rt::Instant now, absl::Duration crash_loop_max, PodPlan* plan) {
  for (int i = 0; i < pod.init_containers; ++i) {
    const ContainerRecord& container = pod.containers[i];
    if (container.state == ContainerRunState::kRunning) {
      if (container.sidecar && container.started) continue;
      return true;
    }
    if (!container.sidecar && Succeeded(container)) continue;
    PlanStart(pod, i, now, crash_loop_max, plan);
    return true;
  }
  return false;
}

PodPlan PlanActive(const PodRecord& pod, rt::Instant now, absl::Duration crash_loop_max) {
  PodPlan plan;
  if (pod.deadline <= now) {
    plan.action = PodAction::kFail;
    return plan;
  }
  plan.wake = pod.deadline;
  if (HasEnded(pod)) {
    plan.action = PodAction::kEnd;
    return plan;
  }
  if (pod.retry > now) {
    plan.wake = std::min(plan.wake, pod.retry);
    return plan;
  }
  for (int i = 0; i < pod.size(); ++i) {
    const ContainerRecord& container = pod.containers[i];
    if (container.state == ContainerRunState::kRunning && container.stop_wanted) {
      plan.containers.push_back(i);
    }
  }
  if (!plan.containers.empty()) {
    plan.action = PodAction::kStopContainers;
    return plan;
  }
  if (!pod.sandbox_ready) {
    plan.action = PodAction::kRunSandbox;
    return plan;
  }
  if (!IsInitialized(pod) && PlanInit(pod, now, crash_loop_max, &plan)) return plan;
  for (int i = 0; i < pod.size(); ++i) {
    const ContainerRecord& container = pod.containers[i];
    if (container.init && !container.sidecar) continue;
    if (container.state == ContainerRunState::kRunning) continue;
    if (HasEndedForGood(pod, container)) continue;
    if (PlanStart(pod, i, now, crash_loop_max, &plan)) return plan;
  }
  return plan;
}

PodPlan PlanTerminating(const PodRecord& pod, rt::Instant now) {
  PodPlan plan;
  if (pod.retry > now) {
    plan.wake = pod.retry;
    return plan;
  }
  int last_sidecar = -1;
  for (int i = 0; i < pod.size(); ++i) {
    const ContainerRecord& container = pod.containers[i];
    if (container.state != ContainerRunState::kRunning) continue;
    if (container.sidecar) {
      last_sidecar = i;
    } else {
      plan.containers.push_back(i);
    }
  }
  if (plan.containers.empty() && last_sidecar >= 0) plan.containers.push_back(last_sidecar);
  plan.action = !plan.containers.empty() ? PodAction::kStopContainers
                : pod.sandbox_ready      ? PodAction::kStopSandbox
                                         : PodAction::kFinish;
  return plan;
}

}  // namespace

bool IsInitialized(const PodRecord& pod) {
  if (pod.apps_started) return true;
  for (int i = 0; i < pod.init_containers; ++i) {
    const ContainerRecord& container = pod.containers[i];
    if (container.sidecar ? !container.started : !Succeeded(container)) return false;
  }
  return true;
}

PodPlan PlanPod(const PodRecord& pod, rt::Instant now, absl::Duration crash_loop_max) {
  switch (pod.stage) {
    case PodStage::kPending:
    case PodStage::kFinished:
      return PodPlan();
    case PodStage::kActive:
      return PlanActive(pod, now, crash_loop_max);
    case PodStage::kTerminating:
      return PlanTerminating(pod, now);
  }
  return PodPlan();
}

}  // namespace drydock::kubelet

// Derives conditions from container statuses.
#include "src/kubelet/pod_conditions.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/time.h"
#include "src/kubelet/pod_plan.h"

namespace drydock::kubelet {
namespace {

struct Verdict {
  bool holds = false;
  std::string reason;
  std::string message;
};

constexpr std::array<const char*, 5> kOwned = {"PodReadyToStartContainers", "Initialized", "Ready",
                                               "ContainersReady", "PodScheduled"};

std::string Named(const std::vector<std::string>& names) {
  return absl::StrCat("[", absl::StrJoin(names, " "), "]");
}

Verdict ContainersReady(const PodRecord& pod, const api::PodStatus& status) {
  if (status.phase() == "Succeeded") return {false, "PodCompleted", ""};
  if (status.phase() == "Failed") return {false, "PodFailed", ""};
  std::vector<std::string> unready;
  for (int i = 0; i < status.init_container_statuses_size(); ++i) {
    const api::ContainerStatus& container = status.init_container_statuses(i);
    if (pod.containers[i].sidecar && !container.ready()) unready.push_back(container.name());
  }
  for (const api::ContainerStatus& container : status.container_statuses()) {
    if (!container.ready()) unready.push_back(container.name());
  }
  if (unready.empty()) return {true, "", ""};
  return {false, "ContainersNotReady",
          absl::StrCat("containers with unready status: ", Named(unready))};
}

const api::PodCondition* FindCondition(const api::PodStatus& status, const std::string& type) {
  for (const api::PodCondition& condition : status.conditions()) {
    if (condition.type() == type) return &condition;
  }
  return nullptr;
}

Verdict Ready(const PodRecord& pod, const Verdict& containers_ready) {
  if (!containers_ready.holds) return containers_ready;
  std::vector<std::string> gates;
  for (const api::PodReadinessGate& gate : pod.pod->spec().readiness_gates()) {
    const api::PodCondition* const condition =
        FindCondition(pod.pod->status(), gate.condition_type());
    if (condition == nullptr) {
      gates.push_back(absl::StrCat("corresponding condition of pod readiness gate \"",
                                   gate.condition_type(), "\" does not exist."));
    } else if (condition->status() != "True") {
      gates.push_back(absl::StrCat("the status of pod readiness gate \"", gate.condition_type(),
                                   "\" is not \"True\", but ", condition->status()));
    }
  }
  if (gates.empty()) return {true, "", ""};
  return {false, "ReadinessGatesNotReady", absl::StrJoin(gates, ", ")};
}

Verdict Initialized(const PodRecord& pod, const api::PodStatus& status) {
  if (status.phase() == "Succeeded") return {true, "PodCompleted", ""};
  if (pod.init_containers == 0 || IsInitialized(pod)) return {true, "", ""};
  std::vector<std::string> incomplete;
  for (int i = 0; i < pod.init_containers; ++i) {
    const api::ContainerStatus& container = status.init_container_statuses(i);
    const bool complete = pod.containers[i].sidecar ? container.started() : container.ready();
    if (!complete) incomplete.push_back(container.name());
  }
  return {false, "ContainersNotInitialized",
          absl::StrCat("containers with incomplete status: ", Named(incomplete))};
}

bool IsOwned(const std::string& type) {
  for (const char* const owned : kOwned) {
    if (type == owned) return true;
  }
  return false;
}

}  // namespace

void FillConditions(const PodRecord& pod, absl::Time now, api::PodStatus* status) {
  const Verdict containers_ready = ContainersReady(pod, *status);
  std::array<Verdict, kOwned.size()> verdicts = {
      Verdict{pod.network_ready, "", ""}, Initialized(pod, *status), Ready(pod, containers_ready),
      containers_ready, Verdict{true, "", ""}};
  for (size_t i = 0; i < kOwned.size(); ++i) {
    api::PodCondition* const condition = status->add_conditions();
    condition->set_type(kOwned[i]);
    condition->set_status(verdicts[i].holds ? "True" : "False");
    if (!verdicts[i].reason.empty()) condition->set_reason(std::move(verdicts[i].reason));
    if (!verdicts[i].message.empty()) condition->set_message(std::move(verdicts[i].message));
    const int64_t generation = pod.pod->metadata().generation();
    if (generation > 0) condition->set_observed_generation(generation);
    const api::PodCondition* const before = FindCondition(pod.pod->status(), kOwned[i]);
    if (before != nullptr && before->status() == condition->status() &&
        before->has_last_transition_time()) {
      *condition->mutable_last_transition_time() = before->last_transition_time();
    } else {
      *condition->mutable_last_transition_time() = api::MakeTime(now);
    }
  }
  for (const api::PodCondition& condition : pod.pod->status().conditions()) {
    if (!IsOwned(condition.type())) *status->add_conditions() = condition;
  }
}

}  // namespace drydock::kubelet

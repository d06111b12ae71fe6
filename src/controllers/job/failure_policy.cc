// Rules on exit codes and pod conditions.
#include "src/controllers/job/failure_policy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

// The first container whose exit the rule means, or null.
const api::ContainerStatus* MatchingContainer(
    const api::batchv1::PodFailurePolicyOnExitCodesRequirement& rule,
    const google::protobuf::RepeatedPtrField<api::ContainerStatus>& containers) {
  for (const api::ContainerStatus& container : containers) {
    if (!container.state().has_terminated()) continue;
    if (rule.has_container_name() && rule.container_name() != container.name()) continue;
    const int32_t code = container.state().terminated().exit_code();
    if (code == 0) continue;
    const bool listed =
        std::find(rule.values().begin(), rule.values().end(), code) != rule.values().end();
    if (listed == (rule.operator_() == "In")) return &container;
  }
  return nullptr;
}

const api::PodCondition* MatchingCondition(const api::batchv1::PodFailurePolicyRule& rule,
                                           const api::Pod& pod) {
  for (const auto& pattern : rule.on_pod_conditions()) {
    const api::PodCondition* const condition = FindCondition(pod, pattern.type());
    const std::string wanted = pattern.status().empty() ? "True" : pattern.status();
    if (condition != nullptr && condition->status() == wanted) return condition;
  }
  return nullptr;
}

FailureVerdict Verdict(const std::string& action, std::string message) {
  FailureVerdict verdict;
  if (action == "FailJob") {
    verdict.action = FailureAction::kFailJob;
    verdict.message = std::move(message);
  } else if (action == "Ignore") {
    verdict.action = FailureAction::kIgnore;
  }
  return verdict;
}

}  // namespace

FailureVerdict JudgeFailure(const api::Job& job, const api::Pod& pod) {
  if (!job.spec().has_pod_failure_policy() || !IsFailed(pod)) return {};
  const std::string name = pod.metadata().namespace_() + "/" + pod.metadata().name();
  for (int i = 0; i < job.spec().pod_failure_policy().rules_size(); ++i) {
    const auto& rule = job.spec().pod_failure_policy().rules(i);
    if (rule.has_on_exit_codes()) {
      const api::ContainerStatus* container =
          MatchingContainer(rule.on_exit_codes(), pod.status().container_statuses());
      if (container == nullptr) {
        container = MatchingContainer(rule.on_exit_codes(), pod.status().init_container_statuses());
      }
      if (container == nullptr) continue;
      return Verdict(
          rule.action(),
          absl::StrFormat("Container %s for pod %s failed with exit code %d matching %s rule at "
                          "index %d",
                          container->name(), name, container->state().terminated().exit_code(),
                          rule.action(), i));
    }
    const api::PodCondition* const condition = MatchingCondition(rule, pod);
    if (condition == nullptr) continue;
    return Verdict(rule.action(),
                   absl::StrFormat("Pod %s has condition %s matching %s rule at index %d", name,
                                   condition->type(), rule.action(), i));
  }
  return {};
}

}  // namespace drydock::controllers

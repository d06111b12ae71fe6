// Conditions and their taints.
#include "src/controllers/node_lifecycle/node_conditions.h"

#include "src/api/time.h"

namespace drydock::controllers {
namespace {

// A condition with this status puts this taint on the node.
struct ConditionTaint {
  const char* condition;
  const char* status;
  const char* taint;
};
constexpr ConditionTaint kConditionTaints[] = {
    {"Ready", "False", kTaintNotReady},
    {"Ready", "Unknown", kTaintUnreachable},
    {"MemoryPressure", "True", kTaintMemoryPressure},
    {"DiskPressure", "True", kTaintDiskPressure},
    {"NetworkUnavailable", "True", kTaintNetworkUnavailable},
    {"PIDPressure", "True", kTaintPidPressure},
};

constexpr const char* kKubeletConditions[] = {"Ready", "MemoryPressure", "DiskPressure",
                                              "PIDPressure"};

void Require(const api::Node& node, const char* key, bool wanted, TaintChange* change) {
  const bool there = HasTaint(node, key, kNoSchedule);
  if (wanted && !there) change->add.push_back({key, kNoSchedule});
  if (!wanted && there) change->remove.push_back({key, kNoSchedule});
}

}  // namespace

const api::NodeCondition* FindNodeCondition(const api::NodeStatus& status, absl::string_view type) {
  for (const api::NodeCondition& condition : status.conditions()) {
    if (condition.type() == type) return &condition;
  }
  return nullptr;
}

Readiness ReadinessOf(const api::NodeStatus& status) {
  const api::NodeCondition* ready = FindNodeCondition(status, "Ready");
  if (ready == nullptr) return Readiness::kNone;
  if (ready->status() == "True") return Readiness::kTrue;
  if (ready->status() == "False") return Readiness::kFalse;
  return Readiness::kUnknown;
}

void MarkUnknown(const api::Node& node, absl::Time now, api::NodeStatus* status) {
  for (const char* type : kKubeletConditions) {
    api::NodeCondition* condition = nullptr;
    for (api::NodeCondition& candidate : *status->mutable_conditions()) {
      if (candidate.type() == type) condition = &candidate;
    }
    if (condition == nullptr) {
      condition = status->add_conditions();
      condition->set_type(type);
      condition->set_reason("NodeStatusNeverUpdated");
      condition->set_message("Kubelet never posted node status.");
      *condition->mutable_last_heartbeat_time() = node.metadata().creation_timestamp();
    } else if (condition->status() != "Unknown") {
      condition->set_reason("NodeStatusUnknown");
      condition->set_message("Kubelet stopped posting node status.");
    } else {
      continue;
    }
    condition->set_status("Unknown");
    *condition->mutable_last_transition_time() = api::MakeTime(now);
  }
}

TaintChange NoScheduleTaintChange(const api::Node& node) {
  TaintChange change;
  for (const ConditionTaint& rule : kConditionTaints) {
    const api::NodeCondition* condition = FindNodeCondition(node.status(), rule.condition);
    Require(node, rule.taint, condition != nullptr && condition->status() == rule.status, &change);
  }
  Require(node, kTaintUnschedulable, node.spec().unschedulable(), &change);
  return change;
}

}  // namespace drydock::controllers

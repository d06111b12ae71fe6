// A node's conditions: what they say, what the controller makes of a silent node, and
// which NoSchedule taints go with them. Pure.
#ifndef DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_NODE_CONDITIONS_H_
#define DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_NODE_CONDITIONS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/core/v1/node.h"
#include "src/controllers/taints/taints.h"

namespace drydock::controllers {

const api::NodeCondition* FindNodeCondition(const api::NodeStatus& status, absl::string_view type);

enum class Readiness : uint8_t { kNone, kTrue, kFalse, kUnknown };  // kNone: no condition.
Readiness ReadinessOf(const api::NodeStatus& status);

// Ready and the pressure conditions become Unknown. NetworkUnavailable is not the
// kubelet's to report, and stays.
void MarkUnknown(const api::Node& node, absl::Time now, api::NodeStatus* status);

struct TaintChange {
  std::vector<TaintId> add;
  std::vector<TaintId> remove;
  bool empty() const { return add.empty() && remove.empty(); }
};

// What the NoSchedule taints lack, and have too much, by conditions and spec.unschedulable.
TaintChange NoScheduleTaintChange(const api::Node& node);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_NODE_LIFECYCLE_NODE_CONDITIONS_H_

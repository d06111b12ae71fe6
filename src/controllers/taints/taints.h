// Taints and tolerations, and changing a node's taints.
#ifndef DRYDOCK_SRC_CONTROLLERS_TAINTS_TAINTS_H_
#define DRYDOCK_SRC_CONTROLLERS_TAINTS_TAINTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "src/rt/task.h"

namespace drydock::controllers {

inline constexpr char kTaintNotReady[] = "node.kubernetes.io/not-ready";
inline constexpr char kTaintUnreachable[] = "node.kubernetes.io/unreachable";
inline constexpr char kTaintUnschedulable[] = "node.kubernetes.io/unschedulable";
inline constexpr char kTaintMemoryPressure[] = "node.kubernetes.io/memory-pressure";
inline constexpr char kTaintDiskPressure[] = "node.kubernetes.io/disk-pressure";
inline constexpr char kTaintNetworkUnavailable[] = "node.kubernetes.io/network-unavailable";
inline constexpr char kTaintPidPressure[] = "node.kubernetes.io/pid-pressure";
inline constexpr char kTaintOutOfService[] = "node.kubernetes.io/out-of-service";
inline constexpr char kNoSchedule[] = "NoSchedule";
inline constexpr char kNoExecute[] = "NoExecute";

// What identifies a taint on its node.
struct TaintId {
  std::string key;
  std::string effect;
  friend bool operator==(const TaintId&, const TaintId&) = default;
};

bool HasTaint(const api::Node& node, absl::string_view key, absl::string_view effect);

bool Tolerates(const api::Toleration& toleration, const api::Taint& taint);

// How long a pod with these tolerations may stay with these taints: infinite when all
// are tolerated for ever, zero when one is not tolerated at all.
absl::Duration ToleratedFor(const google::protobuf::RepeatedPtrField<api::Toleration>& tolerations,
                            const std::vector<api::Taint>& taints);

// Adds and removes taints of one node, as one write, which fails when the node has
// changed meanwhile and is then tried again on the newest state; asks nothing of the
// server when nothing is to be done. Added taints say when. `nodes` and `client`
// outlive the task.
rt::Task<absl::Status> ChangeTaints(client::Client& client, client::Informer<api::Node> nodes,
                                    std::string node, std::vector<TaintId> add,
                                    std::vector<TaintId> remove);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_TAINTS_TAINTS_H_

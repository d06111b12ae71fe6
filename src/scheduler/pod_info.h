// A pod as the scheduler sees it: what is the same for all pods of a template (the
// shape) parsed once and shared, and beside it what is the pod's own.
#ifndef DRYDOCK_SRC_SCHEDULER_POD_INFO_H_
#define DRYDOCK_SRC_SCHEDULER_POD_INFO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "src/rt/payload.h"
#include "src/rt/ref.h"
#include "src/scheduler/resources.h"
#include "src/scheduler/selector.h"
#include "src/scheduler/symbols.h"
#include "src/scheduler/terms.h"

namespace drydock::scheduler {

using NodeIndex = uint32_t;
inline constexpr NodeIndex kNoNode = 0xffffffff;

enum class TaintEffect : uint8_t { kNoSchedule, kPreferNoSchedule, kNoExecute };

struct Taint {
  std::string key;
  std::string value;
  TaintEffect effect = TaintEffect::kNoSchedule;

  friend bool operator==(const Taint&, const Taint&) = default;
};

struct Toleration {
  std::string key;  // Empty with `exists`: every key.
  bool exists = false;
  std::string value;
  std::optional<TaintEffect> effect;  // Absent: every effect.

  bool Tolerates(const Taint& taint) const {
    if (effect.has_value() && *effect != taint.effect) return false;
    if (!key.empty() && key != taint.key) return false;
    return exists || value == taint.value;
  }
};

struct HostPort {
  std::string ip;        // "0.0.0.0": every address.
  std::string protocol;  // "TCP", "UDP", "SCTP".
  int32_t port = 0;

  bool ConflictsWith(const HostPort& other) const {
    return port == other.port && protocol == other.protocol &&
           (ip == other.ip || ip == "0.0.0.0" || other.ip == "0.0.0.0");
  }
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

struct PreferredNodeTerm {
  int32_t weight = 0;
  NodeTerm term;
};

struct WeightedAffinityTerm {
  rt::Ref<AffinityTerm> term;
  int32_t weight = 0;  // Negative for anti-affinity.
};

struct SpreadConstraint {
  int32_t max_skew = 1;
  Symbol topology_key = kNoSymbol;
  bool is_hostname = false;
  bool required = true;  // DoNotSchedule.
  int32_t min_domains = 1;
  bool honor_node_affinity = true;
  bool honor_node_taints = false;
  LabelSelector selector;   // With matchLabelKeys merged in.
  bool self_match = false;  // The selector matches the pod itself.
  rt::Ref<MatchColumn> matches;
};

struct OwnerReference {
  std::string kind;
  std::string name;
  std::string uid;
};

// What scheduling decides by, apart from who the pod is. Equal pods share one; see
// ShapeTable. Immutable but for what caches fill in.
struct PodShape final : public rt::RefCounted {
  uint64_t id = 0;  // Counts up; never used again.
  std::string key;  // Canonical: equal keys, equal shapes.

  std::string ns;
  Labels labels;
  std::string scheduler_name;
  int32_t priority = 0;
  bool preempts = true;  // preemptionPolicy is not Never.

  Resources requests;       // What NodeResourcesFit compares.
  int64_t nonzero_cpu = 0;  // With Kubernetes' defaults for what containers leave out.
  int64_t nonzero_memory = 0;
  int32_t container_count = 0;  // With init containers.
  std::vector<Symbol> images;   // Normalised: one for each container, then those of volumes.
  std::vector<HostPort> ports;

  std::vector<Toleration> tolerations;
  std::vector<std::pair<Symbol, Symbol>> node_selector;
  std::optional<NodeSelector> required_node_affinity;
  std::vector<PreferredNodeTerm> preferred_node_affinity;
  Symbol node_name = kNoSymbol;  // spec.nodeName of a pod that came with one.

  std::vector<rt::Ref<AffinityTerm>> required_affinity;
  std::vector<rt::Ref<AffinityTerm>> required_anti_affinity;
  std::vector<WeightedAffinityTerm> preferred_affinity;  // Of both signs.
  rt::Ref<MatchColumn> affinity_matches;  // Pods that match all of required_affinity.

  std::vector<SpreadConstraint> spread;
  std::optional<OwnerReference> controller;

  std::vector<std::string> scheduling_gates;

  // True when `taint` does not keep the pod away.
  bool Tolerates(const Taint& taint) const {
    for (const Toleration& toleration : tolerations) {
      if (toleration.Tolerates(taint)) return true;
    }
    return false;
  }
  bool has_affinity_terms() const {
    return !required_affinity.empty() || !required_anti_affinity.empty() ||
           !preferred_affinity.empty();
  }

  // Which match columns count pods of this shape: PodCounts keeps it.
  mutable uint64_t matched_epoch = 0;
  mutable size_t matched_upto = 0;
  mutable std::vector<MatchColumn*> matched;
  // The default spreading constraint's column: PodTopologySpread keeps it.
  mutable uint64_t default_spread_version = 0;
  mutable rt::Ref<MatchColumn> default_spread;
};

// One pod. Shared by the queue, the cache and the node it is on.
struct PodInfo final : public rt::RefCounted {
  rt::Ref<const PodShape> shape;
  std::string name;
  std::string uid;
  absl::Time created;
  absl::Time started = absl::InfiniteFuture();  // status.startTime.
  bool terminating = false;                     // Has a deletionTimestamp.
  bool terminating_by_preemption = false;       // And the scheduler's DisruptionTarget condition.
  std::string nominated_node;                   // status.nominatedNodeName.
  rt::PayloadRef origin;                        // The API object; null where there is none.

  NodeIndex node = kNoNode;  // Where the cluster holds it; kNoNode when it does not.
  uint32_t node_slot = 0;    // Its place among the node's pods.

  const std::string& ns() const { return shape->ns; }
  int32_t priority() const { return shape->priority; }
};

using PodRef = rt::Ref<PodInfo>;

// "ns/name".
inline std::string KeyOf(const PodInfo& pod) { return pod.ns() + "/" + pod.name; }

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_POD_INFO_H_

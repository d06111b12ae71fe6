// The arguments of plugins, as KubeSchedulerConfiguration's pluginConfig gives them,
// with Kubernetes' defaults.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGIN_ARGS_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGIN_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/scheduler/selector.h"

namespace drydock::scheduler {

struct ResourceWeight {
  std::string name;
  int64_t weight = 1;
};

enum class ScoringStrategy : uint8_t { kLeastAllocated, kMostAllocated, kRequestedToCapacityRatio };

struct UtilizationPoint {
  int64_t utilization = 0;  // 0 to 100.
  int64_t score = 0;        // 0 to 10.
};

struct NodeResourcesFitArgs {
  std::vector<std::string> ignored_resources;
  std::vector<std::string> ignored_resource_groups;
  ScoringStrategy strategy = ScoringStrategy::kLeastAllocated;
  std::vector<ResourceWeight> resources = {{"cpu", 1}, {"memory", 1}};
  std::vector<UtilizationPoint> shape;  // Of kRequestedToCapacityRatio, by utilization.
};

struct BalancedAllocationArgs {
  std::vector<ResourceWeight> resources = {{"cpu", 1}, {"memory", 1}};
};

// Node selectors in the configuration name labels as text: they are interned when
// the plugin is made.
struct TextNodeTerm {
  std::vector<LabelRequirement> expressions;
  std::vector<LabelRequirement> fields;
};

struct NodeAffinityArgs {
  bool has_added_required = false;
  std::vector<TextNodeTerm> added_required;
  std::vector<std::pair<int32_t, TextNodeTerm>> added_preferred;
};

struct DefaultSpreadConstraint {
  int32_t max_skew = 1;
  std::string topology_key;
  bool required = false;
};

struct PodTopologySpreadArgs {
  bool system_defaulted = true;  // defaultingType: System; otherwise List.
  std::vector<DefaultSpreadConstraint> default_constraints;
};

struct InterPodAffinityArgs {
  int32_t hard_pod_affinity_weight = 1;
  bool ignore_preferred_terms_of_existing_pods = false;
};

struct DefaultPreemptionArgs {
  int32_t min_candidate_nodes_percentage = 10;
  int32_t min_candidate_nodes_absolute = 100;
};

// Drydock's own: a policy as expressions (docs/policies.md). Empty: not given.
struct ExpressionArgs {
  std::string filter;
  std::string reason;
  std::string score;
  bool normalize = false;
};

// All of them; a plugin looks at its own. `parameters` are those of a plugin that
// Kubernetes does not have: the scalars of its args by dotted path.
struct PluginArgs {
  NodeResourcesFitArgs node_resources_fit;
  BalancedAllocationArgs balanced_allocation;
  NodeAffinityArgs node_affinity;
  PodTopologySpreadArgs pod_topology_spread;
  InterPodAffinityArgs inter_pod_affinity;
  DefaultPreemptionArgs default_preemption;
  ExpressionArgs expression;
  std::vector<std::pair<std::string, std::string>> parameters;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGIN_ARGS_H_

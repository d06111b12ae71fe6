// The factories of the plugins that come with Drydock; the table that names them is
// in registry.cc. One plugin a file.
#ifndef DRYDOCK_SRC_SCHEDULER_PLUGINS_BUILTIN_H_
#define DRYDOCK_SRC_SCHEDULER_PLUGINS_BUILTIN_H_

#include "absl/status/statusor.h"
#include "src/scheduler/profile.h"

namespace drydock::scheduler {

absl::StatusOr<PluginInstance> NewDefaultBinder(const PluginArgs& args,
                                                const PluginContext& context);
absl::StatusOr<PluginInstance> NewDefaultPreemption(const PluginArgs& args,
                                                    const PluginContext& context);
absl::StatusOr<PluginInstance> NewDominantResourceFairness(const PluginArgs& args,
                                                           const PluginContext& context);
absl::StatusOr<PluginInstance> NewExpression(const PluginArgs& args, const PluginContext& context);
absl::StatusOr<PluginInstance> NewFirstFit(const PluginArgs& args, const PluginContext& context);
absl::StatusOr<PluginInstance> NewImageLocality(const PluginArgs& args,
                                                const PluginContext& context);
absl::StatusOr<PluginInstance> NewInterPodAffinity(const PluginArgs& args,
                                                   const PluginContext& context);
absl::StatusOr<PluginInstance> NewNodeAffinity(const PluginArgs& args,
                                               const PluginContext& context);
absl::StatusOr<PluginInstance> NewNodeName(const PluginArgs& args, const PluginContext& context);
absl::StatusOr<PluginInstance> NewNodePorts(const PluginArgs& args, const PluginContext& context);
absl::StatusOr<PluginInstance> NewNodeResourcesBalancedAllocation(const PluginArgs& args,
                                                                  const PluginContext& context);
absl::StatusOr<PluginInstance> NewNodeResourcesFit(const PluginArgs& args,
                                                   const PluginContext& context);
absl::StatusOr<PluginInstance> NewNodeUnschedulable(const PluginArgs& args,
                                                    const PluginContext& context);
absl::StatusOr<PluginInstance> NewPodTopologySpread(const PluginArgs& args,
                                                    const PluginContext& context);
absl::StatusOr<PluginInstance> NewPriceAware(const PluginArgs& args, const PluginContext& context);
absl::StatusOr<PluginInstance> NewPrioritySort(const PluginArgs& args,
                                               const PluginContext& context);
absl::StatusOr<PluginInstance> NewRoundRobin(const PluginArgs& args, const PluginContext& context);
absl::StatusOr<PluginInstance> NewSchedulingGates(const PluginArgs& args,
                                                  const PluginContext& context);
absl::StatusOr<PluginInstance> NewShortestJobFirst(const PluginArgs& args,
                                                   const PluginContext& context);
absl::StatusOr<PluginInstance> NewTaintToleration(const PluginArgs& args,
                                                  const PluginContext& context);
absl::StatusOr<PluginInstance> NewTetris(const PluginArgs& args, const PluginContext& context);
absl::StatusOr<PluginInstance> NewWorstFit(const PluginArgs& args, const PluginContext& context);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PLUGINS_BUILTIN_H_

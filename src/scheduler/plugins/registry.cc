// The table of plugins: one line each.
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/profile.h"

namespace drydock::scheduler {

PluginRegistry PluginRegistry::Builtin() {
  PluginRegistry registry;
  registry.Add("DefaultBinder", NewDefaultBinder);
  registry.Add("DefaultPreemption", NewDefaultPreemption);
  registry.Add("DominantResourceFairness", NewDominantResourceFairness);
  registry.Add("Expression", NewExpression);
  registry.Add("FirstFit", NewFirstFit);
  registry.Add("ImageLocality", NewImageLocality);
  registry.Add("InterPodAffinity", NewInterPodAffinity);
  registry.Add("NodeAffinity", NewNodeAffinity);
  registry.Add("NodeName", NewNodeName);
  registry.Add("NodePorts", NewNodePorts);
  registry.Add("NodeResourcesBalancedAllocation", NewNodeResourcesBalancedAllocation);
  registry.Add("NodeResourcesFit", NewNodeResourcesFit);
  registry.Add("NodeUnschedulable", NewNodeUnschedulable);
  registry.Add("PodTopologySpread", NewPodTopologySpread);
  registry.Add("PriceAware", NewPriceAware);
  registry.Add("PrioritySort", NewPrioritySort);
  registry.Add("RoundRobin", NewRoundRobin);
  registry.Add("SchedulingGates", NewSchedulingGates);
  registry.Add("ShortestJobFirst", NewShortestJobFirst);
  registry.Add("TaintToleration", NewTaintToleration);
  registry.Add("Tetris", NewTetris);
  registry.Add("WorstFit", NewWorstFit);
  return registry;
}

}  // namespace drydock::scheduler

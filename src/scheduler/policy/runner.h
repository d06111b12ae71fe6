// A policy's expression over the scheduler's nodes. What it reads by name is found once, when it is
// made; for each node the numbers are copied from the columns into the expression's registers, and
// then it runs without looking anything up. Expressions of numbers alone run over many nodes at a
// time.
#ifndef DRYDOCK_SRC_SCHEDULER_POLICY_RUNNER_H_
#define DRYDOCK_SRC_SCHEDULER_POLICY_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/cel/lanes.h"
#include "src/cel/program.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/policy/views.h"

namespace drydock::scheduler::policy {

// Steps that a policy may take for one node (cel/program.h).
inline constexpr uint64_t kBudget = 100000;

class Runner {
 public:
  // `cluster` outlives the runner. Names of labels and resources are interned in it.
  Runner(const cel::Program& program, Cluster& cluster);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // The pod of the Runs that follow; it lives as long.
  void SetPod(const PodInfo& pod);
  // The expression's value for the pod on the node, or an error. Valid until the next Run.
  const cel::Value& Run(NodeIndex node);
  // The value as a number: a truth is 0 or 1; NaN, an error and what is no number are 0.
  double Number(NodeIndex node);
  // Number for `count` nodes.
  void Numbers(const NodeIndex* nodes, size_t count, double* numbers);

  // Whether the value can differ between pods of the same shape.
  bool depends_on_name() const { return depends_on_name_; }
  // Whether the value can change when pods come to a node or leave it.
  bool depends_on_pods() const { return depends_on_pods_; }

 private:
  struct Load {
    enum class What : uint8_t {
      kAmount,
      kLabel,
      kName,
      kNamespace,
      kPriority,
      kPods,
      kPrice,
      kOff
    };
    What what = What::kAmount;
    Amount amount = Amount::kAllocatable;
    ResourceKey resource;
    Symbol label = kNoSymbol;  // Of a node.
    std::string key;           // Of a pod's label.
    cel::Value missing;        // The error of a label that is not there.
    size_t attribute = 0;
  };

  // Of nodes, at most cel::Lanes::kCount of them.
  void LoadLanes(const Load& load, const NodeIndex* nodes, size_t count);
  Load MakeLoad(const std::vector<std::string>& path, Cluster& cluster);
  void LoadNode(const Load& load, NodeIndex node);
  void LoadPod(const Load& load, const PodInfo& pod);
  // The same number for all nodes.
  void FillLanes(const Load& load, double number);

  const Cluster& cluster_;
  const Prices prices_;
  const rt::Ref<NodeView> node_;
  const rt::Ref<PodView> pod_;
  std::vector<Load> of_node_;
  std::vector<Load> of_pod_;
  bool depends_on_name_ = false;
  bool depends_on_pods_ = false;
  cel::Evaluation evaluation_;
  const std::unique_ptr<cel::Lanes> lanes_;  // Null when the expression needs more than numbers.
};

}  // namespace drydock::scheduler::policy

#endif  // DRYDOCK_SRC_SCHEDULER_POLICY_RUNNER_H_

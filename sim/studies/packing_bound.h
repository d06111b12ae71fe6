// How much of a cluster's GPUs any policy at all could have put to use with the pods that
// have arrived: no packing is searched for, only what no packing can get around.
//
// The relaxation: pods may be cut in pieces, and nodes of a GPU model are one big node.
// Then what is used is at most
//   - for every set of models: all GPUs of these models, and the requests of the pods that
//     accept another model (the minimum over all sets is the maximum flow from pods to
//     models, by the theorem of Ford and Fulkerson);
//   - what the nodes' CPUs, and their memory, suffice for when the pods with the most GPU
//     for each CPU come first (the fractional knapsack).
// A pod that no empty node could take counts for nothing.
#ifndef DRYDOCK_SIM_STUDIES_PACKING_BOUND_H_
#define DRYDOCK_SIM_STUDIES_PACKING_BOUND_H_

#include <cstdint>
#include <map>
#include <vector>

#include "sim/traces/openb.h"

namespace drydock::sim {

class PackingBound {
 public:
  explicit PackingBound(const OpenbTrace& trace);

  void Arrive(const OpenbPod& pod);
  // Milli-GPU.
  int64_t Most() const;

 private:
  // Pods by how much GPU they ask for with each unit of another resource, and that resource.
  struct Knapsack {
    struct Pods {
      int64_t gpu_milli = 0;
      int64_t amount = 0;
    };
    int64_t capacity = 0;
    int64_t amount = 0;               // Of all pods.
    std::map<double, Pods> by_price;  // Amount for each milli-GPU; the cheapest first.

    void Add(int64_t gpu_milli, int64_t amount_asked);
    int64_t Most() const;
  };

  bool FitsAnEmptyNode(const OpenbPod& pod) const;

  std::vector<OpenbNode> kinds_;  // Of nodes with GPUs; one for each that differs.
  std::vector<scheduler::gpushare::ModelSet> kind_models_;
  // By set of models: what is used at most, by the first rule. Without sets when there are
  // too many models: then `total_` and `arrived_` stand for the sets of all and of none.
  std::vector<int64_t> cut_;
  int64_t total_ = 0;
  int64_t arrived_ = 0;
  Knapsack cpu_;
  Knapsack memory_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_STUDIES_PACKING_BOUND_H_

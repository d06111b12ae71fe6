// The openb trace: nodes and tasks of a production GPU cluster, as CSV files.
//
//   DIR/openb_node_list_gpu_node.csv     sn,cpu_milli,memory_mib,gpu,model
//   DIR/openb_pod_list_NAME.csv          name,cpu_milli,memory_mib,num_gpu,gpu_milli[,gpu_spec,...]
//   DIR/orders/arrivals-NAME-SEED.txt    one row index of the pod list a line (optional)
//   DIR/orders/node-ranks.csv            node,NAME-SEED,... (optional)
//
// Published with "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with
// Fragmentation Gradient Descent" (USENIX ATC 2023), in the data set
// alibaba/clusterdata, folder cluster-trace-gpu-v2023.
#ifndef DRYDOCK_SIM_TRACES_OPENB_H_
#define DRYDOCK_SIM_TRACES_OPENB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "src/scheduler/gpushare/device.h"
#include "src/scheduler/gpushare/fragmentation.h"

namespace drydock::sim {

struct OpenbNode {
  std::string name;
  int64_t cpu_milli = 0;
  int64_t memory_mib = 0;
  int32_t gpus = 0;
  std::string model;
};

struct OpenbPod {
  std::string name;
  int64_t memory_mib = 0;
  scheduler::gpushare::GpuRequest request;
  std::string gpu_spec;  // As in the file: models separated by '|'; empty: any.
};

struct OpenbTrace {
  std::string list;
  std::vector<OpenbNode> nodes;     // Sorted by name.
  std::vector<OpenbPod> pods;       // Sorted by name.
  std::vector<std::string> models;  // Bit i of a ModelSet stands for models[i].

  int64_t TotalGpuMilli() const;
  scheduler::gpushare::ModelSet ModelBit(const std::string& model) const;
};

// Who comes when, and which node wins a tie.
struct OpenbOrder {
  std::vector<uint32_t> arrivals;   // Indices into OpenbTrace::pods.
  std::vector<uint32_t> node_rank;  // By node; the lower rank wins a tie.
  bool stored = false;              // Read from DIR/orders, not drawn.
};

// Errors name the file, the line and what was expected there. A missing directory
// or list is kNotFound with advice on where to get the data.
absl::StatusOr<OpenbTrace> ReadOpenbTrace(const std::string& directory, const std::string& list);

// The stored order for (list, seed) where the directory has it, else one drawn by
// the same rules: a shuffle, then copies drawn until the requests reach `load` of
// the cluster's GPUs (or pods removed until they fall to it).
absl::StatusOr<OpenbOrder> OrderOpenb(const OpenbTrace& trace, const std::string& directory,
                                      uint64_t seed, double load);

// The most frequent requests, which cover 95% of the pods, by falling frequency.
scheduler::gpushare::TypicalPods TypicalOpenbPods(const OpenbTrace& trace);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_TRACES_OPENB_H_

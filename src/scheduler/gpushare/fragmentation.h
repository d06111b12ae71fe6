// Fragmentation of a node: the expected part of its free GPUs that a typical pod
// of the workload could not use there (section 3 of the FGD paper).
#ifndef DRYDOCK_SRC_SCHEDULER_GPUSHARE_FRAGMENTATION_H_
#define DRYDOCK_SRC_SCHEDULER_GPUSHARE_FRAGMENTATION_H_

#include <vector>

#include "src/scheduler/gpushare/device.h"

namespace drydock::scheduler::gpushare {

struct TypicalPod {
  GpuRequest request;
  double weight = 0;  // Of all typical pods' weights, which sum to 1.
};

// In the order of falling frequency, which fixes the order of summation and so the
// last bits of every result.
using TypicalPods = std::vector<TypicalPod>;

// Free milli-GPU of a node, split by what a typical pod finds there.
struct Fragments {
  double lacks_both = 0;          // Q1: neither devices nor CPU suffice.
  double lacks_devices = 0;       // Q2, and devices too small for an otherwise satisfied pod.
  double satisfied = 0;           // Q3.
  double lacks_cpu = 0;           // Q4.
  double cpu_only = 0;            // XL: the pod asks for no GPU and the CPU suffices.
  double cpu_only_lacks_cpu = 0;  // XR.
  double wrong_model = 0;         // NA.

  // Everything but what is satisfied.
  double Fragmented() const {
    return lacks_both + lacks_devices + lacks_cpu + cpu_only + cpu_only_lacks_cpu + wrong_model;
  }
};

Fragments FragmentsOf(const GpuNode& node, const TypicalPods& typical);

}  // namespace drydock::scheduler::gpushare

#endif  // DRYDOCK_SRC_SCHEDULER_GPUSHARE_FRAGMENTATION_H_

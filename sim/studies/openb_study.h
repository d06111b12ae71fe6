// The shared-GPU placement experiment: tasks of the openb trace arrive one by one
// and are placed for ever, through the scheduler's engine with a placement policy,
// until the load that has arrived is well beyond what the cluster has.
#ifndef DRYDOCK_SIM_STUDIES_OPENB_STUDY_H_
#define DRYDOCK_SIM_STUDIES_OPENB_STUDY_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/traces/openb.h"
#include "src/scheduler/gpushare/policy.h"

namespace drydock::sim {

struct OpenbStudy {
  // By percent of arrived load, 0 to 130; percent, to two decimals.
  std::vector<double> allocation;           // Of all GPUs.
  std::vector<double> allocation_bound;     // What no policy could exceed: packing_bound.h.
  std::vector<double> fragmentation;        // Of all GPUs.
  std::vector<double> fragmentation_ratio;  // Of the idle GPUs.

  uint64_t arrived = 0;
  uint64_t placed = 0;
  uint64_t failed = 0;
  int64_t arrived_milli = 0;  // GPU.
  int64_t used_milli = 0;
  double cpu_utilisation = 0;  // At the end, of what the nodes have.
  double memory_utilisation = 0;
  uint64_t digest = 0;  // Over every decision.
};

// `progress` is told of the number of arrivals so far, now and then.
absl::StatusOr<OpenbStudy> RunOpenbStudy(const OpenbTrace& trace, const OpenbOrder& order,
                                         scheduler::gpushare::Policy policy, uint64_t seed,
                                         const std::function<void(uint64_t arrived)>& progress);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_STUDIES_OPENB_STUDY_H_

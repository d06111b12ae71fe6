// Sums over the typical pods, in their order: the results are compared bit by bit.
#include "src/scheduler/gpushare/fragmentation.h"

namespace drydock::scheduler::gpushare {

Fragments FragmentsOf(const GpuNode& node, const TypicalPods& typical) {
  Fragments sum;
  const auto free = static_cast<double>(node.TotalLeft());
  for (const TypicalPod& pod : typical) {
    const GpuRequest& request = pod.request;
    const bool cpu_suffices = node.cpu_left >= request.cpu_milli;
    const double weighted = pod.weight * free;
    if (request.gpu_count == 0) {
      (cpu_suffices ? sum.cpu_only : sum.cpu_only_lacks_cpu) += weighted;
      continue;
    }
    if ((node.model & request.models) == 0) {
      sum.wrong_model += weighted;
      continue;
    }
    int enough = 0;
    int64_t too_small = 0;
    for (int i = 0; i < node.device_count; ++i) {
      const bool fits = node.left[i] >= request.gpu_milli;
      enough += fits ? 1 : 0;
      too_small += fits ? 0 : node.left[i];
    }
    const bool devices_suffice = enough >= request.gpu_count;
    if (devices_suffice && cpu_suffices) {
      const auto small = static_cast<double>(too_small);
      sum.lacks_devices += pod.weight * small;
      sum.satisfied += pod.weight * (free - small);
    } else if (devices_suffice) {
      sum.lacks_cpu += weighted;
    } else if (cpu_suffices) {
      sum.lacks_devices += weighted;
    } else {
      sum.lacks_both += weighted;
    }
  }
  return sum;
}

}  // namespace drydock::scheduler::gpushare

// The placement policies of the shared-GPU experiment: how much a policy likes a
// feasible node, and which devices the pod gets there.
//
// Scores are integers, cut towards zero from double precision exactly as in the
// experiment's scheduler, because ties between them decide.
#ifndef DRYDOCK_SRC_SCHEDULER_GPUSHARE_POLICY_H_
#define DRYDOCK_SRC_SCHEDULER_GPUSHARE_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/rt/random.h"
#include "src/scheduler/gpushare/device.h"
#include "src/scheduler/gpushare/fragmentation.h"

namespace drydock::scheduler::gpushare {

enum class Policy : uint8_t {
  kRandom,
  kBestFit,
  kDotProduct,
  kGpuClustering,
  kGpuPacking,
  kFgd,
};

// "random", "bestfit", "dotproduct", "gpuclustering", "gpupacking", "fgd".
std::optional<Policy> ParsePolicy(absl::string_view name);
absl::string_view PolicyName(Policy policy);
std::vector<absl::string_view> PolicyNames();

struct Preference {
  int64_t score = 0;      // Higher is better.
  DeviceSet devices = 0;  // What the pod would get. Not set under kRandom.
};

// How `policy` likes placing `request` on `node`, which is feasible. Under kRandom
// every node is alike: the caller draws one, and ChooseDevices draws the device.
// `fragmented` is FragmentsOf(node, typical).Fragmented(); only kFgd reads it and
// `typical`.
Preference Prefer(Policy policy, const GpuRequest& request, const GpuNode& node,
                  const TypicalPods& typical, double fragmented);

// Part of one GPU under kRandom: uniform among the devices with enough left. Else
// the choice of the deterministic policies but FGD: the idle devices with the lowest
// indices for whole GPUs, the tightest device for a part.
DeviceSet ChooseDevices(Policy policy, const GpuRequest& request, const GpuNode& node,
                        rt::Random* random);

}  // namespace drydock::scheduler::gpushare

#endif  // DRYDOCK_SRC_SCHEDULER_GPUSHARE_POLICY_H_

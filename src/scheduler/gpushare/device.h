// Nodes with shared GPUs, and pods that ask for whole GPUs or for a part of one.
//
// Pure values: what the shared-GPU policies look at, apart from how the scheduler
// keeps it. Source: "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with
// Fragmentation Gradient Descent", USENIX ATC 2023.
#ifndef DRYDOCK_SRC_SCHEDULER_GPUSHARE_DEVICE_H_
#define DRYDOCK_SRC_SCHEDULER_GPUSHARE_DEVICE_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace drydock::scheduler::gpushare {

inline constexpr int kMaxDevices = 8;          // Of a node.
inline constexpr int32_t kDeviceMilli = 1000;  // A whole GPU.

// A set of GPU models, as a bit mask over the models of the cluster. A pod without
// a preference accepts all.
using ModelSet = uint64_t;
inline constexpr ModelSet kAnyModel = ~ModelSet{0};

// The classes by which GPU clustering tells pods apart: part of one GPU, or a
// number of whole ones.
inline constexpr int kShareClass = 0;

struct GpuRequest {
  int64_t cpu_milli = 0;
  int32_t gpu_count = 0;
  int32_t gpu_milli = 0;  // Of each GPU: 1 to 1000; 0 where gpu_count is 0.
  ModelSet models = kAnyModel;

  int64_t TotalMilli() const { return int64_t{gpu_count} * gpu_milli; }
  bool IsShare() const { return gpu_count == 1 && gpu_milli < kDeviceMilli; }
  int ClusterClass() const { return IsShare() ? kShareClass : gpu_count; }
  friend auto operator<=>(const GpuRequest&, const GpuRequest&) = default;
};

struct GpuNode {
  int64_t cpu_left = 0;
  int32_t device_count = 0;
  std::array<int32_t, kMaxDevices> left = {};                // Free milli-GPU by device index.
  ModelSet model = 0;                                        // One bit; 0 for a node without GPUs.
  std::array<uint16_t, kMaxDevices + 1> pods_of_class = {};  // GPU pods, by ClusterClass().

  int64_t TotalLeft() const;
  int IdleDevices() const;
  bool HasGpuPods() const;
  // Whether enough devices have enough left; true for a pod without GPUs.
  bool DevicesSuffice(int32_t gpu_count, int32_t gpu_milli) const;
  bool Feasible(const GpuRequest& request) const;
};

// The devices that a pod gets, as a bit mask by index.
using DeviceSet = uint8_t;

void Take(const GpuRequest& request, DeviceSet devices, GpuNode* node);
void GiveBack(const GpuRequest& request, DeviceSet devices, GpuNode* node);

}  // namespace drydock::scheduler::gpushare

#endif  // DRYDOCK_SRC_SCHEDULER_GPUSHARE_DEVICE_H_

// Arithmetic of devices.
#include "src/scheduler/gpushare/device.h"

#include "src/rt/check.h"

namespace drydock::scheduler::gpushare {
namespace {

void Move(const GpuRequest& request, DeviceSet devices, int sign, GpuNode* node) {
  node->cpu_left -= sign * request.cpu_milli;
  for (int i = 0; i < node->device_count; ++i) {
    if ((devices >> i & 1) == 0) continue;
    node->left[i] -= sign * request.gpu_milli;
    DRYDOCK_CHECK(node->left[i] >= 0 && node->left[i] <= kDeviceMilli, "device ", i, " has ",
                  node->left[i]);
  }
  if (request.gpu_count > 0) {
    node->pods_of_class[request.ClusterClass()] =
        static_cast<uint16_t>(node->pods_of_class[request.ClusterClass()] + sign);
  }
}

}  // namespace

int64_t GpuNode::TotalLeft() const {
  int64_t sum = 0;
  for (int i = 0; i < device_count; ++i) sum += left[i];
  return sum;
}

int GpuNode::IdleDevices() const {
  int idle = 0;
  for (int i = 0; i < device_count; ++i) idle += left[i] == kDeviceMilli ? 1 : 0;
  return idle;
}

bool GpuNode::HasGpuPods() const {
  for (const uint16_t count : pods_of_class) {
    if (count > 0) return true;
  }
  return false;
}

bool GpuNode::DevicesSuffice(int32_t gpu_count, int32_t gpu_milli) const {
  int enough = 0;
  for (int i = 0; i < device_count; ++i) enough += left[i] >= gpu_milli ? 1 : 0;
  return enough >= gpu_count;
}

bool GpuNode::Feasible(const GpuRequest& request) const {
  if (cpu_left < request.cpu_milli) return false;
  if (request.gpu_count == 0) return true;
  return (model & request.models) != 0 && DevicesSuffice(request.gpu_count, request.gpu_milli);
}

void Take(const GpuRequest& request, DeviceSet devices, GpuNode* node) {
  Move(request, devices, 1, node);
}

void GiveBack(const GpuRequest& request, DeviceSet devices, GpuNode* node) {
  Move(request, devices, -1, node);
}

}  // namespace drydock::scheduler::gpushare

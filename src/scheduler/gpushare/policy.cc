// The six policies.
#include "src/scheduler/gpushare/policy.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "src/rt/check.h"

namespace drydock::scheduler::gpushare {
namespace {

constexpr double kMaxCpuMilli = 128000;  // The largest node of the experiment.
constexpr double kMaxGpuMilli = 8000;

struct NamedPolicy {
  Policy policy;
  absl::string_view name;
};
constexpr std::array<NamedPolicy, 6> kPolicies = {{
    {Policy::kRandom, "random"},
    {Policy::kBestFit, "bestfit"},
    {Policy::kDotProduct, "dotproduct"},
    {Policy::kGpuClustering, "gpuclustering"},
    {Policy::kGpuPacking, "gpupacking"},
    {Policy::kFgd, "fgd"},
}};

DeviceSet IdleDevices(const GpuNode& node, int count) {
  DeviceSet devices = 0;
  for (int i = 0; i < node.device_count && count > 0; ++i) {
    if (node.left[i] != kDeviceMilli) continue;
    devices |= static_cast<DeviceSet>(1u << i);
    --count;
  }
  return devices;
}

DeviceSet TightestDevice(const GpuNode& node, int32_t gpu_milli) {
  int best = -1;
  for (int i = 0; i < node.device_count; ++i) {
    if (node.left[i] < gpu_milli) continue;
    if (best < 0 || node.left[i] < node.left[best]) best = i;
  }
  return best < 0 ? 0 : static_cast<DeviceSet>(1u << best);
}

// The `gpu_count` fullest devices that have enough left; ties by index.
DeviceSet FullestDevices(const GpuRequest& request, const GpuNode& node) {
  std::array<int, kMaxDevices> order = {};
  int size = 0;
  for (int i = 0; i < node.device_count; ++i) {
    if (node.left[i] >= request.gpu_milli) order[size++] = i;
  }
  std::stable_sort(order.begin(), order.begin() + size,
                   [&node](int a, int b) { return node.left[a] < node.left[b]; });
  DeviceSet devices = 0;
  for (int i = 0; i < std::min(size, request.gpu_count); ++i) {
    devices |= static_cast<DeviceSet>(1u << order[i]);
  }
  return devices;
}

int64_t BestFit(const GpuRequest& request, const GpuNode& node) {
  const auto cpu = static_cast<double>(node.cpu_left - request.cpu_milli);
  const auto gpu = static_cast<double>(node.TotalLeft() - request.TotalMilli());
  const double left = cpu / kMaxCpuMilli * 0.5 + gpu / kMaxGpuMilli * 0.5;
  return static_cast<int64_t>((1 - left) * 100);
}

int64_t DotProduct(const GpuRequest& request, const GpuNode& node) {
  const double cpu = (static_cast<double>(node.cpu_left) / kMaxCpuMilli) *
                     (static_cast<double>(request.cpu_milli) / kMaxCpuMilli);
  const double gpu = (static_cast<double>(node.TotalLeft()) / kMaxGpuMilli) *
                     (static_cast<double>(request.TotalMilli()) / kMaxGpuMilli);
  return static_cast<int64_t>(100 * (1 - (cpu + gpu) / 2));
}

int64_t GpuClustering(const GpuRequest& request, const GpuNode& node) {
  if (request.gpu_count == 0) return 0;
  const int64_t fullness = 25 * (8000 - node.TotalLeft()) / 8000;
  const bool holds_class = node.pods_of_class[request.ClusterClass()] > 0;
  bool holds_other = false;
  for (int i = 0; i <= kMaxDevices; ++i) {
    holds_other |= i != request.ClusterClass() && node.pods_of_class[i] > 0;
  }
  if (holds_class) return (holds_other ? 50 : 75) + fullness;
  return (holds_other ? 0 : 25) + fullness;
}

int64_t GpuPacking(const GpuRequest& request, const GpuNode& node) {
  if (request.gpu_count == 0) return 0;
  const int idle = node.IdleDevices();
  if (idle == node.device_count) return std::max(33 - idle, idle);
  const DeviceSet devices = FullestDevices(request, node);
  int taken_idle = 0;
  int64_t fullness = 0;
  for (int i = 0; i < node.device_count; ++i) {
    if ((devices >> i & 1) == 0) continue;
    taken_idle += node.left[i] == kDeviceMilli ? 1 : 0;
    fullness += int64_t{node.left[i]} * 100 / kDeviceMilli;
  }
  if (taken_idle > 0) return std::max(50 - taken_idle, 33);
  return std::max<int64_t>(100 - fullness / 10, 50);
}

int64_t FgdScore(double before, double after) {
  const double gain = (before - after) / 1000;
  return static_cast<int64_t>(100 * (1 / (1 + std::exp(-gain))));
}

Preference Fgd(const GpuRequest& request, const GpuNode& node, const TypicalPods& typical,
               double before) {
  GpuNode after = node;
  if (!request.IsShare()) {
    const DeviceSet devices = request.gpu_count == 0 ? 0 : FullestDevices(request, node);
    Take(request, devices, &after);
    return {FgdScore(before, FragmentsOf(after, typical).Fragmented()), devices};
  }
  Preference best{-1, 0};
  after.cpu_left -= request.cpu_milli;
  for (int i = 0; i < node.device_count; ++i) {
    if (node.left[i] < request.gpu_milli) continue;
    // A device as full as an earlier one gives the same sum, and the earlier one wins.
    const auto* earlier = std::find(node.left.begin(), node.left.begin() + i, node.left[i]);
    if (earlier != node.left.begin() + i) continue;
    after.left[i] -= request.gpu_milli;
    const int64_t score = FgdScore(before, FragmentsOf(after, typical).Fragmented());
    after.left[i] += request.gpu_milli;
    if (score > best.score) best = {score, static_cast<DeviceSet>(1u << i)};
  }
  return best;
}

}  // namespace

std::optional<Policy> ParsePolicy(absl::string_view name) {
  for (const NamedPolicy& named : kPolicies) {
    if (named.name == name) return named.policy;
  }
  return std::nullopt;
}

absl::string_view PolicyName(Policy policy) {
  for (const NamedPolicy& named : kPolicies) {
    if (named.policy == policy) return named.name;
  }
  return "";
}

std::vector<absl::string_view> PolicyNames() {
  std::vector<absl::string_view> names;
  for (const NamedPolicy& named : kPolicies) names.push_back(named.name);
  return names;
}

Preference Prefer(Policy policy, const GpuRequest& request, const GpuNode& node,
                  const TypicalPods& typical, double fragmented) {
  if (policy == Policy::kFgd) {
    Preference fgd = Fgd(request, node, typical, fragmented);
    // Only the placement of a part follows the gradient; whole GPUs go to idle devices.
    if (!request.IsShare()) fgd.devices = IdleDevices(node, request.gpu_count);
    return fgd;
  }
  Preference preference;
  switch (policy) {
    case Policy::kBestFit:
      preference.score = BestFit(request, node);
      break;
    case Policy::kDotProduct:
      preference.score = DotProduct(request, node);
      break;
    case Policy::kGpuClustering:
      preference.score = GpuClustering(request, node);
      break;
    case Policy::kGpuPacking:
      preference.score = GpuPacking(request, node);
      break;
    case Policy::kRandom:
    case Policy::kFgd:
      return preference;
  }
  preference.devices = ChooseDevices(policy, request, node, nullptr);
  return preference;
}

DeviceSet ChooseDevices(Policy policy, const GpuRequest& request, const GpuNode& node,
                        rt::Random* random) {
  if (request.gpu_count == 0) return 0;
  if (!request.IsShare()) return IdleDevices(node, request.gpu_count);
  if (policy != Policy::kRandom) return TightestDevice(node, request.gpu_milli);
  std::array<int, kMaxDevices> enough = {};
  uint64_t size = 0;
  for (int i = 0; i < node.device_count; ++i) {
    if (node.left[i] >= request.gpu_milli) enough[size++] = i;
  }
  DRYDOCK_CHECK(size > 0 && random != nullptr);
  return static_cast<DeviceSet>(1u << enough[random->Below(size)]);
}

}  // namespace drydock::scheduler::gpushare

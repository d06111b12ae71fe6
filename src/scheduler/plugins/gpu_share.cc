// The policies of gpushare/ at the framework's extension points.
#include "src/scheduler/plugins/gpu_share.h"

#include <algorithm>
#include <memory>

namespace drydock::scheduler {

using gpushare::DeviceSet;
using gpushare::GpuRequest;
using gpushare::Policy;

GpuShare::GpuShare(GpuShareOptions options, const PluginContext& context)
    : options_(std::move(options)),
      table_(context.cluster.nodes),
      symbols_(context.cluster.symbols),
      count_resource_(context.cluster.resource_names.Intern(kGpuCountResource)),
      milli_resource_(context.cluster.resource_names.Intern(kGpuMilliResource)),
      model_label_(context.cluster.symbols.Intern(kGpuModelLabel)),
      random_(context.random.Fork("gpushare")) {
  for (const auto& [node, rank] : options_.ranks) ranks_[node] = rank;
}

GpuRequest GpuShare::RequestOf(const PodInfo& pod) const {
  const Resources& requests = pod.shape->requests;
  GpuRequest request;
  request.cpu_milli = requests.cpu_millis;
  request.gpu_count = static_cast<int32_t>(requests.Extended(count_resource_));
  if (request.gpu_count > 0) {
    request.gpu_milli = static_cast<int32_t>(requests.Extended(milli_resource_));
  }
  return request;
}

int64_t GpuShare::CpuLeft(NodeIndex node) const {
  return table_.allocatable_cpu()[node] - table_.requested_cpu()[node];
}

void GpuShare::Measure(Node& node) const {
  const gpushare::Fragments fragments = gpushare::FragmentsOf(node.devices, options_.typical);
  node.fragmented = fragments.Fragmented();
  node.satisfied = fragments.satisfied;
}

Verdict GpuShare::Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const {
  const GpuRequest request = RequestOf(pod);
  if (request.gpu_count == 0 ||
      nodes_[node].devices.DevicesSuffice(request.gpu_count, request.gpu_milli)) {
    return Verdict::kPass;
  }
  if (reasons != nullptr) reasons->Add("Insufficient free GPU devices");
  return Verdict::kUnschedulable;
}

int64_t GpuShare::Score(const PodInfo& pod, NodeIndex node) const {
  const Node& state = nodes_[node];
  return gpushare::Prefer(options_.policy, RequestOf(pod), state.devices, options_.typical,
                          state.fragmented)
      .score;
}

NodeIndex GpuShare::Choose(const std::vector<NodeIndex>& best) {
  if (options_.policy == Policy::kRandom || ranks_.empty()) {
    return best[random_.Below(best.size())];
  }
  return *std::min_element(best.begin(), best.end(), [this](NodeIndex a, NodeIndex b) {
    return nodes_[a].rank < nodes_[b].rank;
  });
}

void GpuShare::OnNodeChanged(NodeIndex index) {
  if (index >= nodes_.size()) nodes_.resize(index + 1);
  Node& node = nodes_[index];
  const NodeSpec& spec = table_.spec(index);
  const auto count = static_cast<int32_t>(
      std::clamp<int64_t>(spec.allocatable.Extended(count_resource_), 0, gpushare::kMaxDevices));
  // Devices that a node gains are idle; what is taken on the others stays.
  for (int i = node.devices.device_count; i < count; ++i) {
    node.devices.left[i] = gpushare::kDeviceMilli;
  }
  node.devices.device_count = count;
  node.devices.cpu_left = CpuLeft(index);
  node.devices.model = 0;
  const Symbol model = FindLabel(spec.labels, model_label_);
  if (model != kNoSymbol) {
    const auto known =
        std::find(options_.models.begin(), options_.models.end(), symbols_.Text(model));
    if (known != options_.models.end()) {
      node.devices.model = gpushare::ModelSet{1} << (known - options_.models.begin());
    }
  }
  const auto rank = ranks_.find(spec.name);
  node.rank = rank == ranks_.end() ? UINT32_MAX : rank->second;
  node.present = true;
  Measure(node);
}

void GpuShare::OnNodeRemoved(NodeIndex node) { nodes_[node] = Node(); }

void GpuShare::OnPodAdded(const PodInfo& pod, NodeIndex index) {
  if (index >= nodes_.size() || !nodes_[index].present) return;
  Node& node = nodes_[index];
  const GpuRequest request = RequestOf(pod);
  DeviceSet devices = 0;
  if (request.gpu_count > 0 && node.devices.DevicesSuffice(request.gpu_count, request.gpu_milli)) {
    devices = options_.policy == Policy::kRandom
                  ? gpushare::ChooseDevices(options_.policy, request, node.devices, &random_)
                  : gpushare::Prefer(options_.policy, request, node.devices, options_.typical,
                                     node.fragmented)
                        .devices;
    assigned_[pod.uid] = devices;
    used_milli_ += request.TotalMilli();
  }
  gpushare::Take(request, devices, &node.devices);
  node.devices.cpu_left = CpuLeft(index);
  Measure(node);
}

void GpuShare::OnPodRemoved(const PodInfo& pod, NodeIndex index) {
  if (index >= nodes_.size() || !nodes_[index].present) return;
  Node& node = nodes_[index];
  const GpuRequest request = RequestOf(pod);
  DeviceSet devices = 0;
  if (const auto found = assigned_.find(pod.uid); found != assigned_.end()) {
    devices = found->second;
    assigned_.erase(found);
    used_milli_ -= request.TotalMilli();
  }
  gpushare::GiveBack(request, devices, &node.devices);
  // Told before the table has let go of the pod: its account still includes it.
  node.devices.cpu_left = CpuLeft(index) + request.cpu_milli;
  Measure(node);
}

double GpuShare::Fragmented() const {
  double sum = 0;
  for (const Node& node : nodes_) sum += node.fragmented;
  return sum;
}

double GpuShare::Idle() const {
  double sum = 0;
  for (const Node& node : nodes_) sum += node.fragmented + node.satisfied;
  return sum;
}

PluginFactory NewGpuShare(GpuShareOptions options) {
  return [options = std::move(options)](
             const PluginArgs&, const PluginContext& context) -> absl::StatusOr<PluginInstance> {
    return MakePlugin("GpuShare", std::make_shared<GpuShare>(options, context));
  };
}

}  // namespace drydock::scheduler

// Keeps each rule's bound up to date with every arrival.
#include "sim/studies/packing_bound.h"

#include <algorithm>
#include <limits>

namespace drydock::sim {
namespace {

using scheduler::gpushare::kDeviceMilli;
using scheduler::gpushare::ModelSet;

constexpr size_t kMaxModels = 12;  // 4,096 sets.

bool SameKind(const OpenbNode& a, const OpenbNode& b) {
  return a.cpu_milli == b.cpu_milli && a.memory_mib == b.memory_mib && a.gpus == b.gpus &&
         a.model == b.model;
}

}  // namespace

PackingBound::PackingBound(const OpenbTrace& trace) {
  const bool by_model = trace.models.size() <= kMaxModels;
  if (by_model) cut_.assign(size_t{1} << trace.models.size(), 0);
  for (const OpenbNode& node : trace.nodes) {
    if (node.gpus == 0) continue;
    const int64_t gpu_milli = int64_t{node.gpus} * kDeviceMilli;
    const ModelSet model = trace.ModelBit(node.model);
    total_ += gpu_milli;
    cpu_.capacity += node.cpu_milli;
    memory_.capacity += node.memory_mib;
    // GPUs without a model serve those who accept any: they count with every set.
    for (size_t set = 0; set < cut_.size(); ++set) {
      if (model == 0 || (model & set) != 0) cut_[set] += gpu_milli;
    }
    if (std::none_of(kinds_.begin(), kinds_.end(),
                     [&](const OpenbNode& kind) { return SameKind(kind, node); })) {
      kinds_.push_back(node);
      kind_models_.push_back(model);
    }
  }
}

bool PackingBound::FitsAnEmptyNode(const OpenbPod& pod) const {
  for (size_t i = 0; i < kinds_.size(); ++i) {
    const OpenbNode& node = kinds_[i];
    if (pod.request.gpu_count <= node.gpus && pod.request.cpu_milli <= node.cpu_milli &&
        pod.memory_mib <= node.memory_mib &&
        (pod.gpu_spec.empty() || (pod.request.models & kind_models_[i]) != 0)) {
      return true;
    }
  }
  return false;
}

void PackingBound::Arrive(const OpenbPod& pod) {
  const int64_t gpu_milli = pod.request.TotalMilli();
  if (gpu_milli == 0 || !FitsAnEmptyNode(pod)) return;
  arrived_ += gpu_milli;
  for (size_t set = 0; set < cut_.size(); ++set) {
    const ModelSet others = (cut_.size() - 1) & ~ModelSet{set};
    // With the set of all models nothing is left over, whatever the pod accepts.
    if ((pod.request.models & others) != 0) cut_[set] += gpu_milli;
  }
  cpu_.Add(gpu_milli, pod.request.cpu_milli);
  memory_.Add(gpu_milli, pod.memory_mib);
}

int64_t PackingBound::Most() const {
  int64_t most = std::min({total_, arrived_, cpu_.Most(), memory_.Most()});
  for (const int64_t cut : cut_) most = std::min(most, cut);
  return most;
}

void PackingBound::Knapsack::Add(int64_t gpu_milli, int64_t amount_asked) {
  Pods& pods = by_price[static_cast<double>(amount_asked) / static_cast<double>(gpu_milli)];
  pods.gpu_milli += gpu_milli;
  pods.amount += amount_asked;
  amount += amount_asked;
}

int64_t PackingBound::Knapsack::Most() const {
  if (amount <= capacity) return std::numeric_limits<int64_t>::max();
  int64_t left = capacity;
  int64_t most = 0;
  for (const auto& [price, pods] : by_price) {
    if (pods.amount <= left) {
      left -= pods.amount;
      most += pods.gpu_milli;
      continue;
    }
    // A part of the last ones, rounded up: it is a bound.
    const auto part = static_cast<__int128>(left) * pods.gpu_milli;
    return most + static_cast<int64_t>((part + pods.amount - 1) / pods.amount);
  }
  return most;
}

}  // namespace drydock::sim

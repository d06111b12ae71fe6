// How the columns are kept in step with nodes and pods.
#include "src/scheduler/node_table.h"

#include <algorithm>

#include "absl/container/btree_map.h"
#include "src/rt/check.h"

namespace drydock::scheduler {
namespace {

constexpr char kZoneLabel[] = "topology.kubernetes.io/zone";
constexpr char kRegionLabel[] = "topology.kubernetes.io/region";

bool SameResources(const Resources& a, const Resources& b) {
  return a.cpu_millis == b.cpu_millis && a.memory == b.memory &&
         a.ephemeral_storage == b.ephemeral_storage && a.extended == b.extended;
}

}  // namespace

NodeIndex NodeTable::IndexFor(absl::string_view name) {
  const Symbol symbol = symbols_.Intern(name);
  const auto found = by_name_.find(symbol);
  if (found != by_name_.end()) return found->second;
  NodeIndex node = 0;
  if (!free_.empty()) {
    node = free_.back();
    free_.pop_back();
    specs_[node] = NodeSpec{};
    ports_[node].clear();
    requested_extended_[node] = Resources{};
  } else {
    node = static_cast<NodeIndex>(specs_.size());
    specs_.emplace_back();
    name_symbols_.push_back(kNoSymbol);
    pods_.emplace_back();
    ports_.emplace_back();
    requested_extended_.emplace_back();
    exists_.push_back(0);
    for (auto* column : {&allocatable_cpu_, &allocatable_memory_, &allocatable_storage_,
                         &allowed_pods_, &requested_cpu_, &requested_memory_, &requested_storage_,
                         &nonzero_cpu_, &nonzero_memory_}) {
      column->push_back(0);
    }
    for (auto& [key, column] : topologies_) column->domain.push_back(TopologyColumn::kNone);
  }
  specs_[node].name = std::string(name);
  name_symbols_[node] = symbol;
  by_name_.emplace(symbol, node);
  return node;
}

void NodeTable::ReleaseIfUnused(NodeIndex node) {
  if (exists_[node] != 0 || !pods_[node].empty()) return;
  by_name_.erase(name_symbols_[node]);
  name_symbols_[node] = kNoSymbol;
  free_.push_back(node);
}

NodeIndex NodeTable::Find(absl::string_view name) const {
  const Symbol symbol = symbols_.Find(name);
  if (symbol == kNoSymbol) return kNoNode;
  const auto found = by_name_.find(symbol);
  return found == by_name_.end() ? kNoNode : found->second;
}

void NodeTable::Touch(NodeIndex node) { log_[log_end_++ % kLogSize] = node; }

void NodeTable::CountTaints(NodeIndex node, int delta) {
  bool has[3] = {false, false, false};
  for (const Taint& taint : specs_[node].taints) has[static_cast<size_t>(taint.effect)] = true;
  for (size_t effect = 0; effect < 3; ++effect) {
    if (has[effect]) taint_counts_[effect] += static_cast<size_t>(delta);
  }
  if (specs_[node].unschedulable) unschedulable_count_ += static_cast<size_t>(delta);
}

void NodeTable::AddListener(NodeListener* listener) {
  listeners_.push_back(listener);
  for (NodeIndex node = 0; node < size(); ++node) {
    if (exists_[node] != 0) listener->OnNodeChanged(node);
    for (const PodRef& pod : pods_[node]) listener->OnPodAdded(*pod, node);
  }
}

uint32_t NodeTable::SetNode(NodeSpec spec) {
  const NodeIndex node = IndexFor(spec.name);
  NodeSpec& mine = specs_[node];
  uint32_t change = kNodeUnchanged;
  if (exists_[node] == 0) {
    change = kNodeAdded | kNodeAllocatable | kNodeLabels | kNodeTaints | kNodeImages;
  } else {
    if (!SameResources(mine.allocatable, spec.allocatable) ||
        mine.allowed_pods != spec.allowed_pods) {
      change |= kNodeAllocatable;
    }
    if (mine.labels != spec.labels) change |= kNodeLabels;
    if (mine.taints != spec.taints || mine.unschedulable != spec.unschedulable) {
      change |= kNodeTaints;
    }
    if (mine.images != spec.images) change |= kNodeImages;
  }
  if (change == kNodeUnchanged) {
    mine.origin = std::move(spec.origin);
    return change;
  }
  const bool existed = exists_[node] != 0;
  if (existed) CountTaints(node, -1);
  if ((change & kNodeImages) != 0) UpdateImages(node, existed ? &mine : nullptr, &spec);
  mine = std::move(spec);
  CountTaints(node, +1);
  if (!existed) {
    exists_[node] = 1;
    ++node_count_;
  }
  allocatable_cpu_[node] = mine.allocatable.cpu_millis;
  allocatable_memory_[node] = mine.allocatable.memory;
  allocatable_storage_[node] = mine.allocatable.ephemeral_storage;
  allowed_pods_[node] = mine.allowed_pods;
  if ((change & kNodeLabels) != 0) UpdateTopology(node);
  ++node_version_;
  Touch(node);
  for (NodeListener* listener : listeners_) listener->OnNodeChanged(node);
  return change;
}

void NodeTable::RemoveNode(absl::string_view name) {
  const NodeIndex node = Find(name);
  if (node == kNoNode || exists_[node] == 0) return;
  for (NodeListener* listener : listeners_) listener->OnNodeRemoved(node);
  CountTaints(node, -1);
  UpdateImages(node, &specs_[node], nullptr);
  NodeSpec gone;
  gone.name = std::move(specs_[node].name);
  specs_[node] = std::move(gone);
  exists_[node] = 0;
  --node_count_;
  allocatable_cpu_[node] = allocatable_memory_[node] = allocatable_storage_[node] = 0;
  allowed_pods_[node] = 0;
  UpdateTopology(node);
  ++node_version_;
  Touch(node);
  ReleaseIfUnused(node);
}

void NodeTable::AddPod(const PodRef& pod, absl::string_view node_name) {
  AddPod(pod, IndexFor(node_name));
}

void NodeTable::AddPod(const PodRef& pod, NodeIndex node) {
  DRYDOCK_CHECK(pod->node == kNoNode, KeyOf(*pod), " is on a node already");
  const PodShape& shape = *pod->shape;
  pod->node = node;
  pod->node_slot = static_cast<uint32_t>(pods_[node].size());
  pods_[node].push_back(pod);
  requested_cpu_[node] += shape.requests.cpu_millis;
  requested_memory_[node] += shape.requests.memory;
  requested_storage_[node] += shape.requests.ephemeral_storage;
  nonzero_cpu_[node] += shape.nonzero_cpu;
  nonzero_memory_[node] += shape.nonzero_memory;
  for (const auto& [id, amount] : shape.requests.extended) {
    *requested_extended_[node].MutableExtended(id) += amount;
  }
  for (const HostPort& port : shape.ports) ports_[node].push_back(port);
  Touch(node);
  for (NodeListener* listener : listeners_) listener->OnPodAdded(*pod, node);
}

void NodeTable::RemovePod(PodInfo& pod) {
  const NodeIndex node = pod.node;
  DRYDOCK_CHECK(node != kNoNode, KeyOf(pod), " is not on a node");
  for (NodeListener* listener : listeners_) listener->OnPodRemoved(pod, node);
  const PodShape& shape = *pod.shape;
  requested_cpu_[node] -= shape.requests.cpu_millis;
  requested_memory_[node] -= shape.requests.memory;
  requested_storage_[node] -= shape.requests.ephemeral_storage;
  nonzero_cpu_[node] -= shape.nonzero_cpu;
  nonzero_memory_[node] -= shape.nonzero_memory;
  for (const auto& [id, amount] : shape.requests.extended) {
    *requested_extended_[node].MutableExtended(id) -= amount;
  }
  for (const HostPort& port : shape.ports) {
    std::vector<HostPort>& ports = ports_[node];
    ports.erase(std::find(ports.begin(), ports.end(), port));
  }
  Touch(node);
  std::vector<PodRef>& pods = pods_[node];
  const uint32_t slot = pod.node_slot;
  pod.node = kNoNode;
  const PodRef keep = std::move(pods[slot]);  // `pod` may live by this reference alone.
  if (slot + 1 != pods.size()) {
    pods[slot] = std::move(pods.back());
    pods[slot]->node_slot = slot;
  }
  pods.pop_back();
  ReleaseIfUnused(node);
}

void NodeTable::UpdateImages(NodeIndex node, const NodeSpec* before, const NodeSpec* after) {
  if (before != nullptr) {
    for (const auto& [name, size] : before->images) {
      const auto found = images_.find(name);
      std::vector<NodeIndex>& nodes = found->second.nodes;
      nodes.erase(std::find(nodes.begin(), nodes.end(), node));
      if (nodes.empty()) images_.erase(found);
    }
  }
  if (after != nullptr) {
    for (const auto& [name, size] : after->images) {
      ImageState& state = images_[name];
      if (state.nodes.empty()) state.size = size;  // Kubernetes keeps what it heard first.
      state.nodes.push_back(node);
    }
  }
}

const ImageState* NodeTable::image(Symbol name) const {
  const auto found = images_.find(name);
  return found == images_.end() ? nullptr : &found->second;
}

const TopologyColumn& NodeTable::Topology(Symbol key) const {
  for (const auto& [known, column] : topologies_) {
    if (known == key) return *column;
  }
  topologies_.emplace_back(key, std::make_unique<TopologyColumn>());
  topologies_.back().second->domain.resize(size(), TopologyColumn::kNone);
  for (NodeIndex node = 0; node < size(); ++node) UpdateTopology(node);
  return *topologies_.back().second;
}

void NodeTable::UpdateTopology(NodeIndex node) const {
  for (auto& [key, column] : topologies_) {
    const Symbol value = FindLabel(specs_[node].labels, key);
    if (column->domain[node] != TopologyColumn::kNone) --column->labelled;
    if (value == kNoSymbol) {
      column->domain[node] = TopologyColumn::kNone;
      continue;
    }
    const auto [at, inserted] =
        column->numbers.try_emplace(value, static_cast<uint32_t>(column->values.size()));
    if (inserted) column->values.push_back(value);
    column->domain[node] = at->second;
    ++column->labelled;
  }
}

const std::vector<NodeIndex>& NodeTable::ZoneOrder() const {
  if (zone_order_version_ == node_version_) return zone_order_;
  zone_order_version_ = node_version_;
  zone_order_.clear();
  // Zones in the order of their first node, nodes by index within a zone.
  const Symbol zone_key = symbols_.Find(kZoneLabel);
  const Symbol region_key = symbols_.Find(kRegionLabel);
  absl::btree_map<std::pair<Symbol, Symbol>, size_t> zones;
  std::vector<std::vector<NodeIndex>> members;
  for (NodeIndex node = 0; node < size(); ++node) {
    if (exists_[node] == 0) continue;
    const NodeLabels& labels = specs_[node].labels;
    const std::pair<Symbol, Symbol> zone(FindLabel(labels, region_key),
                                         FindLabel(labels, zone_key));
    const auto [at, inserted] = zones.try_emplace(zone, members.size());
    if (inserted) members.emplace_back();
    members[at->second].push_back(node);
  }
  for (size_t row = 0; zone_order_.size() < node_count_; ++row) {
    for (const std::vector<NodeIndex>& zone : members) {
      if (row < zone.size()) zone_order_.push_back(zone[row]);
    }
  }
  return zone_order_;
}

}  // namespace drydock::scheduler

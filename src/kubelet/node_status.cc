// Capacity, conditions, addresses, images.
#include "src/kubelet/node_status.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "src/api/maps.h"
#include "src/api/quantity.h"
#include "src/api/time.h"

namespace drydock::kubelet {
namespace {

constexpr std::array<const char*, 4> kOwned = {"MemoryPressure", "DiskPressure", "PIDPressure",
                                               "Ready"};

struct Condition {
  const char* type;
  bool holds;
  const char* reason;
  const char* message;
};

std::vector<std::pair<std::string, std::string>> OwnLabels(const KubeletConfig& config) {
  return {{"beta.kubernetes.io/arch", config.architecture},
          {"beta.kubernetes.io/os", config.operating_system},
          {"kubernetes.io/arch", config.architecture},
          {"kubernetes.io/hostname", config.node_name},
          {"kubernetes.io/os", config.operating_system}};
}

ResourceValues CapacityOf(const KubeletConfig& config) {
  ResourceValues capacity = config.capacity;
  const bool has_pods = std::any_of(capacity.begin(), capacity.end(),
                                    [](const auto& entry) { return entry.first == "pods"; });
  if (!has_pods) capacity.emplace_back("pods", absl::StrCat(config.max_pods));
  return capacity;
}

// What is left of `quantity` for pods; never below zero.
api::Quantity WithoutReserved(const KubeletConfig& config, const std::string& name,
                              const std::string& quantity) {
  api::Quantity left = api::QuantityOrZero(quantity);
  for (const auto& [reserved, amount] : config.reserved) {
    if (reserved == name) left -= api::QuantityOrZero(amount);
  }
  return left.Sign() < 0 ? api::Quantity::FromInt(0, left.format()) : left;
}

const api::NodeCondition* FindCondition(const api::NodeStatus& status, const std::string& type) {
  for (const api::NodeCondition& condition : status.conditions()) {
    if (condition.type() == type) return &condition;
  }
  return nullptr;
}

void FillConditions(const NodeFacts& facts, const api::NodeStatus& stored, absl::Time now,
                    api::NodeStatus* status) {
  const bool ready = facts.runtime_healthy;
  const std::array<Condition, kOwned.size()> conditions = {{
      {kOwned[0], false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
      {kOwned[1], false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"},
      {kOwned[2], false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
      {kOwned[3], ready, ready ? "KubeletReady" : "KubeletNotReady",
       ready ? "kubelet is posting ready status" : "container runtime is down"},
  }};
  for (const Condition& condition : conditions) {
    api::NodeCondition* const added = status->add_conditions();
    added->set_type(condition.type);
    added->set_status(condition.holds ? "True" : "False");
    *added->mutable_last_heartbeat_time() = api::MakeTime(now);
    const api::NodeCondition* const before = FindCondition(stored, condition.type);
    if (before != nullptr && before->status() == added->status()) {
      *added->mutable_last_transition_time() = before->last_transition_time();
    } else {
      *added->mutable_last_transition_time() = api::MakeTime(now);
    }
    added->set_reason(condition.reason);
    added->set_message(condition.message);
  }
  for (const api::NodeCondition& condition : stored.conditions()) {
    const bool owned = std::any_of(kOwned.begin(), kOwned.end(),
                                   [&](const char* type) { return condition.type() == type; });
    if (!owned) *status->add_conditions() = condition;
  }
}

void FillImages(const KubeletConfig& config, const NodeFacts& facts, api::NodeStatus* status) {
  std::vector<const rt::ImageState*> images;
  for (const rt::ImageState& image : facts.images) images.push_back(&image);
  std::stable_sort(images.begin(), images.end(),
                   [](const rt::ImageState* a, const rt::ImageState* b) {
                     return a->size_bytes > b->size_bytes;
                   });
  if (images.size() > static_cast<size_t>(config.node_status_max_images)) {
    images.resize(static_cast<size_t>(config.node_status_max_images));
  }
  for (const rt::ImageState* const image : images) {
    api::ContainerImage* const added = status->add_images();
    for (const std::string& tag : image->tags) added->add_names(tag);
    added->set_size_bytes(image->size_bytes);
  }
}

}  // namespace

api::Node InitialNode(const KubeletConfig& config) {
  api::Node node;
  node.mutable_metadata()->set_name(config.node_name);
  for (const auto& [key, value] : config.labels) {
    api::Set(node.mutable_metadata()->mutable_labels(), key, value);
  }
  for (const auto& [key, value] : config.annotations) {
    api::Set(node.mutable_metadata()->mutable_annotations(), key, value);
  }
  ReconcileLabels(config, &node);
  if (!config.provider_id.empty()) node.mutable_spec()->set_provider_id(config.provider_id);
  for (const NodeTaint& taint : config.taints) {
    auto* const added = node.mutable_spec()->add_taints();
    added->set_key(taint.key);
    if (!taint.value.empty()) added->set_value(taint.value);
    added->set_effect(taint.effect);
  }
  return node;
}

bool ReconcileLabels(const KubeletConfig& config, api::Node* node) {
  bool changed = false;
  for (const auto& [key, value] : OwnLabels(config)) {
    const std::string* const present = api::Find(node->metadata().labels(), key);
    if (present != nullptr && *present == value) continue;
    api::Set(node->mutable_metadata()->mutable_labels(), key, value);
    changed = true;
  }
  return changed;
}

api::NodeStatus ComputeNodeStatus(const KubeletConfig& config, const NodeFacts& facts,
                                  const api::NodeStatus& stored, absl::Time now) {
  api::NodeStatus status;
  for (const auto& [name, quantity] : CapacityOf(config)) {
    api::Set(status.mutable_capacity(), name, api::QuantityOrZero(quantity).ToString());
    api::Set(status.mutable_allocatable(), name,
             WithoutReserved(config, name, quantity).ToString());
  }
  FillConditions(facts, stored, now, &status);
  if (!config.host_ip.empty()) {
    api::NodeAddress* const address = status.add_addresses();
    address->set_type("InternalIP");
    address->set_address(config.host_ip);
  }
  api::NodeAddress* const hostname = status.add_addresses();
  hostname->set_type("Hostname");
  hostname->set_address(config.node_name);
  status.mutable_daemon_endpoints()->mutable_kubelet_endpoint()->set_port(config.port);
  api::NodeSystemInfo& info = *status.mutable_node_info();
  info.set_machine_id(config.machine_id);
  info.set_system_uuid(config.machine_id);
  info.set_boot_id(config.boot_id);
  info.set_kernel_version(config.kernel_version);
  info.set_os_image(config.os_image);
  info.set_container_runtime_version(config.container_runtime_version);
  info.set_kubelet_version(config.kubelet_version);
  info.set_operating_system(config.operating_system);
  info.set_architecture(config.architecture);
  FillImages(config, facts, &status);
  *status.mutable_volumes_in_use() = stored.volumes_in_use();
  *status.mutable_volumes_attached() = stored.volumes_attached();
  return status;
}

Resources AllocatableOf(const KubeletConfig& config) {
  Resources allocatable;
  for (const auto& [name, quantity] : CapacityOf(config)) {
    const api::Quantity left = WithoutReserved(config, name, quantity);
    allocatable[name] = name == "cpu" ? left.MilliValue() : left.Value();
  }
  return allocatable;
}

}  // namespace drydock::kubelet

// Amounts of resources: cpu, memory and ephemeral storage in fields, all others
// (extended resources, huge pages) by small numbers.
#ifndef DRYDOCK_SRC_SCHEDULER_RESOURCES_H_
#define DRYDOCK_SRC_SCHEDULER_RESOURCES_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

namespace drydock::scheduler {

using ResourceId = uint16_t;  // Of a resource other than the three with fields.

struct Resources {
  int64_t cpu_millis = 0;
  int64_t memory = 0;
  int64_t ephemeral_storage = 0;
  absl::InlinedVector<std::pair<ResourceId, int64_t>, 1> extended;  // Sorted by id.

  int64_t Extended(ResourceId id) const {
    for (const auto& [resource, amount] : extended) {
      if (resource == id) return amount;
    }
    return 0;
  }
  int64_t* MutableExtended(ResourceId id) {
    auto at = std::lower_bound(extended.begin(), extended.end(), id,
                               [](const auto& entry, ResourceId k) { return entry.first < k; });
    if (at == extended.end() || at->first != id) at = extended.insert(at, {id, 0});
    return &at->second;
  }
  void Add(const Resources& other) {
    cpu_millis += other.cpu_millis;
    memory += other.memory;
    ephemeral_storage += other.ephemeral_storage;
    for (const auto& [id, amount] : other.extended) *MutableExtended(id) += amount;
  }
  void Max(const Resources& other) {
    cpu_millis = std::max(cpu_millis, other.cpu_millis);
    memory = std::max(memory, other.memory);
    ephemeral_storage = std::max(ephemeral_storage, other.ephemeral_storage);
    for (const auto& [id, amount] : other.extended) {
      int64_t* mine = MutableExtended(id);
      *mine = std::max(*mine, amount);
    }
  }
};

// The names of extended resources. At most 65,535 in a cluster's life.
class ResourceNames {
 public:
  ResourceId Intern(absl::string_view name) {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return static_cast<ResourceId>(i);
    }
    names_.emplace_back(name);
    insufficient_.push_back("Insufficient " + names_.back());
    return static_cast<ResourceId>(names_.size() - 1);
  }
  const std::string& Name(ResourceId id) const { return names_[id]; }
  const std::string& InsufficientText(ResourceId id) const { return insufficient_[id]; }
  size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;  // Few: searched in order.
  std::vector<std::string> insufficient_;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_RESOURCES_H_

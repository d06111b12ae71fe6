// One engine for each profile of a configuration, over one cluster.
#ifndef DRYDOCK_SRC_SCHEDULER_ENGINES_H_
#define DRYDOCK_SRC_SCHEDULER_ENGINES_H_

#include <memory>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "src/scheduler/config.h"
#include "src/scheduler/engine.h"

namespace drydock::scheduler {

class Engines {
 public:
  // `context` and `nominations` outlive the engines. Fails when a profile names what
  // `registry` does not have, or lacks what every profile needs.
  static absl::StatusOr<Engines> Make(const SchedulerConfig& config, const PluginRegistry& registry,
                                      const PluginContext& context, const Nominations& nominations);

  // Null when no profile has that name.
  Engine* Find(const std::string& scheduler_name) const {
    const auto found = by_name_.find(scheduler_name);
    return found == by_name_.end() ? nullptr : found->second.get();
  }
  // The order of the queue, which all profiles share.
  const QueueSortPlugin& queue_sort() const { return *queue_sort_; }

 private:
  absl::btree_map<std::string, std::unique_ptr<Engine>> by_name_;
  const QueueSortPlugin* queue_sort_ = nullptr;
};

// Whether Make would succeed, before there is a cluster.
absl::Status CheckConfig(const SchedulerConfig& config, const PluginRegistry& registry);

// Why the pod must not be queued, by the PreEnqueue plugins of its profile; empty when
// it may be.
std::string RunPreEnqueue(const Profile& profile, const PodInfo& pod);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_ENGINES_H_

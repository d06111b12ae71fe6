// The scheduler's configuration: KubeSchedulerConfiguration v1, resolved to profiles.
#ifndef DRYDOCK_SRC_SCHEDULER_CONFIG_H_
#define DRYDOCK_SRC_SCHEDULER_CONFIG_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/api/codec/tree.h"
#include "src/scheduler/profile.h"

namespace drydock::scheduler {

struct SchedulerConfig {
  std::vector<ProfileConfig> profiles = {DefaultProfile()};
  absl::Duration pod_initial_backoff = absl::Seconds(1);
  absl::Duration pod_max_backoff = absl::Seconds(10);
};

// Reads a KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1), merged with
// Kubernetes' defaults. Strict: every unknown field and wrong value is named with its
// place and path. What only concerns a process on a host (parallelism, client
// connection, leader election, profiling) is accepted and has no effect here.
//
// One default differs: without percentageOfNodesToScore all nodes are looked at; 0
// asks for Kubernetes' adaptive sampling.
//
// Plugins that Kubernetes does not have take any args: scalars, by dotted path, arrive
// in PluginArgs::parameters as "PluginName.path".
//
// With a `registry`, plugins that it does not have cannot be enabled.
absl::StatusOr<SchedulerConfig> ParseSchedulerConfig(const api::Value& tree,
                                                     const PluginRegistry* registry = nullptr);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_CONFIG_H_

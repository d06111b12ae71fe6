// The scheduler as a component: watches pods and nodes, decides one pod after another,
// and binds beside that.
//
//   Scheduler scheduler(env, client, options);
//   group.Spawn(scheduler.Run());
//
// One loop takes pods from the queue; a cycle runs in one turn on the cache, which is
// ahead of the API server by the pods assumed. Binding, status updates and preemption
// are tasks of their own, bounded in number.
#ifndef DRYDOCK_SRC_SCHEDULER_SCHEDULER_H_
#define DRYDOCK_SRC_SCHEDULER_SCHEDULER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/client/client.h"
#include "src/rt/env.h"
#include "src/rt/task.h"
#include "src/scheduler/config.h"
#include "src/scheduler/profile.h"

namespace drydock::scheduler {

struct SchedulerOptions {
  SchedulerConfig config;
  PluginRegistry registry = PluginRegistry::Builtin();
  // What a decision costs in virtual time; zero where time passes by itself.
  absl::Duration decision_base = absl::ZeroDuration();
  absl::Duration decision_per_node = absl::ZeroDuration();
  // Bindings in flight; the loop waits when there are more.
  int max_bindings = 1024;
  // Status updates and preemptions in flight; beyond that a pod's condition is left
  // as it is until its next attempt.
  int max_updates = 1024;
  // How long an assumed pod waits for its confirmation by the watch.
  absl::Duration assume_ttl = absl::InfiniteDuration();
};

struct SchedulerMetrics {
  uint64_t scheduled = 0;  // Attempts by result.
  uint64_t unschedulable = 0;
  uint64_t errors = 0;
  uint64_t bound = 0;
  uint64_t preemption_attempts = 0;
  uint64_t preemption_victims = 0;
  uint64_t nodes_evaluated = 0;
  // From a pod's first sight to the end of its binding: sum, highest, and counts by
  // powers of two of milliseconds ([0]: below 1 ms, [1]: below 2 ms, ...).
  absl::Duration e2e_total;
  absl::Duration e2e_max;
  std::vector<uint64_t> e2e_histogram = std::vector<uint64_t>(24, 0);
  // Pods pending now.
  size_t pending_active = 0;
  size_t pending_backoff = 0;
  size_t pending_unschedulable = 0;
  size_t pending_gated = 0;
};

class Scheduler {
 public:
  // `env` and `client` outlive the scheduler. Fails when the configuration names what
  // does not exist.
  static absl::StatusOr<std::unique_ptr<Scheduler>> Create(rt::Env& env, client::Client& client,
                                                           SchedulerOptions options);
  virtual ~Scheduler() = default;

  virtual rt::Task<> Run() = 0;  // Until destroyed.
  virtual SchedulerMetrics metrics() const = 0;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_SCHEDULER_H_

// The loop around a reconciler: workers take keys from a queue, reconcile, and
// retry with back-off what failed.
#ifndef DRYDOCK_SRC_CLIENT_CONTROLLER_H_
#define DRYDOCK_SRC_CLIENT_CONTROLLER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "src/client/object_key.h"
#include "src/client/work_queue.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::client {

// One kind's convergence step: reads the caches, compares with what is wanted, acts
// once, returns. Level-triggered: it is told what to look at, never what happened.
class Reconciler {
 public:
  virtual ~Reconciler() = default;
  // An error puts the key back with back-off. A key is never reconciled twice at
  // once.
  virtual rt::Task<absl::Status> Reconcile(ObjectKey key) = 0;
};

struct ControllerMetrics {
  uint64_t reconciles = 0;
  uint64_t errors = 0;
};

class Controller {
 public:
  // `reconciler` and `env` outlive the controller. `name` names its trace notes and
  // metrics ("replicaset").
  Controller(rt::Env& env, std::string name, Reconciler& reconciler, int workers);

  WorkQueue& queue() { return queue_; }
  const ControllerMetrics& metrics() const { return metrics_; }
  const std::string& name() const { return name_; }

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

 private:
  rt::Task<> Work();

  rt::Env& env_;
  const std::string name_;
  Reconciler& reconciler_;
  const int workers_;
  WorkQueue queue_;
  ControllerMetrics metrics_;
};

}  // namespace drydock::client

#endif  // DRYDOCK_SRC_CLIENT_CONTROLLER_H_

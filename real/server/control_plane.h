// API server, scheduler and controllers on one executor: the control plane of a cluster.
#ifndef DRYDOCK_REAL_SERVER_CONTROL_PLANE_H_
#define DRYDOCK_REAL_SERVER_CONTROL_PLANE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "src/apiserver/auth/access_options.h"
#include "src/apiserver/server.h"
#include "src/client/client.h"
#include "src/controllers/manager.h"
#include "src/rt/env.h"
#include "src/rt/task.h"
#include "src/rt/transport.h"
#include "src/scheduler/scheduler.h"
#include "src/store/store.h"

namespace drydock::real {

class ControlPlane {
 public:
  // Makes the components; nothing runs before Start. `env`, `store` and what `access` points
  // to outlive the plane.
  static absl::StatusOr<std::unique_ptr<ControlPlane>> Create(rt::Env& env, store::Store& store,
                                                              apiserver::AccessOptions access);
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  void Start();
  // Scheduler and controllers stop where they are; the API server goes on.
  void StopComponents() { components_.Clear(); }

  apiserver::Server& api() { return api_; }

 private:
  ControlPlane(rt::Env& env, store::Store& store, apiserver::AccessOptions access);

  apiserver::Server api_;
  const std::unique_ptr<rt::Transport::Listener> listener_;
  client::Client scheduler_client_;
  client::Client controller_client_;
  std::unique_ptr<scheduler::Scheduler> scheduler_;
  controllers::ControllerManager controllers_;
  rt::TaskGroup server_;
  rt::TaskGroup components_;  // Last: dies first.
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_SERVER_CONTROL_PLANE_H_

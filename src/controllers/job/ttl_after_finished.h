// Deletes finished Jobs when their spec.ttlSecondsAfterFinished has run out.
#ifndef DRYDOCK_SRC_CONTROLLERS_JOB_TTL_AFTER_FINISHED_H_
#define DRYDOCK_SRC_CONTROLLERS_JOB_TTL_AFTER_FINISHED_H_

#include "absl/status/status.h"
#include "src/api/batch_v1.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/informer.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

class TtlAfterFinishedController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  TtlAfterFinishedController(rt::Env& env, client::Client& client,
                             client::InformerFactory& informers);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run() { return controller_.Run(); }

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const client::Controller& controller() const { return controller_; }

 private:
  rt::Env& env_;
  client::Client& client_;
  client::Informer<api::Job> jobs_;
  client::Controller controller_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_JOB_TTL_AFTER_FINISHED_H_

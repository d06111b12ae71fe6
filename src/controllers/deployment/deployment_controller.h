// Rolls a Deployment's template out: one ReplicaSet for each template, sized so that
// the strategy's bounds hold at every moment, and the status and conditions that
// `kubectl rollout status` reads.
#ifndef DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_CONTROLLER_H_

#include "absl/status/status.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/controllers/deployment/deployment_revisions.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct DeploymentOptions {
  int workers = 5;  // --concurrent-deployment-syncs
};

class DeploymentController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  DeploymentController(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                       DeploymentOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const client::Controller& controller() const { return controller_; }

 private:
  void WatchDeployments();
  void WatchReplicaSets();
  void WatchPods();
  // Enqueues the Deployment that controls `set`, or those that might adopt it.
  void EnqueueOwner(const client::ObjectRef& set);
  // The Deployment that controls `object`, or null.
  api::Ref<api::Deployment> OwnerOf(const api::ObjectMeta& object) const;
  void OnPodDeleted(const client::ObjectRef& pod);

  rt::Env& env_;
  client::Client& client_;
  client::Informer<api::Deployment> deployments_;
  client::Informer<api::ReplicaSet> sets_;
  client::Informer<api::Pod> pods_;
  TemplateMemo templates_;
  client::EventRecorder recorder_;
  client::Controller controller_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_CONTROLLER_H_

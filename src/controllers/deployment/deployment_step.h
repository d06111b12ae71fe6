// One reconcile of one Deployment: what was read for it, and the steps that it may
// take. It lives for one reconcile; nothing is remembered.
#ifndef DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_STEP_H_
#define DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_STEP_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/client/client.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/controllers/deployment/deployment_math.h"
#include "src/controllers/deployment/deployment_revisions.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::controllers {

class DeploymentStep {
 public:
  // What a reconcile works with. All outlive it.
  struct Tools {
    rt::Executor& executor;
    client::Client& client;
    client::EventRecorder& recorder;
    client::Informer<api::ReplicaSet> sets;
    client::Informer<api::Pod> pods;
    TemplateMemo& templates;
  };

  // `owned` are the Deployment's ReplicaSets.
  DeploymentStep(const Tools& tools, api::Ref<api::Deployment> deployment,
                 const ReplicaSets& owned);

  rt::Task<absl::Status> Run();

  // When to look again without an event: the rollout may be stuck by then.
  std::optional<absl::Duration> look_again_after() const { return look_again_after_; }

 private:
  // Which way the rollout goes.
  rt::Task<absl::Status> SyncScale();
  rt::Task<absl::Status> RollOver();
  rt::Task<absl::Status> Recreate();

  // The new ReplicaSet: brought up to date when it exists, made by CreateNewSet.
  rt::Task<absl::Status> SyncNewSet();
  rt::Task<absl::Status> CreateNewSet();
  rt::Task<absl::Status> OnCreateConflict(const api::ReplicaSet& wanted, absl::Status error);
  rt::Task<absl::Status> RecordRevision(int64_t revision);

  // Sizes. `set` is replaced by what the server made of it. True when the number of
  // replicas changed.
  rt::Task<absl::StatusOr<bool>> Resize(ReplicaSetRef& set, int32_t replicas);
  rt::Task<absl::Status> ScaleInProportion();
  rt::Task<absl::StatusOr<bool>> GrowNewSet();
  rt::Task<absl::StatusOr<bool>> ShrinkOldSets();
  // Both add to `taken` how many replicas they took away.
  rt::Task<absl::Status> ShrinkUnhealthy(int32_t budget, int32_t* taken);
  rt::Task<absl::Status> ShrinkAvailable(int32_t* taken);
  rt::Task<absl::StatusOr<bool>> EmptyOldSets();

  bool OldPodsExist() const;
  rt::Task<absl::Status> CleanUpHistory();

  void CheckPaused();
  rt::Task<absl::Status> WriteScaleStatus();
  rt::Task<absl::Status> WriteRolloutStatus();
  rt::Task<absl::Status> Write(api::DeploymentStatus status);

  ReplicaSets All() const;  // Old ones, then the new one if there is one.
  absl::Time Now() const { return tools_.executor.WallNow(); }

  const Tools tools_;
  api::Ref<api::Deployment> deployment_;  // As last written or read.
  const int64_t generation_;              // Whose spec this reconcile acts on.
  ReplicaSetRef new_;                     // Null until it exists.
  ReplicaSets old_;                       // Oldest first.
  // The stored status with the conditions that this reconcile has set so far.
  api::DeploymentStatus staged_;
  std::optional<absl::Duration> look_again_after_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DEPLOYMENT_DEPLOYMENT_STEP_H_

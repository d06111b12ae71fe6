// Runs a Job's pods to completion: as many at once and in total as it asks for, with
// back-off between failures, and an exact account of how each ended.
#ifndef DRYDOCK_SRC_CONTROLLERS_JOB_JOB_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_JOB_JOB_CONTROLLER_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/controllers/common/expectations.h"
#include "src/controllers/common/pod_control.h"
#include "src/controllers/job/job_step.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct JobOptions {
  int workers = 5;  // --concurrent-job-syncs
  // Changes of pods, and of the status, wait so long for others before they are looked
  // at (Kubernetes' SyncJobBatchPeriod).
  absl::Duration batch_period = absl::Seconds(1);
};

class JobController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  JobController(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                JobOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const client::Controller& controller() const { return controller_; }

 private:
  // Takes the finalizer off pods that no Job will count.
  class OrphanReconciler final : public client::Reconciler {
   public:
    explicit OrphanReconciler(JobController& owner) : owner_(owner) {}
    rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

   private:
    JobController& owner_;
  };

  void WatchJobs();
  void WatchPods();
  void OnPodSeen(const client::ObjectRef& pod);
  void OnJobDeleted(const client::ObjectRef& job);
  void EnqueueMatching(const PodRef& orphan);
  bool IsOrphaned(const api::Pod& pod) const;
  // The uid of the Job in the cache; empty: none.
  std::string UidOf(const client::ObjectKey& key) const;

  rt::Env& env_;
  client::Client& client_;
  const JobOptions options_;
  client::Informer<api::Job> jobs_;
  client::Informer<api::Pod> pods_;
  Expectations expectations_;
  RemovedFinalizers removed_finalizers_;
  client::EventRecorder recorder_;
  PodControl pod_control_;
  OrphanReconciler orphan_reconciler_;
  client::Controller orphans_;
  client::Controller controller_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_JOB_JOB_CONTROLLER_H_

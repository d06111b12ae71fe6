// One reconcile of one Job. It lives for one reconcile.
//
// Each pod is counted exactly once, whatever fails in between (KEP-2307). A pod bears
// a finalizer until it has been counted, so that it cannot vanish before. Counting
// goes in three steps, each of which may be the last before a crash:
//   1. the pod's uid goes into status.uncountedTerminatedPods (for an Indexed Job's
//      success its index goes into status.completedIndexes, which is idempotent);
//   2. the finalizer comes off;
//   3. the uid leaves the list and the counter goes up, in one write.
// A uid in the list whose pod has no finalizer any more is at step 3.
#ifndef DRYDOCK_SRC_CONTROLLERS_JOB_JOB_STEP_H_
#define DRYDOCK_SRC_CONTROLLERS_JOB_JOB_STEP_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/batch_v1.h"
#include "src/client/client.h"
#include "src/client/event_recorder.h"
#include "src/controllers/common/expectations.h"
#include "src/controllers/common/pod_control.h"
#include "src/controllers/job/index_set.h"
#include "src/controllers/job/job_pods.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"

namespace drydock::controllers {

// Uids of pods whose finalizer is off and whose update the cache does not show yet.
using RemovedFinalizers = absl::btree_set<std::string>;

class JobStep {
 public:
  // What a reconcile works with. All outlive it.
  struct Tools {
    rt::Executor& executor;
    client::Client& client;
    client::EventRecorder& recorder;
    PodControl& pods;
    Expectations& expectations;
    RemovedFinalizers& removed_finalizers;
  };

  // `pods` are the Job's own, finished ones too. `may_scale`: nothing is expected, as
  // of before the pods were read.
  JobStep(const Tools& tools, client::ObjectKey key, api::Ref<api::Job> job, PodRefs pods,
          bool may_scale);

  rt::Task<absl::Status> Run();

  // When to look again without an event.
  std::optional<absl::Duration> look_again_after() const { return look_again_after_; }

 private:
  // How the Job is about to end; empty reason: it is not.
  struct Ending {
    bool failed = false;
    std::string reason;
    std::string message;
    explicit operator bool() const { return !reason.empty(); }
  };

  void ReadPods();
  void CleanUncounted();  // Step 3, in staged_.
  void CountEnded();      // Step 1, in staged_; fills to_release_.
  void CountEnded(const PodRef& pod);
  rt::Task<absl::Status> ReleasePods();  // Step 2.
  rt::Task<absl::Status> ReleasePod(PodRef pod);

  // Ends by failure, deadline, or success policy; not by enough successes.
  Ending DecideEnding();
  Ending StoredEnding() const;
  bool SuccessPolicyMet(std::string* message) const;
  bool EnoughSuccesses() const;
  void CheckSuspension();

  rt::Task<absl::Status> Scale();
  rt::Task<absl::Status> CreatePods(int count);
  rt::Task<absl::Status> CreatePod(std::optional<int32_t> index);
  // `counted`: those that go count as failed. What is only too many does not.
  rt::Task<absl::Status> DeletePods(PodRefs pods, bool counted);
  rt::Task<absl::Status> DeletePod(PodRef pod, bool counted);
  int WantedActive() const;

  void StageEnding();         // SuccessCriteriaMet or FailureTarget.
  void FinishIfAllCounted();  // Complete or Failed.
  void AnnounceEnd();
  bool SetCondition(const std::string& type, const std::string& status, const std::string& reason,
                    const std::string& message);
  rt::Task<absl::Status> WriteStatus();
  void LookAgainAfter(absl::Duration delay);

  absl::Time Now() const { return tools_.executor.WallNow(); }

  const Tools tools_;
  const client::ObjectKey key_;
  api::Ref<api::Job> job_;  // As last written or read.
  const PodRefs pods_;
  const bool may_scale_;

  api::JobStatus staged_;  // What the status shall be.
  PodRefs active_;
  PodRefs to_release_;
  IndexSet succeeded_indexes_;
  int active_count_ = 0;
  int ready_count_ = 0;
  int terminating_count_ = 0;
  // With those that are about to be counted.
  int succeeded_ = 0;
  int failed_ = 0;
  Ending ending_;
  bool all_ended_seen_ = true;  // No more ended pods than one reconcile counts.
  std::optional<absl::Duration> look_again_after_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_JOB_JOB_STEP_H_

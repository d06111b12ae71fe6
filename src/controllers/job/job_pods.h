// A Job's pods as the Job sees them: which have ended and how, which index they work
// on, and how one is made.
#ifndef DRYDOCK_SRC_CONTROLLERS_JOB_JOB_PODS_H_
#define DRYDOCK_SRC_CONTROLLERS_JOB_JOB_PODS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/controllers/common/controller_ref.h"

namespace drydock::controllers {

using PodRef = api::Ref<api::Pod>;
using PodRefs = std::vector<PodRef>;

inline constexpr char kCompletionIndex[] = "batch.kubernetes.io/job-completion-index";
inline constexpr char kControllerUid[] = "batch.kubernetes.io/controller-uid";

bool IsIndexed(const api::Job& job);
bool IsSuspended(const api::Job& job);
int32_t Parallelism(const api::Job& job);
int32_t BackoffLimit(const api::Job& job);
// A pod that ends is replaced only once it has failed, not when it begins to go.
bool ReplacesOnlyFailed(const api::Job& job);
// Complete or Failed.
bool IsFinished(const api::Job& job);
// When it became so.
std::optional<absl::Time> FinishedAt(const api::Job& job);

bool HasTrackingFinalizer(const api::Pod& pod);
// The JSON patch that takes it off, and fails if the pod is another by now.
std::string TrackingFinalizerRemoval(const api::Pod& pod);

// Failed; or on its way out, which counts as much unless the Job waits for failures: a
// pod of a lost node may never get further.
bool CountsAsFailed(const api::Pod& pod, const api::Job& job);

// Nullopt when it has none, or one beyond spec.completions.
std::optional<int32_t> CompletionIndex(const api::Pod& pod, const api::Job& job);

// When a pod that has ended did so, as well as can be told.
absl::Time EndedAt(const api::Pod& pod, absl::Time now);

// How long the Job waits before it makes pods again, because some have failed since
// the last success: 10 s, doubled for each more, 6 minutes at most, from the last
// failure on. Zero: it need not wait.
absl::Duration BackoffLeft(const PodRefs& pods, const api::Job& job, absl::Time now);

// Restarts in place have used the limit up (restartPolicy OnFailure).
bool RestartsExceedLimit(const api::Job& job, const PodRefs& pods);

// A pod for `index`, or for any work when there is none.
api::Pod NewJobPod(const api::Job& job, std::optional<int32_t> index);

// Active pods to delete when at least `count` are too many: those with an index that
// another has or none may have, then by the common order of deletion.
PodRefs ActivePodsToRemove(const api::Job& job, const PodRefs& active, int count, absl::Time now);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_JOB_JOB_PODS_H_

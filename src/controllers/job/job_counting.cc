// How a Job counts its ended pods exactly once.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "src/api/status.h"
#include "src/controllers/common/concurrently.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/job/failure_policy.h"
#include "src/controllers/job/job_step.h"

namespace drydock::controllers {
namespace {

// In status.uncountedTerminatedPods at most; more are counted by the next reconcile.
constexpr int kMaxUncounted = 500;

using Uids = google::protobuf::RepeatedPtrField<std::string>;

// Takes out those not in `with_finalizer`; returns how many.
int TakeReleased(const std::set<std::string>& with_finalizer, Uids* uids) {
  Uids kept;
  for (std::string& uid : *uids) {
    if (with_finalizer.contains(uid)) *kept.Add() = std::move(uid);
  }
  const int taken = uids->size() - kept.size();
  uids->Swap(&kept);
  return taken;
}

bool Lists(const Uids& uids, const std::string& uid) {
  return std::find(uids.begin(), uids.end(), uid) != uids.end();
}

}  // namespace

void JobStep::CleanUncounted() {
  if (!staged_.has_uncounted_terminated_pods()) return;
  std::set<std::string> with_finalizer;
  for (const PodRef& pod : pods_) {
    const std::string& uid = pod->metadata().uid();
    if (HasTrackingFinalizer(*pod) && !tools_.removed_finalizers.contains(uid)) {
      with_finalizer.insert(uid);
    }
  }
  auto* const uncounted = staged_.mutable_uncounted_terminated_pods();
  const int succeeded = TakeReleased(with_finalizer, uncounted->mutable_succeeded());
  const int failed = TakeReleased(with_finalizer, uncounted->mutable_failed());
  if (succeeded > 0) staged_.set_succeeded(staged_.succeeded() + succeeded);
  if (failed > 0) staged_.set_failed(staged_.failed() + failed);
}

void JobStep::CountEnded() {
  for (const PodRef& pod : pods_) {
    if (static_cast<int>(to_release_.size()) >= kMaxUncounted) {
      all_ended_seen_ = false;
      LookAgainAfter(absl::ZeroDuration());
      break;
    }
    CountEnded(pod);
  }
  if (!IsIndexed(*job_)) return;
  IndexSet completed =
      IndexSet::Parse(job_->status().completed_indexes(), job_->spec().completions());
  for (const PodRef& pod : to_release_) {
    const std::optional<int32_t> index = CompletionIndex(*pod, *job_);
    if (IsSucceeded(*pod) && index.has_value()) completed.Insert(*index);
  }
  if (completed.size() > 0) {
    staged_.set_completed_indexes(completed.ToString());
    staged_.set_succeeded(completed.size());
  }
}

void JobStep::CountEnded(const PodRef& pod) {
  const std::string& uid = pod->metadata().uid();
  if (!HasTrackingFinalizer(*pod) || tools_.removed_finalizers.contains(uid)) return;
  // When the Job fails, what has not ended counts as failed too; when it goes, nothing
  // more is counted.
  const bool over = (ending_ && ending_.failed) || IsDeleting(job_->metadata());
  const bool failed = CountsAsFailed(*pod, *job_);
  if (!IsSucceeded(*pod) && !failed && !over) return;
  to_release_.push_back(pod);
  auto* const uncounted = staged_.mutable_uncounted_terminated_pods();
  const bool has_index = !IsIndexed(*job_) || CompletionIndex(*pod, *job_).has_value();
  if (IsSucceeded(*pod) && !Lists(uncounted->failed(), uid)) {
    // An index in status.completedIndexes cannot be counted twice.
    if (!IsIndexed(*job_) && !Lists(uncounted->succeeded(), uid)) uncounted->add_succeeded(uid);
    return;
  }
  const bool ignored = JudgeFailure(*job_, *pod).action == FailureAction::kIgnore;
  if ((failed || (ending_ && ending_.failed)) && has_index && !ignored &&
      !Lists(uncounted->failed(), uid)) {
    uncounted->add_failed(uid);
  }
}

rt::Task<absl::Status> JobStep::ReleasePods() {
  const PodRefs& pods = to_release_;
  const BatchResult result =
      co_await Concurrently(tools_.executor, static_cast<int>(pods.size()),
                            [this, &pods](int i) { return ReleasePod(pods[i]); });
  co_return result.first_error;
}

rt::Task<absl::Status> JobStep::ReleasePod(PodRef pod) {
  const absl::StatusOr<PodRef> released = co_await tools_.client.Patch<api::Pod>(
      pod->metadata().namespace_(), pod->metadata().name(), api::PatchType::kJson,
      TrackingFinalizerRemoval(*pod), "");
  if (!released.ok() && !api::IsNotFound(released.status())) co_return released.status();
  tools_.removed_finalizers.insert(pod->metadata().uid());
  co_return absl::OkStatus();
}

}  // namespace drydock::controllers

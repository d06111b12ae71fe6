// How many pods a Job runs, and which.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/api/status.h"
#include "src/controllers/common/concurrently.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/job/job_step.h"

namespace drydock::controllers {
namespace {

constexpr int kMaxPodsPerReconcile = 500;

}  // namespace

int JobStep::WantedActive() const {
  if (IsSuspended(*job_)) return 0;
  const int parallelism = Parallelism(*job_);
  if (!job_->spec().has_completions()) {
    // After the first success what runs may end, and nothing new begins.
    return succeeded_ > 0 ? std::min(active_count_, parallelism) : parallelism;
  }
  return std::clamp(job_->spec().completions() - succeeded_, 0, parallelism);
}

rt::Task<absl::Status> JobStep::Scale() {
  const int wanted = WantedActive();
  PodRefs excess = ActivePodsToRemove(*job_, active_, std::max(0, active_count_ - wanted), Now());
  if (!excess.empty()) {
    if (excess.size() > kMaxPodsPerReconcile) excess.resize(kMaxPodsPerReconcile);
    // What is missing beside is made by the next reconcile.
    co_return co_await DeletePods(std::move(excess), /*counted=*/false);
  }
  int missing = wanted - active_count_;
  if (ReplacesOnlyFailed(*job_)) missing -= terminating_count_;
  if (missing <= 0) co_return absl::OkStatus();
  const absl::Duration wait = BackoffLeft(pods_, *job_, Now());
  if (wait > absl::ZeroDuration()) {
    LookAgainAfter(wait);
    co_return absl::OkStatus();
  }
  co_return co_await CreatePods(std::min(missing, kMaxPodsPerReconcile));
}

rt::Task<absl::Status> JobStep::CreatePods(int count) {
  std::vector<std::optional<int32_t>> indexes;
  if (IsIndexed(*job_)) {
    IndexSet taken = succeeded_indexes_;
    for (const PodRef& pod : pods_) {
      // An index is free again when its pod has ended, or goes and is not waited for.
      const bool holds = IsActive(*pod) || (ReplacesOnlyFailed(*job_) && IsTerminating(*pod));
      const std::optional<int32_t> index = CompletionIndex(*pod, *job_);
      if (holds && index.has_value()) taken.Insert(*index);
    }
    taken.ForEachMissing(job_->spec().completions(), [&indexes, count](int32_t index) {
      indexes.emplace_back(index);
      return static_cast<int>(indexes.size()) < count;
    });
    if (static_cast<int>(indexes.size()) > count) indexes.resize(count);
  } else {
    indexes.resize(count);
  }
  const int size = static_cast<int>(indexes.size());
  tools_.expectations.ExpectCreations(key_, size);
  const BatchResult result = co_await SlowStart(
      tools_.executor, size, [this, &indexes](int i) { return CreatePod(indexes[i]); });
  for (int i = result.succeeded; i < size; ++i) tools_.expectations.CreationObserved(key_);
  active_count_ += result.succeeded;
  co_return result.first_error;
}

rt::Task<absl::Status> JobStep::CreatePod(std::optional<int32_t> index) {
  const absl::Status created = co_await tools_.pods.Create(NewJobPod(*job_, index), job_);
  co_return IsNamespaceTerminating(created) ? absl::OkStatus() : created;
}

rt::Task<absl::Status> JobStep::DeletePods(PodRefs pods, bool counted) {
  if (pods.empty()) co_return absl::OkStatus();
  std::vector<std::string> uids;
  for (const PodRef& pod : pods) uids.push_back(pod->metadata().uid());
  tools_.expectations.ExpectDeletions(key_, uids);
  const BatchResult result =
      co_await Concurrently(tools_.executor, static_cast<int>(pods.size()),
                            [this, &pods, counted](int i) { return DeletePod(pods[i], counted); });
  co_return result.first_error;
}

rt::Task<absl::Status> JobStep::DeletePod(PodRef pod, bool counted) {
  absl::Status deleted;
  if (!counted && HasTrackingFinalizer(*pod)) deleted = co_await ReleasePod(pod);
  if (deleted.ok()) deleted = co_await tools_.pods.Delete(pod, job_);
  if (!deleted.ok()) tools_.expectations.DeletionObserved(key_, pod->metadata().uid());
  if (!deleted.ok() && !api::IsNotFound(deleted)) co_return deleted;
  --active_count_;
  if (IsReady(*pod)) --ready_count_;
  if (deleted.ok()) ++terminating_count_;  // Until the cache shows that it is gone.
  co_return absl::OkStatus();
}

}  // namespace drydock::controllers

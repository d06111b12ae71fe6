// The course of a Job's reconcile, and how it ends.
#include "src/controllers/job/job_step.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "src/api/status.h"
#include "src/api/time.h"
#include "src/controllers/common/pods.h"
#include "src/controllers/job/failure_policy.h"
#include "src/rt/status_macros.h"

namespace drydock::controllers {
namespace {

constexpr char kSuccessCriteriaMet[] = "SuccessCriteriaMet";
constexpr char kFailureTarget[] = "FailureTarget";
constexpr char kComplete[] = "Complete";
constexpr char kFailed[] = "Failed";
constexpr char kSuspended[] = "Suspended";

const api::JobCondition* FindTrue(const api::JobStatus& status, const std::string& type) {
  for (const api::JobCondition& condition : status.conditions()) {
    if (condition.type() == type && condition.status() == "True") return &condition;
  }
  return nullptr;
}

// Field by field: an encoding may leave out what is zero.
bool SameStatus(const api::JobStatus& a, const api::JobStatus& b) {
  const auto counts = [](const api::JobStatus& s) {
    return std::make_tuple(s.active(), s.succeeded(), s.failed(), s.has_ready(), s.ready(),
                           s.has_terminating(), s.terminating(), s.completed_indexes(),
                           s.start_time().seconds(), s.completion_time().seconds(),
                           s.has_uncounted_terminated_pods());
  };
  return counts(a) == counts(b) &&
         a.uncounted_terminated_pods().SerializeAsString() ==
             b.uncounted_terminated_pods().SerializeAsString() &&
         std::equal(a.conditions().begin(), a.conditions().end(), b.conditions().begin(),
                    b.conditions().end(),
                    [](const api::JobCondition& x, const api::JobCondition& y) {
                      return x.type() == y.type() && x.status() == y.status() &&
                             x.reason() == y.reason() && x.message() == y.message();
                    });
}

}  // namespace

JobStep::JobStep(const Tools& tools, client::ObjectKey key, api::Ref<api::Job> job, PodRefs pods,
                 bool may_scale)
    : tools_(tools),
      key_(std::move(key)),
      job_(std::move(job)),
      pods_(std::move(pods)),
      may_scale_(may_scale),
      staged_(job_->status()) {}

rt::Task<absl::Status> JobStep::Run() {
  ReadPods();
  if (!staged_.has_start_time() && !IsSuspended(*job_)) {
    *staged_.mutable_start_time() = api::MakeTime(Now());
  }
  CleanUncounted();
  ending_ = DecideEnding();
  absl::Status scaled;
  if (ending_) {
    // Nothing is to run any more. It is over once nothing does, for all that we know.
    scaled = co_await DeletePods(active_, /*counted=*/true);
    if (!scaled.ok() || !may_scale_) ending_ = {};
  } else {
    if (may_scale_ && !IsDeleting(job_->metadata())) {
      if (!EnoughSuccesses() || active_count_ > 0) scaled = co_await Scale();
    }
    if (EnoughSuccesses() && active_count_ == 0) {
      ending_ = {.failed = false,
                 .reason = "CompletionsReached",
                 .message = "Reached expected number of succeeded pods"};
    } else if (may_scale_ && !IsDeleting(job_->metadata())) {
      CheckSuspension();
    }
  }
  staged_.set_active(active_count_);
  staged_.set_ready(ready_count_);
  staged_.set_terminating(terminating_count_);
  if (ending_) StageEnding();
  CountEnded();
  if (!staged_.has_uncounted_terminated_pods()) staged_.mutable_uncounted_terminated_pods();
  CO_RETURN_IF_ERROR(co_await WriteStatus());
  const absl::Status released = co_await ReleasePods();
  CleanUncounted();
  FinishIfAllCounted();
  CO_RETURN_IF_ERROR(co_await WriteStatus());
  AnnounceEnd();
  co_return released.ok() ? scaled : released;
}

void JobStep::ReadPods() {
  if (IsIndexed(*job_)) {
    succeeded_indexes_ =
        IndexSet::Parse(job_->status().completed_indexes(), job_->spec().completions());
  }
  const auto& uncounted = job_->status().uncounted_terminated_pods();
  const std::set<std::string> known_succeeded(uncounted.succeeded().begin(),
                                              uncounted.succeeded().end());
  const std::set<std::string> known_failed(uncounted.failed().begin(), uncounted.failed().end());
  succeeded_ = job_->status().succeeded() + static_cast<int>(known_succeeded.size());
  failed_ = job_->status().failed() + static_cast<int>(known_failed.size());
  for (const PodRef& pod : pods_) {
    if (IsActive(*pod)) {
      active_.push_back(pod);
      if (IsReady(*pod)) ++ready_count_;
    }
    if (IsTerminating(*pod)) ++terminating_count_;
    const std::string& uid = pod->metadata().uid();
    if (!HasTrackingFinalizer(*pod) || tools_.removed_finalizers.contains(uid)) continue;
    if (IsSucceeded(*pod)) {
      const std::optional<int32_t> index = CompletionIndex(*pod, *job_);
      if (IsIndexed(*job_) && index.has_value()) succeeded_indexes_.Insert(*index);
      if (!known_succeeded.contains(uid)) ++succeeded_;
    } else if (CountsAsFailed(*pod, *job_) && !known_failed.contains(uid)) {
      if (JudgeFailure(*job_, *pod).action != FailureAction::kIgnore) ++failed_;
    }
  }
  if (IsIndexed(*job_)) succeeded_ = succeeded_indexes_.size();
  active_count_ = static_cast<int>(active_.size());
}

bool JobStep::EnoughSuccesses() const {
  if (job_->spec().has_completions()) return succeeded_ >= job_->spec().completions();
  return succeeded_ > 0;  // One success is enough; what still runs may end.
}

// A decision that was once written stands.
JobStep::Ending JobStep::StoredEnding() const {
  if (const api::JobCondition* failure = FindTrue(job_->status(), kFailureTarget)) {
    return {.failed = true, .reason = failure->reason(), .message = failure->message()};
  }
  if (const api::JobCondition* success = FindTrue(job_->status(), kSuccessCriteriaMet)) {
    return {.failed = false, .reason = success->reason(), .message = success->message()};
  }
  return {};
}

JobStep::Ending JobStep::DecideEnding() {
  if (const Ending stored = StoredEnding()) return stored;
  if (job_->spec().has_pod_failure_policy()) {
    for (const PodRef& pod : pods_) {
      FailureVerdict verdict = JudgeFailure(*job_, *pod);
      if (verdict.action != FailureAction::kFailJob) continue;
      return {.failed = true, .reason = "PodFailurePolicy", .message = std::move(verdict.message)};
    }
  }
  if (std::string message; SuccessPolicyMet(&message)) {
    return {.failed = false, .reason = "SuccessPolicy", .message = std::move(message)};
  }
  if (failed_ > BackoffLimit(*job_) || RestartsExceedLimit(*job_, pods_)) {
    return {.failed = true,
            .reason = "BackoffLimitExceeded",
            .message = "Job has reached the specified backoff limit"};
  }
  if (job_->spec().has_active_deadline_seconds() && !IsSuspended(*job_)) {
    const absl::Duration left = api::ToAbslTime(staged_.start_time()) +
                                absl::Seconds(job_->spec().active_deadline_seconds()) - Now();
    if (left <= absl::ZeroDuration()) {
      return {.failed = true,
              .reason = "DeadlineExceeded",
              .message = "Job was active longer than specified deadline"};
    }
    LookAgainAfter(left);
  }
  return {};
}

bool JobStep::SuccessPolicyMet(std::string* message) const {
  if (!IsIndexed(*job_)) return false;
  for (int i = 0; i < job_->spec().success_policy().rules_size(); ++i) {
    const auto& rule = job_->spec().success_policy().rules(i);
    int32_t have = succeeded_indexes_.size();
    int32_t want = rule.succeeded_count();
    if (rule.has_succeeded_indexes()) {
      const IndexSet wanted = IndexSet::Parse(rule.succeeded_indexes(), job_->spec().completions());
      have = wanted.CountIn(succeeded_indexes_);
      if (!rule.has_succeeded_count()) want = wanted.size();
    }
    if (have >= want) {
      *message = absl::StrFormat("Matched rules at index %d", i);
      return true;
    }
  }
  return false;
}

// Only a Job that was scaled as its spec says has been suspended or resumed.
void JobStep::CheckSuspension() {
  if (IsSuspended(*job_)) {
    if (SetCondition(kSuspended, "True", "JobSuspended", "Job suspended")) {
      tools_.recorder.Event(job_, client::kEventNormal, "Suspended", "Job suspended");
    }
    return;
  }
  if (FindTrue(staged_, kSuspended) == nullptr) return;
  SetCondition(kSuspended, "False", "JobResumed", "Job resumed");
  tools_.recorder.Event(job_, client::kEventNormal, "Resumed", "Job resumed");
  *staged_.mutable_start_time() = api::MakeTime(Now());  // The deadline's clock starts anew.
}

void JobStep::StageEnding() {
  SetCondition(ending_.failed ? kFailureTarget : kSuccessCriteriaMet, "True", ending_.reason,
               ending_.message);
}

void JobStep::FinishIfAllCounted() {
  if (!ending_ || !all_ended_seen_ || active_count_ > 0 || terminating_count_ > 0) return;
  const auto& uncounted = staged_.uncounted_terminated_pods();
  if (uncounted.succeeded_size() > 0 || uncounted.failed_size() > 0) return;
  SetCondition(ending_.failed ? kFailed : kComplete, "True", ending_.reason, ending_.message);
  if (!ending_.failed) {
    *staged_.mutable_completion_time() = FindTrue(staged_, kComplete)->last_transition_time();
  }
}

void JobStep::AnnounceEnd() {
  if (FindTrue(staged_, kComplete) != nullptr) {
    if (job_->spec().has_completions() && succeeded_ > job_->spec().completions()) {
      tools_.recorder.Event(job_, client::kEventWarning, "TooManySucceededPods",
                            "Too many succeeded pods running after completion count reached");
    }
    tools_.recorder.Event(job_, client::kEventNormal, "Completed", "Job completed");
  } else if (const api::JobCondition* failed = FindTrue(staged_, kFailed)) {
    tools_.recorder.Event(job_, client::kEventWarning, failed->reason(), failed->message());
  }
}

// True when it was not so before.
bool JobStep::SetCondition(const std::string& type, const std::string& status,
                           const std::string& reason, const std::string& message) {
  api::JobCondition* condition = nullptr;
  for (api::JobCondition& existing : *staged_.mutable_conditions()) {
    if (existing.type() == type) condition = &existing;
  }
  if (condition != nullptr && condition->status() == status) return false;
  if (condition == nullptr) condition = staged_.add_conditions();
  condition->set_type(type);
  condition->set_status(status);
  *condition->mutable_last_probe_time() = api::MakeTime(Now());
  *condition->mutable_last_transition_time() = api::MakeTime(Now());
  condition->set_reason(reason);
  condition->set_message(message);
  return true;
}

rt::Task<absl::Status> JobStep::WriteStatus() {
  if (SameStatus(job_->status(), staged_)) co_return absl::OkStatus();
  api::Job update;
  *update.mutable_metadata() = job_->metadata();
  *update.mutable_status() = staged_;
  absl::StatusOr<api::Ref<api::Job>> updated =
      co_await tools_.client.UpdateStatus(std::move(update));
  if (!updated.ok()) co_return updated.status();
  job_ = *std::move(updated);
  co_return absl::OkStatus();
}

void JobStep::LookAgainAfter(absl::Duration delay) {
  look_again_after_ = look_again_after_.has_value() ? std::min(*look_again_after_, delay) : delay;
}

}  // namespace drydock::controllers

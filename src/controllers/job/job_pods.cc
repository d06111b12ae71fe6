// Ends, indexes, back-off, and new pods.
#include "src/controllers/job/job_pods.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/maps.h"
#include "src/api/time.h"
#include "src/controllers/common/pod_from_template.h"
#include "src/controllers/common/pod_ranking.h"
#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

constexpr absl::Duration kBackoffBase = absl::Seconds(10);
constexpr absl::Duration kBackoffMax = absl::Minutes(6);
constexpr char kIndexVariable[] = "JOB_COMPLETION_INDEX";

const api::JobCondition* EndCondition(const api::Job& job) {
  for (const api::JobCondition& condition : job.status().conditions()) {
    if (condition.status() != "True") continue;
    if (condition.type() == "Complete" || condition.type() == "Failed") return &condition;
  }
  return nullptr;
}

void AddIndexVariable(api::Container* container) {
  for (const api::EnvVar& variable : container->env()) {
    if (variable.name() == kIndexVariable) return;
  }
  api::EnvVar* const variable = container->add_env();
  variable->set_name(kIndexVariable);
  variable->mutable_value_from()->mutable_field_ref()->set_field_path(
      absl::StrCat("metadata.labels['", kCompletionIndex, "']"));
}

int32_t Restarts(const PodRefs& pods) {
  int32_t restarts = 0;
  for (const PodRef& pod : pods) {
    const std::string& phase = pod->status().phase();
    if (phase != kPodRunning && phase != kPodPending) continue;
    for (const auto& container : pod->status().init_container_statuses()) {
      restarts += container.restart_count();
    }
    for (const auto& container : pod->status().container_statuses()) {
      restarts += container.restart_count();
    }
  }
  return restarts;
}

}  // namespace

bool IsIndexed(const api::Job& job) { return job.spec().completion_mode() == "Indexed"; }

bool IsSuspended(const api::Job& job) { return job.spec().suspend(); }

int32_t Parallelism(const api::Job& job) {
  return job.spec().has_parallelism() ? job.spec().parallelism() : 1;
}

int32_t BackoffLimit(const api::Job& job) {
  return job.spec().has_backoff_limit() ? job.spec().backoff_limit() : 6;
}

bool ReplacesOnlyFailed(const api::Job& job) {
  return job.spec().pod_replacement_policy() == "Failed" || job.spec().has_pod_failure_policy();
}

bool IsFinished(const api::Job& job) { return EndCondition(job) != nullptr; }

std::optional<absl::Time> FinishedAt(const api::Job& job) {
  const api::JobCondition* const end = EndCondition(job);
  if (end == nullptr) return std::nullopt;
  return api::ToAbslTime(end->last_transition_time());
}

bool HasTrackingFinalizer(const api::Pod& pod) {
  const auto& finalizers = pod.metadata().finalizers();
  return std::find(finalizers.begin(), finalizers.end(), kJobTrackingFinalizer) != finalizers.end();
}

std::string TrackingFinalizerRemoval(const api::Pod& pod) {
  const auto& finalizers = pod.metadata().finalizers();
  const auto at = std::find(finalizers.begin(), finalizers.end(), kJobTrackingFinalizer);
  const std::string path = absl::StrCat("/metadata/finalizers/", at - finalizers.begin());
  return absl::StrCat(R"([{"op":"test","path":"/metadata/uid","value":")", pod.metadata().uid(),
                      R"("},{"op":"test","path":")", path, R"(","value":")", kJobTrackingFinalizer,
                      R"("},{"op":"remove","path":")", path, R"("}])");
}

bool CountsAsFailed(const api::Pod& pod, const api::Job& job) {
  if (IsFailed(pod)) return true;
  if (ReplacesOnlyFailed(job)) return false;
  return IsDeleting(pod.metadata()) && !IsSucceeded(pod);
}

std::optional<int32_t> CompletionIndex(const api::Pod& pod, const api::Job& job) {
  const std::string* const text = api::Find(pod.metadata().annotations(), kCompletionIndex);
  int32_t index = 0;
  if (text == nullptr || !absl::SimpleAtoi(*text, &index)) return std::nullopt;
  if (index < 0 || index >= job.spec().completions()) return std::nullopt;
  return index;
}

absl::Time EndedAt(const api::Pod& pod, absl::Time now) {
  std::optional<absl::Time> last;
  bool all_ended = pod.status().container_statuses_size() > 0;
  for (const api::ContainerStatus& container : pod.status().container_statuses()) {
    if (!container.state().has_terminated() ||
        api::IsZero(container.state().terminated().finished_at())) {
      all_ended = false;
      break;
    }
    const absl::Time ended = api::ToAbslTime(container.state().terminated().finished_at());
    last = last.has_value() ? std::max(*last, ended) : ended;
  }
  if (all_ended) return *last;
  const api::PodCondition* const ready = FindCondition(pod, "Ready");
  if (ready != nullptr && ready->status() == "False" &&
      !api::IsZero(ready->last_transition_time())) {
    return api::ToAbslTime(ready->last_transition_time());
  }
  if (IsDeleting(pod.metadata())) return api::ToAbslTime(pod.metadata().deletion_timestamp());
  return now;
}

absl::Duration BackoffLeft(const PodRefs& pods, const api::Job& job, absl::Time now) {
  std::optional<absl::Time> last_success;
  std::optional<absl::Time> last_failure;
  std::vector<absl::Time> failures;
  for (const PodRef& pod : pods) {
    if (IsSucceeded(*pod)) {
      const absl::Time ended = EndedAt(*pod, now);
      last_success = last_success.has_value() ? std::max(*last_success, ended) : ended;
    } else if (CountsAsFailed(*pod, job)) {
      failures.push_back(EndedAt(*pod, now));
    }
  }
  int count = 0;
  for (const absl::Time failure : failures) {
    if (last_success.has_value() && failure <= *last_success) continue;
    ++count;
    last_failure = last_failure.has_value() ? std::max(*last_failure, failure) : failure;
  }
  if (count == 0) return absl::ZeroDuration();
  const absl::Duration wait = std::min(kBackoffMax, kBackoffBase * (1 << std::min(count - 1, 10)));
  return std::max(absl::ZeroDuration(), *last_failure + wait - now);
}

bool RestartsExceedLimit(const api::Job& job, const PodRefs& pods) {
  if (job.spec().template_().spec().restart_policy() != "OnFailure") return false;
  const int32_t restarts = Restarts(pods);
  const int32_t limit = BackoffLimit(job);
  return limit == 0 ? restarts > 0 : restarts >= limit;
}

api::Pod NewJobPod(const api::Job& job, std::optional<int32_t> index) {
  api::Pod pod = PodFromTemplate(job.spec().template_(), job.metadata(), kJobKind);
  api::ObjectMeta* const metadata = pod.mutable_metadata();
  api::Set(metadata->mutable_labels(), kControllerUid, job.metadata().uid());
  api::Set(metadata->mutable_labels(), "controller-uid", job.metadata().uid());
  api::Set(metadata->mutable_labels(), "batch.kubernetes.io/job-name", job.metadata().name());
  api::Set(metadata->mutable_labels(), "job-name", job.metadata().name());
  if (!HasTrackingFinalizer(pod)) metadata->add_finalizers(kJobTrackingFinalizer);
  if (!index.has_value()) return pod;
  const std::string text = absl::StrCat(*index);
  api::Set(metadata->mutable_annotations(), kCompletionIndex, text);
  api::Set(metadata->mutable_labels(), kCompletionIndex, text);
  metadata->set_generate_name(absl::StrCat(job.metadata().name(), "-", text, "-"));
  pod.mutable_spec()->set_hostname(absl::StrCat(job.metadata().name(), "-", text));
  for (api::Container& container : *pod.mutable_spec()->mutable_init_containers()) {
    AddIndexVariable(&container);
  }
  for (api::Container& container : *pod.mutable_spec()->mutable_containers()) {
    AddIndexVariable(&container);
  }
  return pod;
}

PodRefs ActivePodsToRemove(const api::Job& job, const PodRefs& active, int count, absl::Time now) {
  PodRefs chosen;
  PodRefs rest;
  if (IsIndexed(job)) {
    absl::btree_map<int32_t, PodRefs> by_index;
    for (const PodRef& pod : active) {
      const std::optional<int32_t> index = CompletionIndex(*pod, job);
      if (index.has_value()) {
        by_index[*index].push_back(pod);
      } else {
        chosen.push_back(pod);
      }
    }
    for (auto& [index, pods] : by_index) {
      PodRefs extra = ChooseForDeletion(pods, {}, pods.size() - 1, now);
      for (PodRef& pod : pods) {
        const bool goes = std::find(extra.begin(), extra.end(), pod) != extra.end();
        (goes ? chosen : rest).push_back(std::move(pod));
      }
    }
  } else {
    rest = active;
  }
  const int more = count - static_cast<int>(chosen.size());
  if (more > 0) {
    PodRefs extra = ChooseForDeletion(std::move(rest), {}, more, now);
    chosen.insert(chosen.end(), extra.begin(), extra.end());
  }
  return chosen;
}

}  // namespace drydock::controllers

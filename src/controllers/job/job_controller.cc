// What wakes a Job's reconcile, and what it begins with.
#include "src/controllers/job/job_controller.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "src/api/maps.h"
#include "src/api/selectors.h"
#include "src/api/status.h"
#include "src/controllers/common/claim.h"
#include "src/controllers/common/owned_pods.h"

namespace drydock::controllers {
namespace {

// The server gives each Job a selector by its uid, unless it brings one.
absl::StatusOr<api::Selector> SelectorOf(const api::Job& job) {
  if (job.spec().has_selector()) return api::Selector::From(job.spec().selector());
  api::LabelSelector by_uid;
  api::Set(by_uid.mutable_match_labels(), kControllerUid, job.metadata().uid());
  return api::Selector::From(by_uid);
}

}  // namespace

JobController::JobController(rt::Env& env, client::Client& client,
                             client::InformerFactory& informers, JobOptions options)
    : env_(env),
      client_(client),
      options_(options),
      jobs_(informers.For<api::Job>()),
      pods_(informers.For<api::Pod>()),
      expectations_(env.executor()),
      recorder_(client, "job-controller", ""),
      pod_control_(client, recorder_),
      orphan_reconciler_(*this),
      orphans_(env, "job-orphan-pods", orphan_reconciler_, 1),
      controller_(env, "job", *this, options.workers) {
  client::AddByOwnerIndex(pods_.core());
  AddOrphansIndex(pods_.core());
  WatchJobs();
  WatchPods();
}

void JobController::WatchJobs() {
  jobs_.core().AddHandler({
      .on_add =
          [this](const client::ObjectRef& job) { controller_.queue().Add(client::KeyOf(job)); },
      .on_update =
          [this](const client::ObjectRef& before, const client::ObjectRef& after) {
            // A change of the status is mostly our own.
            const bool same = before->metadata().generation() == after->metadata().generation() &&
                              IsDeleting(before->metadata()) == IsDeleting(after->metadata());
            controller_.queue().AddAfter(client::KeyOf(after),
                                         same ? options_.batch_period : absl::ZeroDuration());
          },
      .on_delete = [this](const client::ObjectRef& job) { OnJobDeleted(job); },
  });
}

void JobController::OnJobDeleted(const client::ObjectRef& job) {
  const client::ObjectKey key = client::KeyOf(job);
  expectations_.Forget(key);
  for (const client::ObjectRef& pod :
       pods_.core().ByIndex(client::kByOwner, job->metadata().uid())) {
    orphans_.queue().Add(client::KeyOf(pod));
  }
}

void JobController::WatchPods() {
  pods_.core().AddHandler(HandleOwnedPods({
      .kind = kJobKind,
      .expectations = &expectations_,
      .uid_of = [this](const client::ObjectKey& key) { return UidOf(key); },
      .on_change =
          [this](const client::ObjectKey& owner, const PodRef&) {
            controller_.queue().AddAfter(owner, options_.batch_period);
          },
      .on_orphan = [this](const PodRef& orphan) { EnqueueMatching(orphan); },
  }));
  pods_.core().AddHandler({
      .on_add = [this](const client::ObjectRef& pod) { OnPodSeen(pod); },
      .on_update = [this](const client::ObjectRef&,
                          const client::ObjectRef& pod) { OnPodSeen(pod); },
      .on_delete =
          [this](const client::ObjectRef& pod) {
            removed_finalizers_.erase(pod->metadata().uid());
          },
  });
}

void JobController::OnPodSeen(const client::ObjectRef& object) {
  const api::OwnerReference* const owner = ControllerRefOf(object->metadata(), kJobKind);
  if (owner == nullptr) return;
  const PodRef pod(object);
  if (!HasTrackingFinalizer(*pod)) {
    removed_finalizers_.erase(pod->metadata().uid());
  } else if (IsDeleting(pod->metadata()) && IsOrphaned(*pod)) {
    orphans_.queue().Add(client::KeyOf(pod));
  }
}

bool JobController::IsOrphaned(const api::Pod& pod) const {
  if (!HasTrackingFinalizer(pod)) return false;
  const api::OwnerReference* const owner = ControllerRefOf(pod.metadata(), kJobKind);
  if (owner == nullptr) return true;
  const api::Ref<api::Job> job = jobs_.Get(pod.metadata().namespace_(), owner->name());
  return !job || job->metadata().uid() != owner->uid();
}

std::string JobController::UidOf(const client::ObjectKey& key) const {
  const api::Ref<api::Job> job = jobs_.Get(key);
  return job ? job->metadata().uid() : std::string();
}

void JobController::EnqueueMatching(const PodRef& orphan) {
  for (const api::Ref<api::Job>& job : jobs_.ListNamespace(orphan->metadata().namespace_())) {
    const absl::StatusOr<api::Selector> selector = SelectorOf(*job);
    if (!selector.ok() || !selector->Matches(orphan->metadata().labels())) continue;
    controller_.queue().Add(client::KeyOf(job));
  }
}

rt::Task<> JobController::Run() {
  rt::TaskGroup others;
  others.Spawn(recorder_.Run());
  others.Spawn(orphans_.Run());
  co_await controller_.Run();
}

rt::Task<absl::Status> JobController::Reconcile(client::ObjectKey key) {
  const api::Ref<api::Job> job = jobs_.Get(key);
  if (!job) co_return absl::OkStatus();
  if (job->spec().has_managed_by() && job->spec().managed_by() != "kubernetes.io/job-controller") {
    co_return absl::OkStatus();
  }
  if (IsFinished(*job)) co_return absl::OkStatus();
  if (job->spec().has_backoff_limit_per_index()) {
    recorder_.Event(job, client::kEventWarning, "Unsupported",
                    "spec.backoffLimitPerIndex is not supported; the Job is not run");
    co_return absl::OkStatus();
  }
  const bool may_scale = expectations_.Satisfied(key);
  const absl::StatusOr<api::Selector> selector = SelectorOf(*job);
  if (!selector.ok()) co_return absl::OkStatus();  // The selector is immutable.
  absl::StatusOr<PodRefs> pods =
      co_await Claim<api::Job, api::Pod>(client_, pods_.core(), job, kJobKind, *selector, nullptr);
  if (!pods.ok()) co_return pods.status();

  const JobStep::Tools tools{env_.executor(), client_,       recorder_,
                             pod_control_,    expectations_, removed_finalizers_};
  JobStep step(tools, key, job, *std::move(pods), may_scale);
  const absl::Status status = co_await step.Run();
  if (step.look_again_after().has_value()) {
    controller_.queue().AddAfter(key, *step.look_again_after());
  }
  if (!expectations_.Satisfied(key)) {
    controller_.queue().AddAfter(key, expectations_.TimeLeft(key));
  }
  co_return status;
}

rt::Task<absl::Status> JobController::OrphanReconciler::Reconcile(client::ObjectKey key) {
  const PodRef pod = owner_.pods_.Get(key);
  if (!pod || !owner_.IsOrphaned(*pod)) co_return absl::OkStatus();
  const absl::StatusOr<PodRef> released = co_await owner_.client_.Patch<api::Pod>(
      key.ns, key.name, api::PatchType::kJson, TrackingFinalizerRemoval(*pod), "");
  co_return api::IsNotFound(released.status()) ? absl::OkStatus() : released.status();
}

}  // namespace drydock::controllers

// Waits for the time, then looks at the live Job once more and deletes it.
#include "src/controllers/job/ttl_after_finished.h"

#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "src/api/status.h"
#include "src/controllers/common/controller_ref.h"
#include "src/controllers/job/job_pods.h"

namespace drydock::controllers {
namespace {

// When the Job is due; nullopt: never.
std::optional<absl::Time> DueAt(const api::Job& job) {
  if (IsDeleting(job.metadata()) || !job.spec().has_ttl_seconds_after_finished()) {
    return std::nullopt;
  }
  const std::optional<absl::Time> finished = FinishedAt(job);
  if (!finished.has_value()) return std::nullopt;
  return *finished + absl::Seconds(job.spec().ttl_seconds_after_finished());
}

}  // namespace

TtlAfterFinishedController::TtlAfterFinishedController(rt::Env& env, client::Client& client,
                                                       client::InformerFactory& informers)
    : env_(env),
      client_(client),
      jobs_(informers.For<api::Job>()),
      controller_(env, "ttl-after-finished", *this, 5) {
  const auto enqueue = [this](const client::ObjectRef& object) {
    if (DueAt(*api::Ref<api::Job>(object)).has_value()) {
      controller_.queue().Add(client::KeyOf(object));
    }
  };
  jobs_.core().AddHandler({
      .on_add = enqueue,
      .on_update = [enqueue](const client::ObjectRef&,
                             const client::ObjectRef& job) { enqueue(job); },
      .on_delete = [](const client::ObjectRef&) {},
  });
}

rt::Task<absl::Status> TtlAfterFinishedController::Reconcile(client::ObjectKey key) {
  const api::Ref<api::Job> cached = jobs_.Get(key);
  if (!cached) co_return absl::OkStatus();
  const std::optional<absl::Time> due = DueAt(*cached);
  if (!due.has_value()) co_return absl::OkStatus();
  const absl::Duration left = *due - env_.executor().WallNow();
  if (left > absl::ZeroDuration()) {
    controller_.queue().AddAfter(key, left);
    co_return absl::OkStatus();
  }
  // The cache may be behind: somebody may have made the Job live longer.
  const absl::StatusOr<api::Ref<api::Job>> live = co_await client_.Get<api::Job>(key.ns, key.name);
  if (api::IsNotFound(live.status())) co_return absl::OkStatus();
  if (!live.ok()) co_return live.status();
  const std::optional<absl::Time> live_due = DueAt(**live);
  if (!live_due.has_value() || *live_due > env_.executor().WallNow()) co_return absl::OkStatus();
  client::DeleteOptions options;
  options.propagation = api::Propagation::kForeground;
  options.precondition_uid = (*live)->metadata().uid();
  options.precondition_resource_version = (*live)->metadata().resource_version();
  const absl::Status deleted =
      co_await client_.Delete<api::Job>(key.ns, key.name, std::move(options));
  co_return api::IsNotFound(deleted) ? absl::OkStatus() : deleted;
}

}  // namespace drydock::controllers

// Requests to the API server, with a few retries where another writer came first.
#include "src/scheduler/api_writer.h"

#include <utility>

#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/pod.h"
#include "src/api/scheme.h"
#include "src/api/status.h"
#include "src/api/time.h"

namespace drydock::scheduler {
namespace {

constexpr int kAttempts = 3;

// True when something changed. The transition time moves with the status only.
bool SetCondition(const PodConditionUpdate& update, int64_t generation, absl::Time now,
                  api::PodStatus* status) {
  api::PodCondition* condition = nullptr;
  for (api::PodCondition& known : *status->mutable_conditions()) {
    if (known.type() == update.type) condition = &known;
  }
  if (condition != nullptr && condition->status() == update.status &&
      condition->reason() == update.reason && condition->message() == update.message) {
    return false;
  }
  if (condition == nullptr) condition = status->add_conditions();
  if (condition->status() != update.status) {
    *condition->mutable_last_transition_time() = api::MakeTime(now);
  }
  condition->set_type(update.type);
  condition->set_status(update.status);
  condition->set_reason(update.reason);
  condition->set_message(update.message);
  if (generation > 0) condition->set_observed_generation(generation);
  return true;
}

}  // namespace

rt::Task<absl::Status> ApiWriter::Bind(PodRef pod, std::string node) {
  api::Binding binding;
  binding.mutable_metadata()->set_namespace_(pod->ns());
  binding.mutable_metadata()->set_name(pod->name);
  binding.mutable_metadata()->set_uid(pod->uid);
  binding.mutable_target()->set_kind("Node");
  binding.mutable_target()->set_name(node);
  absl::StatusOr<api::ObjectRef> bound =
      co_await client_.CreateSubresource(api::KindOf<api::Pod>(), pod->ns(), pod->name, "binding",
                                         api::MakeObject(std::move(binding)));
  co_return bound.status();
}

rt::Task<absl::Status> ApiWriter::SetStatus(PodRef pod, PodConditionUpdate condition,
                                            std::optional<std::string> nominated_node) {
  const client::ObjectKey key{pod->ns(), pod->name};
  api::ObjectRef latest = pods_.Get(key);
  for (int attempt = 0;; ++attempt) {
    if (!latest || latest->metadata().uid() != pod->uid) co_return absl::OkStatus();
    api::MessagePtr copy = api::CopyWithoutSpec(*latest);
    auto& changed = static_cast<api::Pod&>(*copy);
    bool differs = SetCondition(condition, latest->metadata().generation(),
                                client_.env().executor().WallNow(), changed.mutable_status());
    if (nominated_node.has_value() && changed.status().nominated_node_name() != *nominated_node) {
      differs = true;
      if (nominated_node->empty()) {
        changed.mutable_status()->clear_nominated_node_name();
      } else {
        changed.mutable_status()->set_nominated_node_name(*nominated_node);
      }
    }
    if (!differs) co_return absl::OkStatus();
    const absl::StatusOr<api::Ref<api::Pod>> updated =
        co_await client_.UpdateStatus<api::Pod>(std::move(changed));
    if (updated.ok() || api::IsNotFound(updated.status())) co_return absl::OkStatus();
    if (!api::IsConflict(updated.status()) || attempt + 1 == kAttempts) {
      co_return updated.status();
    }
    absl::StatusOr<api::Ref<api::Pod>> read = co_await client_.Get<api::Pod>(key.ns, key.name);
    if (!read.ok()) {
      co_return api::IsNotFound(read.status()) ? absl::OkStatus() : read.status();
    }
    latest = read->object();
  }
}

rt::Task<absl::Status> ApiWriter::Preempt(PodRef victim, std::string scheduler_name) {
  PodConditionUpdate condition;
  condition.type = "DisruptionTarget";
  condition.status = "True";
  condition.reason = "PreemptionByScheduler";
  condition.message = scheduler_name + ": preempting to accommodate a higher priority pod";
  const absl::Status marked = co_await SetStatus(victim, std::move(condition), std::nullopt);
  if (!marked.ok()) co_return marked;
  client::DeleteOptions options;
  options.precondition_uid = victim->uid;
  const absl::Status deleted =
      co_await client_.Delete<api::Pod>(victim->ns(), victim->name, std::move(options));
  // Gone, or another pod of that name: what was wanted either way.
  if (api::IsNotFound(deleted) || api::IsConflict(deleted)) co_return absl::OkStatus();
  co_return deleted;
}

}  // namespace drydock::scheduler

// pods/eviction: deletion within what PodDisruptionBudgets allow. Facts:
// pkg/registry/core/pod/storage/eviction.go.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/policy_v1.h"
#include "src/api/selectors.h"
#include "src/api/status.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

constexpr char kViolates[] = "Cannot evict pod as it would violate the pod's disruption budget.";
// More evictions than this that the disruption controller has not confirmed.
constexpr int kMaxDisruptedPods = 2000;

bool NeedsNoBudget(const api::Pod& pod) {
  const std::string& phase = pod.status().phase();
  return phase == "Succeeded" || phase == "Failed" || phase == "Pending" ||
         pod.metadata().has_deletion_timestamp();
}

bool IsReady(const api::Pod& pod) {
  for (const api::PodCondition& condition : pod.status().conditions()) {
    if (condition.type() == "Ready") return condition.status() == "True";
  }
  return false;
}

absl::Status Refusal(const std::string& cause, int32_t retry_after_seconds) {
  api::StatusDetails details;
  details.retry_after_seconds = retry_after_seconds;
  details.causes.push_back({"DisruptionBudget", cause, ""});
  return api::MakeStatus("TooManyRequests", kViolates, details);
}

// Whether the budget lets one more pod go, and the status without it.
absl::Status Spend(const api::PodDisruptionBudget& budget, const std::string& pod,
                   const api::metav1::Time& now, api::PodDisruptionBudgetStatus* status) {
  const std::string& name = budget.metadata().name();
  if (status->observed_generation() < budget.metadata().generation()) {
    return Refusal(
        absl::StrCat("The disruption budget ", name, " is still being processed by the server."),
        10);
  }
  if (status->disruptions_allowed() < 0) {
    return api::Forbidden("policy", "poddisruptionbudgets", name,
                          "pdb disruptions allowed is negative");
  }
  if (status->disrupted_pods_size() > kMaxDisruptedPods) {
    return api::Forbidden(
        "policy", "poddisruptionbudgets", name,
        "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  }
  if (status->disruptions_allowed() == 0) {
    return Refusal(
        absl::StrCat("The disruption budget ", name, " needs ", status->desired_healthy(),
                     " healthy pods and has ", status->current_healthy(), " currently"),
        0);
  }
  status->set_disruptions_allowed(status->disruptions_allowed() - 1);
  *api::MutableEntry(status->mutable_disrupted_pods(), pod)->mutable_value() = now;
  return absl::OkStatus();
}

}  // namespace

rt::Task<absl::Status> Registry::SpendBudget(const Resource& pods, const api::ObjectRef& pod,
                                             bool dry_run) {
  const api::metav1::ObjectMeta& metadata = pod->metadata();
  const Resource& budgets = Named("policy", "poddisruptionbudgets");
  std::vector<api::ObjectRef> matching;
  for (const api::ObjectRef& candidate :
       cacher_.For(budgets).List(Selection(metadata.namespace_()), 0).objects) {
    const auto& spec = static_cast<const api::PodDisruptionBudget&>(candidate->message()).spec();
    const absl::StatusOr<api::Selector> selector =
        api::Selector::FromOptional(spec.has_selector() ? &spec.selector() : nullptr);
    if (selector.ok() && selector->Matches(metadata.labels())) matching.push_back(candidate);
  }
  if (matching.empty()) co_return absl::OkStatus();
  if (matching.size() > 1) {
    co_return api::InternalError(
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
        "support.");
  }
  const auto& budget = static_cast<const api::PodDisruptionBudget&>(matching[0]->message());
  if (!IsReady(static_cast<const api::Pod&>(pod->message()))) {
    // A pod that is not ready takes nothing from a budget that is met without it.
    const api::PodDisruptionBudgetStatus& status = budget.status();
    if (budget.spec().unhealthy_pod_eviction_policy() == "AlwaysAllow") co_return absl::OkStatus();
    if (status.current_healthy() >= status.desired_healthy() && status.desired_healthy() > 0) {
      co_return absl::OkStatus();
    }
  }
  const absl::StatusOr<api::ObjectRef> spent = co_await Modify(
      budgets, metadata.namespace_(), matching[0]->metadata().name(), dry_run,
      [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
        api::MessagePtr message = Edit(budgets, current);
        const absl::Status allowed =
            Spend(static_cast<const api::PodDisruptionBudget&>(current->message()), metadata.name(),
                  Now(), static_cast<api::PodDisruptionBudget&>(*message).mutable_status());
        if (!allowed.ok()) return allowed;
        return Change{.next = Seal(budgets, std::move(message), current)};
      });
  co_return spent.status();
}

rt::Task<absl::StatusOr<Answer>> Registry::Evict(const Resource& pods,
                                                 const api::Request& request) {
  const api::Ref<api::Eviction> eviction = api::As<api::Eviction>(request.object);
  if (!eviction) co_return api::BadRequest("not a Eviction object");
  const std::string& given = eviction->metadata().name();
  if (!given.empty() && given != request.name) {
    co_return api::BadRequest("name in URL does not match name in Eviction object");
  }
  const api::metav1::DeleteOptions& options = eviction->delete_options();
  DeleteParameters parameters{.dry_run = request.dry_run || !options.dry_run().empty()};
  if (options.has_grace_period_seconds()) {
    parameters.grace_period_seconds = options.grace_period_seconds();
  }
  if (options.preconditions().has_uid()) parameters.uid = options.preconditions().uid();
  if (options.preconditions().has_resource_version()) {
    parameters.resource_version = options.preconditions().resource_version();
  }

  const absl::StatusOr<api::ObjectRef> pod = co_await ReadLive(pods.Key(request.ns, request.name));
  if (!pod.ok()) co_return pod.status();
  if (!*pod) co_return api::NotFound(pods.group(), pods.plural(), request.name);
  if (!NeedsNoBudget(static_cast<const api::Pod&>((*pod)->message()))) {
    const absl::Status spent = co_await SpendBudget(pods, *pod, parameters.dry_run);
    if (!spent.ok()) co_return spent;
    // Of this pod, not of one that took its name meanwhile.
    if (!parameters.uid.has_value()) parameters.uid = (*pod)->metadata().uid();
    const absl::StatusOr<api::ObjectRef> marked = co_await Modify(
        pods, request.ns, request.name, parameters.dry_run,
        [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
          if (current->metadata().uid() != *parameters.uid) return Change{};
          api::MessagePtr message = Edit(pods, current);
          auto& conditions =
              *static_cast<api::Pod&>(*message).mutable_status()->mutable_conditions();
          for (const api::PodCondition& condition : conditions) {
            if (condition.type() == "DisruptionTarget" && condition.status() == "True") {
              return Change{};
            }
          }
          api::PodCondition& condition = *conditions.Add();
          condition.set_type("DisruptionTarget");
          condition.set_status("True");
          condition.set_reason("EvictionByEvictionAPI");
          condition.set_message("Eviction API: evicting");
          *condition.mutable_last_transition_time() = Now();
          return Change{.next = Seal(pods, std::move(message), current)};
        });
    if (!marked.ok()) co_return marked.status();
    if (parameters.resource_version.has_value()) {
      parameters.resource_version = (*marked)->metadata().resource_version();
    }
  }
  const absl::StatusOr<Deleted> deleted =
      co_await DeleteObject(pods, request.ns, request.name, parameters);
  if (!deleted.ok()) co_return deleted.status();
  co_return AnswerSuccess(201, pods, request.name, deleted->object->metadata().uid());
}

}  // namespace drydock::apiserver

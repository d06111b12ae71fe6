// Deletion: at once, with grace, or once finalizers are gone. Facts: apiserver's
// registry/rest/delete.go and registry/generic/registry/store.go.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/message_bytes.h"
#include "src/api/status.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/registry.h"
#include "src/rt/status_macros.h"

namespace drydock::apiserver {
namespace {

using google::protobuf::Message;

constexpr char kOrphan[] = "orphan";
constexpr char kForeground[] = "foregroundDeletion";

bool HasFinalizer(const api::metav1::ObjectMeta& metadata, absl::string_view finalizer) {
  const auto& all = metadata.finalizers();
  return std::find(all.begin(), all.end(), finalizer) != all.end();
}

void SetFinalizer(api::metav1::ObjectMeta* metadata, const char* finalizer, bool wanted) {
  auto& all = *metadata->mutable_finalizers();
  if (wanted) {
    if (!HasFinalizer(*metadata, finalizer)) metadata->add_finalizers(finalizer);
    return;
  }
  all.erase(std::remove(all.begin(), all.end(), finalizer), all.end());
}

// What becomes of dependents is told to the garbage collector by finalizers.
void SetPropagation(const Resource& resource, api::Propagation propagation,
                    api::metav1::ObjectMeta* metadata) {
  if (resource.expires) return;  // Events have no dependents.
  bool orphan = HasFinalizer(*metadata, kOrphan);
  bool foreground = HasFinalizer(*metadata, kForeground);
  switch (propagation) {
    case api::Propagation::kDefault:
      orphan = orphan || (resource.orphans_by_default && !foreground);
      break;
    case api::Propagation::kOrphan:
      orphan = true;
      foreground = false;
      break;
    case api::Propagation::kBackground:
      orphan = foreground = false;
      break;
    case api::Propagation::kForeground:
      orphan = false;
      foreground = true;
      break;
  }
  SetFinalizer(metadata, kOrphan, orphan);
  SetFinalizer(metadata, kForeground, foreground);
}

void CountGeneration(api::metav1::ObjectMeta* metadata) {
  if (metadata->generation() > 0) metadata->set_generation(metadata->generation() + 1);
}

}  // namespace

absl::StatusOr<Change> Registry::ChangeForDeletion(const Resource& resource,
                                                   const DeleteParameters& parameters,
                                                   const api::ObjectRef& current) {
  const api::metav1::ObjectMeta& before = current->metadata();
  if (parameters.uid.has_value() && *parameters.uid != before.uid()) {
    return api::Conflict(resource.group(), resource.plural(), before.name(),
                         absl::StrCat("Precondition failed: UID in precondition: ", *parameters.uid,
                                      ", UID in object meta: ", before.uid()));
  }
  if (parameters.resource_version.has_value() &&
      *parameters.resource_version != before.resource_version()) {
    return api::Conflict(
        resource.group(), resource.plural(), before.name(),
        absl::StrCat(
            "Precondition failed: ResourceVersion in precondition: ", *parameters.resource_version,
            ", ResourceVersion in object meta: ", before.resource_version()));
  }

  api::MessagePtr message = Edit(resource, current);
  api::metav1::ObjectMeta& metadata = *api::MutableMetadataOf(message.get());
  const Strategy* strategy = StrategyOf(resource);
  std::optional<int64_t> grace;
  if (strategy != nullptr) grace = strategy->GracePeriod(*current, parameters.grace_period_seconds);

  if (resource.plural() == "namespaces" && resource.group().empty()) {
    auto& ns = static_cast<api::Namespace&>(*message);
    const auto& spec = static_cast<const api::Namespace&>(current->message()).spec();
    SetPropagation(resource, parameters.propagation, &metadata);
    if (spec.finalizers().empty() && metadata.finalizers().empty()) {
      return Change{.next = Seal(resource, std::move(message), current), .erase = true};
    }
    if (metadata.has_deletion_timestamp()) return Change{};
    *metadata.mutable_deletion_timestamp() = Now();
    ns.mutable_status()->set_phase("Terminating");
    return Change{.next = Seal(resource, std::move(message), current)};
  }

  if (grace.has_value() && before.has_deletion_timestamp() &&
      before.has_deletion_grace_period_seconds()) {
    // Deletion with grace goes on; it may be shortened only.
    const int64_t old = before.deletion_grace_period_seconds();
    if (!parameters.grace_period_seconds.has_value() || *grace >= old) {
      const bool waits_for_nothing = old == 0 && metadata.finalizers().empty();
      if (!waits_for_nothing) return Change{};
    } else {
      auto& when = *metadata.mutable_deletion_timestamp();
      when.set_seconds(when.seconds() - old + *grace);
      metadata.set_deletion_grace_period_seconds(*grace);
    }
  } else if (grace.has_value() && !before.has_deletion_timestamp()) {
    auto& when = *metadata.mutable_deletion_timestamp();
    when = Now();
    when.set_seconds(when.seconds() + *grace);
    metadata.set_deletion_grace_period_seconds(*grace);
    CountGeneration(&metadata);
  } else {
    grace = 0;
  }

  SetPropagation(resource, parameters.propagation, &metadata);
  if (metadata.finalizers().empty()) {
    if (metadata.deletion_grace_period_seconds() == 0) {
      // kube-apiserver writes a last update first where there is a grace period of 0;
      // here the deletion is one revision.
      return Change{.next = Seal(resource, std::move(message), current), .erase = true};
    }
  } else if (*grace == 0 && !metadata.has_deletion_timestamp()) {
    *metadata.mutable_deletion_timestamp() = Now();
    metadata.set_deletion_grace_period_seconds(0);
    CountGeneration(&metadata);
  }
  if (api::SameMetadata(metadata, before)) return Change{};
  return Change{.next = Seal(resource, std::move(message), current)};
}

rt::Task<absl::StatusOr<Registry::Deleted>> Registry::DeleteObject(const Resource& resource,
                                                                   std::string ns, std::string name,
                                                                   DeleteParameters parameters) {
  bool gone = false;
  absl::StatusOr<api::ObjectRef> object = co_await Modify(
      resource, std::move(ns), std::move(name), parameters.dry_run,
      [&](const api::ObjectRef& current) {
        absl::StatusOr<Change> change = ChangeForDeletion(resource, parameters, current);
        gone = change.ok() && change->erase;
        return change;
      });
  if (!object.ok()) co_return object.status();
  co_return Deleted{.object = *std::move(object), .gone = gone};
}

rt::Task<absl::StatusOr<Answer>> Registry::Delete(const Resource& resource,
                                                  const api::Request& request) {
  if (admission_.Concerns(resource, Operation::kDelete, "")) {
    const absl::Status admitted = admission_.Admit({.resource = resource,
                                                    .operation = Operation::kDelete,
                                                    .subresource = "",
                                                    .ns = request.ns,
                                                    .name = request.name,
                                                    .user = request.user,
                                                    .dry_run = request.dry_run});
    if (!admitted.ok()) co_return admitted;
  }
  absl::StatusOr<Deleted> deleted =
      co_await DeleteObject(resource, request.ns, request.name,
                            {.grace_period_seconds = request.grace_period_seconds,
                             .propagation = request.propagation,
                             .uid = request.precondition_uid,
                             .resource_version = request.precondition_resource_version,
                             .dry_run = request.dry_run});
  if (!deleted.ok()) co_return deleted.status();
  if (deleted->gone && !resource.returns_deleted) {
    co_return AnswerSuccess(200, resource, request.name, deleted->object->metadata().uid());
  }
  co_return AnswerWith(200, std::move(deleted->object));
}

rt::Task<absl::StatusOr<Answer>> Registry::DeleteCollection(const Resource& resource,
                                                            const api::Request& request) {
  absl::StatusOr<Answer> list = co_await List(resource, request);
  if (!list.ok()) co_return list.status();
  for (api::ObjectRef& item : list->response->items) {
    const api::metav1::ObjectMeta& metadata = item->metadata();
    absl::StatusOr<Deleted> deleted =
        co_await DeleteObject(resource, metadata.namespace_(), metadata.name(),
                              {.grace_period_seconds = request.grace_period_seconds,
                               .propagation = request.propagation,
                               .uid = request.precondition_uid,
                               .resource_version = request.precondition_resource_version,
                               .dry_run = request.dry_run});
    if (deleted.ok()) {
      item = std::move(deleted->object);
    } else if (!api::IsNotFound(deleted.status())) {
      co_return deleted.status();
    }
  }
  co_return *std::move(list);
}

}  // namespace drydock::apiserver

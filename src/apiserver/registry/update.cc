// Replacement of objects and of their statuses. What did not change is shared with
// the version before, not copied: above all the spec.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/defaults/defaults.h"
#include "src/api/message_bytes.h"
#include "src/api/status.h"
#include "src/api/validation/validation.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/registry.h"
#include "src/rt/status_macros.h"

namespace drydock::apiserver {
namespace {

using google::protobuf::Message;

// What the server says of an object, whatever its writer says.
void KeepServerFields(const api::metav1::ObjectMeta& before, api::metav1::ObjectMeta* after) {
  after->set_uid(before.uid());
  *after->mutable_creation_timestamp() = before.creation_timestamp();
  if (before.has_deletion_timestamp()) {
    *after->mutable_deletion_timestamp() = before.deletion_timestamp();
  } else {
    after->clear_deletion_timestamp();
  }
  if (before.has_deletion_grace_period_seconds()) {
    after->set_deletion_grace_period_seconds(before.deletion_grace_period_seconds());
  } else {
    after->clear_deletion_grace_period_seconds();
  }
  if (before.has_generation()) {
    after->set_generation(before.generation());
  } else {
    after->clear_generation();
  }
  after->set_resource_version(before.resource_version());
  after->clear_self_link();
}

absl::Status CheckFinalizers(const Resource& resource, const api::metav1::ObjectMeta& before,
                             const api::metav1::ObjectMeta& after) {
  if (!before.has_deletion_timestamp()) return absl::OkStatus();
  std::vector<std::string> added;
  for (const std::string& finalizer : after.finalizers()) {
    const auto& old = before.finalizers();
    if (std::find(old.begin(), old.end(), finalizer) == old.end()) added.push_back(finalizer);
  }
  if (added.empty()) return absl::OkStatus();
  return api::Invalid(
      resource.group(), resource.kind->kind, after.name(),
      {{"FieldValueForbidden",
        absl::StrCat("Forbidden: no new finalizers can be added if the object is being deleted, "
                     "found new finalizers []string{\"",
                     absl::StrJoin(added, "\", \""), "\"}"),
        "metadata.finalizers"}});
}

// The last finalizer of an object whose deletion waited for nothing else.
bool EndsDeletion(const api::metav1::ObjectMeta& before, const api::metav1::ObjectMeta& after) {
  return before.has_deletion_timestamp() && before.has_deletion_grace_period_seconds() &&
         before.deletion_grace_period_seconds() == 0 && after.finalizers().empty();
}

}  // namespace

absl::Status CheckNames(const api::Request& request, const api::Object& object) {
  const api::metav1::ObjectMeta& metadata = object.metadata();
  if (!metadata.name().empty() && metadata.name() != request.name) {
    return api::BadRequest(absl::StrCat("the name of the object (", metadata.name(),
                                        ") does not match the name on the URL (", request.name,
                                        ")"));
  }
  if (!metadata.namespace_().empty() && metadata.namespace_() != request.ns) {
    return api::BadRequest(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  return absl::OkStatus();
}

absl::StatusOr<Change> Registry::ChangeStatusTo(const Resource& resource,
                                                const api::Request& request,
                                                const api::ObjectRef& wanted,
                                                const api::ObjectRef& current) {
  RETURN_IF_ERROR(CheckRevision(resource, *current, request.name,
                                wanted->metadata().resource_version(), wanted->metadata().uid()));
  // The new status with the rest of the old object.
  api::MessagePtr message;
  if (resource.shares_spec) {
    message = Shell(resource, *current, &wanted->message());
  } else {
    message = api::CopyMessage(current->message());
    CopyPart(*resource.kind, resource.kind->status, wanted->message(), message.get());
  }
  if (Strategy* strategy = StrategyOf(resource); strategy != nullptr) {
    strategy->PrepareForStatusUpdate(current->message(), message.get());
  }
  if (api::SameContent(Part(*resource.kind, *message, resource.kind->status),
                       Part(*resource.kind, current->message(), resource.kind->status))) {
    return Change{};
  }
  return Change{.next = Seal(resource, std::move(message), current)};
}

absl::StatusOr<Change> Registry::ChangeTo(const Resource& resource, const api::Request& request,
                                          const api::ObjectRef& wanted,
                                          const api::ObjectRef& current) {
  const api::metav1::ObjectMeta& asked = wanted->metadata();
  if (asked.resource_version().empty() && !resource.update_without_revision) {
    return api::Invalid(resource.group(), resource.kind->kind, request.name,
                        {{"FieldValueInvalid", "Invalid value: 0: must be specified for an update",
                          "metadata.resourceVersion"}});
  }
  RETURN_IF_ERROR(
      CheckRevision(resource, *current, request.name, asked.resource_version(), asked.uid()));

  const api::KindInfo& kind = *resource.kind;
  Strategy* strategy = StrategyOf(resource);
  const Operation operation = Operation::kUpdate;
  const bool admits = admission_.Concerns(resource, operation, request.subresource);
  const bool share = resource.shares_spec && !admits &&
                     api::SameContent(Part(kind, wanted->message(), kind.spec),
                                      Part(kind, current->message(), kind.spec));
  api::MessagePtr message =
      share ? Shell(resource, *wanted, nullptr) : api::CopyMessage(wanted->message());
  if (!share && resource.has_defaults) api::ApplyDefaults(message.get());
  api::metav1::ObjectMeta* metadata = api::MutableMetadataOf(message.get());
  metadata->set_name(request.name);
  if (kind.namespaced) metadata->set_namespace_(request.ns);
  KeepServerFields(current->metadata(), metadata);
  RETURN_IF_ERROR(CheckFinalizers(resource, current->metadata(), *metadata));
  if (kind.status != nullptr) {
    const bool own_status = resource.has_status;
    CopyPart(kind, kind.status, own_status ? current->message() : wanted->message(), message.get());
  }
  if (strategy != nullptr && !share) {
    RETURN_IF_ERROR(strategy->PrepareForUpdate(current->message(), message.get()));
  }
  if (admits) {
    RETURN_IF_ERROR(admission_.Admit({.resource = resource,
                                      .operation = operation,
                                      .subresource = request.subresource,
                                      .ns = request.ns,
                                      .name = request.name,
                                      .user = request.user,
                                      .dry_run = request.dry_run,
                                      .object = message.get(),
                                      .before = &current->message()}));
  }

  bool spec_changed = false;
  if (!resource.shares_spec) {
    // All but the metadata counts as the spec of a kind that has none.
    spec_changed = !EqualBut(*message, current->message(), kind.metadata);
  } else if (!share) {
    // The request's differs from the present one; the defaults may have made them equal.
    spec_changed = !api::SameContent(Part(kind, *message, kind.spec),
                                     Part(kind, current->message(), kind.spec));
  }
  // One difference is enough.
  const bool changed = spec_changed || !api::SameContent(*metadata, current->metadata()) ||
                       (resource.shares_spec && kind.status != nullptr && !resource.has_status &&
                        !api::SameContent(Part(kind, *message, kind.status),
                                          Part(kind, current->message(), kind.status)));
  if (!changed) return Change{};
  if (spec_changed && resource.has_generation) {
    metadata->set_generation(current->metadata().generation() + 1);
  }

  const bool erase = EndsDeletion(current->metadata(), *metadata) &&
                     !(kind.resource == "namespaces" && kind.group.empty());
  Change change{.next = nullptr, .erase = erase};
  if (share) {
    change.next = api::MakeObjectSharingSpec(std::move(message), current);
  } else if (resource.shares_spec && !spec_changed) {
    kind.reflection->ClearField(message.get(), kind.spec);
    change.next = api::MakeObjectSharingSpec(std::move(message), current);
  } else {
    change.next = api::MakeObject(*resource.kind, std::move(message));
  }
  const api::FieldErrors errors = api::ValidateUpdate(change.next->message(), current->message());
  if (!errors.empty()) {
    return api::Invalid(resource.group(), kind.kind, request.name, errors.ToCauses());
  }
  return change;
}

rt::Task<absl::StatusOr<Answer>> Registry::Update(const Resource& resource,
                                                  const api::Request& request, bool may_create) {
  if (!request.object) co_return api::BadRequest("the request has no object");
  if (&request.object->kind() != resource.kind) {
    co_return api::BadRequest(absl::StrCat("the object provided is unrecognized (must be of type ",
                                           resource.kind->kind, ")"));
  }
  const absl::Status names = CheckNames(request, *request.object);
  if (!names.ok()) co_return names;
  const bool status_only = request.subresource == "status" || request.subresource == "approval";
  absl::StatusOr<api::ObjectRef> updated = co_await Modify(
      resource, request.ns, request.name, request.dry_run, [&](const api::ObjectRef& current) {
        return status_only ? ChangeStatusTo(resource, request, request.object, current)
                           : ChangeTo(resource, request, request.object, current);
      });
  if (updated.ok()) co_return AnswerWith(200, *std::move(updated));
  const api::metav1::ObjectMeta& metadata = request.object->metadata();
  if (!api::IsNotFound(updated.status()) || !resource.create_on_update || !may_create ||
      status_only || !metadata.resource_version().empty() || !metadata.uid().empty()) {
    co_return updated.status();
  }
  co_return co_await Create(resource, request);
}

}  // namespace drydock::apiserver

// Creation: namespace, identity, defaults, admission, and one write on the condition
// that the name is free.
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/defaults/defaults.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/api/validation/validation.h"
#include "src/apiserver/identity.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/registry.h"
#include "src/rt/status_macros.h"

namespace drydock::apiserver {
namespace {

// A Job selects its pods by its own uid, unless it says how (Kubernetes' job strategy).
void GenerateJobSelector(api::Job* job) {
  if (job->spec().manual_selector() || job->spec().has_selector()) return;
  const std::string uid = job->metadata().uid();
  const std::string name = job->metadata().name();
  auto* labels = job->mutable_spec()->mutable_template_()->mutable_metadata()->mutable_labels();
  api::Set(labels, "batch.kubernetes.io/controller-uid", uid);
  api::Set(labels, "controller-uid", uid);
  api::Set(labels, "batch.kubernetes.io/job-name", name);
  api::Set(labels, "job-name", name);
  api::Set(job->mutable_spec()->mutable_selector()->mutable_match_labels(),
           "batch.kubernetes.io/controller-uid", uid);
}

constexpr int kGenerateNameAttempts = 8;

// In memory: what the server adds to an object, and what the defaults of a kind may.
constexpr size_t kServerFieldsRoom = 256;
constexpr size_t kDefaultsRoom = 768;

absl::Status NamespaceIsTerminating(const Resource& resource, const std::string& ns,
                                    const std::string& name) {
  api::StatusDetails details;
  details.name = name;
  details.group = std::string(resource.group());
  details.kind = std::string(resource.plural());
  details.causes.push_back({"NamespaceTerminating",
                            absl::StrCat("namespace ", ns, " is being terminated"),
                            "metadata.namespace"});
  const absl::Status plain =
      api::Forbidden(resource.group(), resource.plural(), name,
                     absl::StrCat("unable to create new content in namespace ", ns,
                                  " because it is being terminated"));
  return api::MakeStatus("Forbidden", plain.message(), details);
}

}  // namespace

rt::Task<absl::Status> Registry::CheckNamespace(const Resource& resource, const std::string& ns,
                                                const std::string& name) {
  if (!resource.kind->namespaced) co_return absl::OkStatus();
  const Resource& namespaces = Named("", "namespaces");
  api::ObjectRef object = cacher_.For(namespaces).GetBySuffix(ns);
  if (!object) {
    // It may have come to be a moment ago.
    absl::StatusOr<api::ObjectRef> live = co_await ReadLive(namespaces.Key("", ns));
    if (!live.ok()) co_return live.status();
    if (!*live) co_return api::NotFound("", "namespaces", ns);
    object = *std::move(live);
  }
  if (object->metadata().has_deletion_timestamp()) {
    co_return NamespaceIsTerminating(resource, ns, name);
  }
  co_return absl::OkStatus();
}

absl::StatusOr<api::MessagePtr> Registry::NewMessage(const Resource& resource,
                                                     const api::Request& request) {
  if (!request.object) return api::BadRequest("the request has no object");
  if (&request.object->kind() != resource.kind) {
    return api::BadRequest(absl::StrCat("the object provided is unrecognized (must be of type ",
                                        resource.kind->kind, ")"));
  }
  api::MessagePtr message = api::CopyMessage(
      request.object->message(), kServerFieldsRoom + (resource.has_defaults ? kDefaultsRoom : 0));
  api::metav1::ObjectMeta& metadata = *api::MutableMetadataOf(message.get());
  if (!metadata.resource_version().empty()) {
    return api::BadRequest("resourceVersion should not be set on objects to be created");
  }
  if (resource.kind->namespaced) {
    if (request.ns.empty()) {
      return api::BadRequest("an empty namespace may not be set during creation");
    }
    if (metadata.namespace_().empty()) metadata.set_namespace_(request.ns);
  }
  if (metadata.namespace_() != request.ns) {
    return api::BadRequest(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  if (metadata.name().empty() && metadata.generate_name().empty()) {
    return api::Invalid(resource.group(), resource.kind->kind, "",
                        {{"FieldValueRequired", "Required value: name or generateName is required",
                          "metadata.name"}});
  }
  if (resource.has_defaults) api::ApplyDefaults(message.get());
  metadata.clear_deletion_timestamp();
  metadata.clear_deletion_grace_period_seconds();
  metadata.clear_self_link();
  metadata.set_uid(NewUid(random_));
  *metadata.mutable_creation_timestamp() = Now();
  metadata.clear_generation();
  if (resource.has_generation) metadata.set_generation(1);
  if (resource.has_status && !resource.keeps_status_on_create) {
    resource.kind->reflection->ClearField(message.get(), resource.kind->status);
  }
  return message;
}

rt::Task<absl::StatusOr<api::ObjectRef>> Registry::Insert(const Resource& resource,
                                                          rt::Ref<api::Object> object,
                                                          bool dry_run) {
  const api::metav1::ObjectMeta& metadata = object->metadata();
  const std::string key = resource.Key(metadata.namespace_(), metadata.name());
  if (dry_run) {
    absl::StatusOr<api::ObjectRef> live = co_await ReadLive(key);
    if (!live.ok()) co_return live.status();
    if (*live) co_return api::AlreadyExists(resource.group(), resource.plural(), metadata.name());
    co_return api::ObjectRef(std::move(object));
  }
  store::Txn txn;
  store::Write write{.key = key, .value = object};
  if (resource.expires) {
    const absl::StatusOr<store::LeaseId> lease = co_await event_leases_.Lease();
    if (!lease.ok()) co_return lease.status();
    write.lease = *lease;
  }
  txn.compares.push_back({.key = key, .operand = 0});
  txn.writes.push_back(std::move(write));
  const absl::StatusOr<store::TxnResult> result = co_await store_.Commit(std::move(txn));
  if (!result.ok()) co_return result.status();
  if (!result->succeeded) {
    co_return api::AlreadyExists(resource.group(), resource.plural(), metadata.name());
  }
  co_return api::ObjectRef(std::move(object));
}

rt::Task<absl::StatusOr<Answer>> Registry::Create(const Resource& resource,
                                                  const api::Request& request) {
  if (request.verb != api::Verb::kCreate && may_create_) {
    const absl::Status allowed = may_create_(request);
    if (!allowed.ok()) co_return allowed;
  }
  absl::StatusOr<api::MessagePtr> made = NewMessage(resource, request);
  if (!made.ok()) co_return made.status();
  api::MessagePtr message = *std::move(made);
  if (TracksNew(request, api::MetadataOf(*message))) {
    Track(resource, request, *resource.kind->prototype, message.get());
  }
  const std::string given_name = api::MetadataOf(*message).name();
  const absl::Status in_namespace = co_await CheckNamespace(resource, request.ns, given_name);
  if (!in_namespace.ok()) co_return in_namespace;

  Strategy* strategy = StrategyOf(resource);
  if (admission_.Concerns(resource, Operation::kCreate, "")) {
    const absl::Status admitted = admission_.Admit({.resource = resource,
                                                    .operation = Operation::kCreate,
                                                    .subresource = "",
                                                    .ns = request.ns,
                                                    .name = given_name,
                                                    .user = request.user,
                                                    .dry_run = request.dry_run,
                                                    .object = message.get(),
                                                    .before = nullptr});
    if (!admitted.ok()) co_return admitted;
  }
  if (strategy != nullptr) {
    const absl::Status prepared = strategy->PrepareForCreate(message.get());
    if (!prepared.ok()) co_return prepared;
  }
  for (int attempt = 1;; ++attempt) {
    // A failed attempt's message has become an object; the next one needs its own.
    api::MessagePtr attempted =
        given_name.empty() ? api::CopyMessage(*message) : std::move(message);
    if (given_name.empty()) {
      api::metav1::ObjectMeta& metadata = *api::MutableMetadataOf(attempted.get());
      metadata.set_name(GenerateName(random_, metadata.generate_name()));
    }
    if (resource.kind == &api::KindOf<api::Job>()) {
      GenerateJobSelector(static_cast<api::Job*>(attempted.get()));
    }
    const rt::Ref<api::Object> object = api::MakeObject(*resource.kind, std::move(attempted));
    if (attempt == 1) {
      const api::FieldErrors errors = api::Validate(object->message());
      if (!errors.empty()) {
        if (strategy != nullptr) strategy->Released(object->message());
        co_return api::Invalid(resource.group(), resource.kind->kind, object->metadata().name(),
                               errors.ToCauses());
      }
    }
    absl::StatusOr<api::ObjectRef> inserted = co_await Insert(resource, object, request.dry_run);
    if (inserted.ok()) {
      if (request.dry_run && strategy != nullptr) strategy->Released(object->message());
      co_return AnswerWith(201, *std::move(inserted));
    }
    if (given_name.empty() && api::IsAlreadyExists(inserted.status()) &&
        attempt < kGenerateNameAttempts) {
      continue;
    }
    // An unknown outcome may have made the object: what it took stays taken.
    if (strategy != nullptr && !api::IsOutcomeUnknown(inserted.status())) {
      strategy->Released(object->message());
    }
    co_return inserted.status();
  }
}

}  // namespace drydock::apiserver

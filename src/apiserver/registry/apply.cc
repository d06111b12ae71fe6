// Server-side apply, and who manages which fields after other writes. What fields are and who may
// have them is src/api/apply; here it meets requests, the store and subresources.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/apply/field_manager.h"
#include "src/api/codec/json.h"
#include "src/api/patch/patch.h"
#include "src/api/status.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

using google::protobuf::Message;

// An object that comes and goes between looking for it and making it, more often than any load
// explains.
constexpr int kMaxRaces = 5;

bool IsApply(const api::Request& request) {
  return request.verb == api::Verb::kPatch && request.patch_type == api::PatchType::kApply;
}

api::WritableFields WritableBy(const Resource& resource, absl::string_view subresource) {
  if (subresource == "status" || subresource == "approval") return api::WritableFields::kStatusOnly;
  if (subresource.empty() && resource.has_status) return api::WritableFields::kAllButStatus;
  return api::WritableFields::kAll;
}

// The configuration that a request applies. Duplicate fields are faults that it can ask to hear of.
absl::StatusOr<api::Value> ReadConfig(const api::Request& request,
                                      std::vector<std::string>* warnings) {
  absl::StatusOr<api::Value> config = api::ParseJson(request.patch);
  if (!config.ok()) {
    return api::BadRequest(absl::StrCat("error decoding YAML: ", config.status().message()));
  }
  std::vector<std::string> duplicates = api::TakeDuplicateFields(&*config);
  if (request.field_validation == api::FieldValidation::kStrict && !duplicates.empty()) {
    return api::BadRequest(
        absl::StrCat("error strict decoding YAML: ", absl::StrJoin(duplicates, ", ")));
  }
  if (request.field_validation == api::FieldValidation::kWarn) *warnings = std::move(duplicates);
  return config;
}

// A configuration of a workload's scale as one of the workload itself.
absl::StatusOr<api::Value> ParentConfig(const Resource& resource, const std::string& name,
                                        const api::Value& scale) {
  const auto text = [&](absl::string_view key) {
    const api::Value* const value = scale.Find(key);
    return value != nullptr && value->is_string() ? value->text() : "";
  };
  if (text("apiVersion") != "autoscaling/v1" || text("kind") != "Scale") {
    return api::BadRequest(
        absl::StrCat("invalid object type: ", text("apiVersion"), ", Kind=", text("kind")));
  }
  api::Value config = api::Value::Object();
  config["apiVersion"] = api::Value::String(resource.kind->ApiVersion());
  config["kind"] = api::Value::String(resource.kind->kind);
  api::Value& metadata = config["metadata"];
  metadata = api::Value::Object();
  metadata["name"] = api::Value::String(name);
  const api::Value* const spec = scale.Find("spec");
  const api::Value* const replicas = spec != nullptr ? spec->Find("replicas") : nullptr;
  if (replicas != nullptr) {
    config["spec"] = api::Value::Object();
    config["spec"]["replicas"] = *replicas;
  }
  return config;
}

// What is wrong with the identity of an object that an apply would make.
absl::Status CheckNewObject(const Resource& resource, const api::Request& request,
                            const api::metav1::ObjectMeta& metadata) {
  if (metadata.name().empty()) {
    return api::BadRequest(
        absl::StrCat("the name of the object (", request.name,
                     " based on URL) was undeterminable: name must be provided"));
  }
  if (!metadata.uid().empty()) {
    return api::Conflict(resource.group(), resource.plural(), request.name,
                         absl::StrCat("uid mismatch: the provided object specified uid ",
                                      metadata.uid(), ", and no existing object was found"));
  }
  return absl::OkStatus();
}

}  // namespace

bool Registry::Tracks(const api::Request& request, const api::metav1::ObjectMeta& before,
                      const api::metav1::ObjectMeta& after) const {
  // An apply has its own record already.
  return (api::HasManagedFields(before) || api::HasManagedFields(after)) && !IsApply(request);
}

bool Registry::TracksNew(const api::Request& request, const api::metav1::ObjectMeta& object) const {
  return (options_.track_managed_fields || api::HasManagedFields(object)) && !IsApply(request);
}

void Registry::Track(const Resource& resource, const api::Request& request, const Message& before,
                     Message* after) const {
  api::TrackUpdate(before, after,
                   {.manager = request.field_manager,
                    .subresource = request.subresource,
                    .writable = WritableBy(resource, request.subresource),
                    .now = Now()});
}

rt::Task<absl::StatusOr<Answer>> Registry::Apply(const Resource& resource,
                                                 const api::Request& request) {
  std::vector<std::string> warnings;
  absl::StatusOr<api::Value> config = ReadConfig(request, &warnings);
  const bool scale = request.subresource == "scale";
  if (config.ok() && scale) config = ParentConfig(resource, request.name, *config);
  if (!config.ok()) co_return config.status();
  const api::FieldWriter writer = {.manager = request.field_manager,
                                   .subresource = request.subresource,
                                   .writable = WritableBy(resource, request.subresource),
                                   .now = Now()};
  const bool status_only = writer.writable == api::WritableFields::kStatusOnly;
  for (int attempt = 1;; ++attempt) {
    bool found = false;
    absl::StatusOr<api::ObjectRef> applied = co_await Modify(
        resource, request.ns, request.name, request.dry_run,
        [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
          found = true;
          auto merged = api::ApplyConfiguration(current->message(), *config, writer, request.force);
          if (!merged.ok()) return merged.status();
          const api::ObjectRef wanted(api::MakeObject(*std::move(merged)));
          const absl::Status names = CheckNames(request, *wanted);
          if (!names.ok()) return names;
          return status_only ? ChangeStatusTo(resource, request, wanted, current)
                             : ChangeTo(resource, request, wanted, current);
        });
    if (applied.ok()) {
      Answer answer = AnswerWith(200, *std::move(applied));
      answer.response->warnings = std::move(warnings);
      co_return answer;
    }
    if (found || !api::IsNotFound(applied.status()) || !request.subresource.empty()) {
      co_return applied.status();
    }
    auto made = api::ApplyConfiguration(*resource.kind->prototype, *config, writer, request.force);
    if (!made.ok()) co_return made.status();
    const absl::Status sound = CheckNewObject(resource, request, api::MetadataOf(**made));
    if (!sound.ok()) co_return sound;
    api::Request creation;
    creation.verb = request.verb;
    creation.patch_type = request.patch_type;
    creation.kind = request.kind;
    creation.ns = request.ns;
    creation.name = request.name;
    creation.user = request.user;
    creation.field_manager = request.field_manager;
    creation.dry_run = request.dry_run;
    creation.object = api::ObjectRef(api::MakeObject(*std::move(made)));
    const absl::Status names = CheckNames(creation, *creation.object);
    if (!names.ok()) co_return names;
    absl::StatusOr<Answer> answer = co_await Create(resource, creation);
    if (answer.ok()) answer->response->warnings = std::move(warnings);
    if (answer.ok() || !api::IsAlreadyExists(answer.status()) || attempt == kMaxRaces) {
      co_return answer;
    }
  }
}

}  // namespace drydock::apiserver

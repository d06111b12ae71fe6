// The scale subresource: the number of replicas of any workload, as one kind.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/apps_v1.h"
#include "src/api/autoscaling_v1.h"
#include "src/api/core/v1/replication_controller.h"
#include "src/api/selectors.h"
#include "src/api/status.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

using google::protobuf::Message;

std::string SelectorText(const api::LabelSelector& selector) {
  const absl::StatusOr<api::Selector> parsed = api::Selector::From(selector);
  return parsed.ok() ? parsed->ToString() : "";
}
std::string SelectorText(const api::StringMap& labels) {
  return api::Selector::FromLabels(labels).ToString();
}

template <typename T>
void ReadScale(const Message& message, api::Scale* scale) {
  const auto& object = static_cast<const T&>(message);
  scale->mutable_spec()->set_replicas(object.spec().replicas());
  scale->mutable_status()->set_replicas(object.status().replicas());
  scale->mutable_status()->set_selector(SelectorText(object.spec().selector()));
}

template <typename T>
void WriteReplicas(int32_t replicas, Message* message) {
  static_cast<T&>(*message).mutable_spec()->set_replicas(replicas);
}

// What has a scale.
struct Scalable {
  void (*read)(const Message& message, api::Scale* scale);
  void (*write)(int32_t replicas, Message* message);
};

std::optional<Scalable> FindScalable(const google::protobuf::Descriptor* type) {
  if (type == api::Deployment::descriptor()) {
    return Scalable{ReadScale<api::Deployment>, WriteReplicas<api::Deployment>};
  }
  if (type == api::ReplicaSet::descriptor()) {
    return Scalable{ReadScale<api::ReplicaSet>, WriteReplicas<api::ReplicaSet>};
  }
  if (type == api::StatefulSet::descriptor()) {
    return Scalable{ReadScale<api::StatefulSet>, WriteReplicas<api::StatefulSet>};
  }
  if (type == api::ReplicationController::descriptor()) {
    return Scalable{ReadScale<api::ReplicationController>,
                    WriteReplicas<api::ReplicationController>};
  }
  return std::nullopt;
}

api::ObjectRef ScaleOf(const Scalable& scalable, const api::Object& object) {
  api::Scale scale;
  const api::metav1::ObjectMeta& from = object.metadata();
  api::metav1::ObjectMeta& metadata = *scale.mutable_metadata();
  metadata.set_name(from.name());
  metadata.set_namespace_(from.namespace_());
  metadata.set_uid(from.uid());
  metadata.set_resource_version(from.resource_version());
  *metadata.mutable_creation_timestamp() = from.creation_timestamp();
  scalable.read(object.message(), &scale);
  return api::MakeObject(std::move(scale)).object();
}

}  // namespace

rt::Task<absl::StatusOr<Answer>> Registry::Scale(const Resource& resource,
                                                 const api::Request& request) {
  const std::optional<Scalable> scalable = FindScalable(resource.kind->descriptor);
  if (!scalable.has_value()) {
    co_return api::MethodNotSupported(resource.group(), resource.plural(), "scale");
  }
  if (request.verb == api::Verb::kGet) {
    const absl::StatusOr<api::ObjectRef> object =
        co_await ReadLive(resource.Key(request.ns, request.name));
    if (!object.ok()) co_return object.status();
    if (!*object) co_return api::NotFound(resource.group(), resource.plural(), request.name);
    co_return AnswerWith(200, ScaleOf(*scalable, **object));
  }
  const bool patch = request.verb == api::Verb::kPatch;
  if (patch && request.patch_type == api::PatchType::kApply) {
    absl::StatusOr<Answer> applied = co_await Apply(resource, request);
    if (!applied.ok()) co_return applied.status();
    Answer answer = AnswerWith(200, ScaleOf(*scalable, *applied->response->object));
    answer.response->warnings = std::move(applied->response->warnings);
    co_return answer;
  }
  std::vector<std::string> warnings;
  if (!patch && request.verb != api::Verb::kUpdate) {
    co_return api::MethodNotSupported(resource.group(), resource.plural(),
                                      absl::StrCat(api::VerbName(request.verb), " of scale"));
  }
  if (!patch && !api::As<api::Scale>(request.object)) {
    co_return api::BadRequest("not a Scale object");
  }
  const absl::StatusOr<api::ObjectRef> scaled = co_await Modify(
      resource, request.ns, request.name, request.dry_run,
      [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
        const api::ObjectRef now = ScaleOf(*scalable, *current);
        absl::StatusOr<api::ObjectRef> wanted = request.object;
        if (patch) wanted = Patched(request, *now, &warnings);
        if (!wanted.ok()) return wanted.status();
        const auto& scale = static_cast<const api::Scale&>((*wanted)->message());
        const absl::Status matches =
            CheckRevision(resource, *current, request.name, scale.metadata().resource_version(),
                          scale.metadata().uid());
        if (!matches.ok()) return matches;
        const int32_t replicas = scale.spec().replicas();
        if (replicas < 0) {
          return api::Invalid(
              "autoscaling", "Scale", request.name,
              {{"FieldValueInvalid",
                absl::StrCat("Invalid value: ", replicas, ": must be greater than or equal to 0"),
                "spec.replicas"}});
        }
        if (static_cast<const api::Scale&>(now->message()).spec().replicas() == replicas) {
          return Change{};
        }
        api::MessagePtr message = api::CopyMessage(current->message());
        scalable->write(replicas, message.get());
        api::metav1::ObjectMeta& metadata = *api::MutableMetadataOf(message.get());
        metadata.set_generation(metadata.generation() + 1);
        if (Tracks(request, current->metadata(), metadata)) {
          Track(resource, request, current->message(), message.get());
        }
        return Change{.next = api::MakeObject(std::move(message))};
      });
  if (!scaled.ok()) co_return scaled.status();
  Answer answer = AnswerWith(200, ScaleOf(*scalable, **scaled));
  answer.response->warnings = std::move(warnings);
  co_return answer;
}

}  // namespace drydock::apiserver

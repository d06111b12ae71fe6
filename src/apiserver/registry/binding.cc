// pods/binding: the one way to give a pod its node. Facts:
// pkg/registry/core/pod/storage/storage.go, BindingREST.
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/status.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {
namespace {

constexpr size_t kBindingRoom = 384;  // What a binding adds to a pod in memory.

absl::Status CheckTarget(const api::Binding& binding, const std::string& name) {
  std::vector<api::StatusCause> causes;
  const std::string& kind = binding.target().kind();
  if (!kind.empty() && kind != "Node") {
    causes.push_back(
        {"FieldValueNotSupported",
         absl::StrCat("Unsupported value: \"", kind, "\": supported values: \"Node\", \"<empty>\""),
         "target.kind"});
  }
  if (binding.target().name().empty()) {
    causes.push_back({"FieldValueRequired", "Required value", "target.name"});
  }
  if (causes.empty()) return absl::OkStatus();
  return api::Invalid("", "Binding", name, std::move(causes));
}

// Why the pod cannot be bound; empty when it can.
std::string Obstacle(const api::Pod& pod) {
  const std::string& name = pod.metadata().name();
  if (pod.metadata().has_deletion_timestamp()) {
    return absl::StrCat("pod ", name, " is being deleted, cannot be assigned to a host");
  }
  if (!pod.spec().node_name().empty()) {
    return absl::StrCat("pod ", name, " is already assigned to node \"", pod.spec().node_name(),
                        "\"");
  }
  if (!pod.spec().scheduling_gates().empty()) {
    return absl::StrCat("pod ", name, " has non-empty .spec.schedulingGates");
  }
  return "";
}

void SetScheduled(api::PodStatus* status, const api::metav1::Time& now) {
  api::PodCondition* condition = nullptr;
  for (api::PodCondition& existing : *status->mutable_conditions()) {
    if (existing.type() == "PodScheduled") condition = &existing;
  }
  if (condition == nullptr) condition = status->add_conditions();
  if (condition->status() != "True") *condition->mutable_last_transition_time() = now;
  condition->set_type("PodScheduled");
  condition->set_status("True");
  condition->clear_reason();
  condition->clear_message();
}

}  // namespace

rt::Task<absl::StatusOr<Answer>> Registry::Bind(const Resource& pods, const api::Request& request) {
  const api::Ref<api::Binding> binding = api::As<api::Binding>(request.object);
  if (!binding) co_return api::BadRequest("not a Binding object");
  const std::string name = request.name.empty() ? binding->metadata().name() : request.name;
  const absl::Status target = CheckTarget(*binding, name);
  if (!target.ok()) co_return target;

  const absl::StatusOr<api::ObjectRef> bound = co_await Modify(
      pods, request.ns, name, request.dry_run,
      [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
        const absl::Status wanted =
            CheckRevision(pods, *current, name, binding->metadata().resource_version(),
                          binding->metadata().uid());
        if (!wanted.ok()) return wanted;
        const std::string obstacle = Obstacle(static_cast<const api::Pod&>(current->message()));
        if (!obstacle.empty()) return api::Conflict("", "pods/binding", name, obstacle);
        api::MessagePtr message = api::CopyMessage(current->message(), kBindingRoom);
        auto& pod = static_cast<api::Pod&>(*message);
        pod.mutable_spec()->set_node_name(binding->target().name());
        for (const api::StringEntry& entry : binding->metadata().annotations()) {
          api::Set(pod.mutable_metadata()->mutable_annotations(), entry.key(), entry.value());
        }
        for (const api::StringEntry& entry : binding->metadata().labels()) {
          api::Set(pod.mutable_metadata()->mutable_labels(), entry.key(), entry.value());
        }
        SetScheduled(pod.mutable_status(), Now());
        return Change{.next = api::MakeObject(*pods.kind, std::move(message))};
      });
  if (!bound.ok()) co_return bound.status();
  co_return AnswerSuccess(201, pods, name, (*bound)->metadata().uid());
}

}  // namespace drydock::apiserver

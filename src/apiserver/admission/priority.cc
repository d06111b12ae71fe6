// Facts: plugin/pkg/admission/priority. The system's two classes exist whether or not
// anybody has made objects of them.
#include "src/apiserver/admission/priority.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/core/v1/pod.h"
#include "src/api/scheduling_v1.h"
#include "src/api/status.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

struct SystemClass {
  const char* name;
  int32_t value;
};
constexpr SystemClass kSystemClasses[] = {
    {"system-node-critical", 2000001000},
    {"system-cluster-critical", 2000000000},
};
constexpr char kPreemptLowerPriority[] = "PreemptLowerPriority";

struct Resolved {
  std::string name;
  int32_t value = 0;
  std::string preemption_policy = kPreemptLowerPriority;
};

Resolved FromClass(const api::PriorityClass& found) {
  return {.name = found.metadata().name(),
          .value = found.value(),
          .preemption_policy =
              found.has_preemption_policy() ? found.preemption_policy() : kPreemptLowerPriority};
}

}  // namespace

Priority::Priority(const ResourceTable& resources, const Cacher& cacher)
    : classes_(cacher.For(*resources.Find("scheduling.k8s.io", "priorityclasses"))) {}

bool Priority::Handles(const Resource& resource, Operation operation,
                       absl::string_view subresource) const {
  if (!subresource.empty() || operation != Operation::kCreate) return false;
  return (resource.plural() == "pods" && resource.group().empty()) ||
         resource.plural() == "priorityclasses";
}

absl::Status Priority::Admit(const Attributes& attributes) {
  if (attributes.resource.plural() != "pods") return absl::OkStatus();
  api::PodSpec& spec = *static_cast<api::Pod&>(*attributes.object).mutable_spec();
  Resolved resolved;
  if (spec.priority_class_name().empty()) {
    // The default class with the lowest value, if there is one.
    bool any = false;
    for (const api::ObjectRef& object : classes_.List(Selection(""), 0).objects) {
      const auto& candidate = static_cast<const api::PriorityClass&>(object->message());
      if (!candidate.global_default()) continue;
      if (!any || candidate.value() < resolved.value) resolved = FromClass(candidate);
      any = true;
    }
    if (any) spec.set_priority_class_name(resolved.name);
  } else {
    const std::string& name = spec.priority_class_name();
    bool found = false;
    for (const SystemClass& system : kSystemClasses) {
      if (name != system.name) continue;
      resolved.value = system.value;
      found = true;
    }
    if (const api::ObjectRef object = classes_.GetBySuffix(name); !found && object) {
      resolved = FromClass(static_cast<const api::PriorityClass&>(object->message()));
      found = true;
    }
    if (!found) {
      return api::Forbidden("", "pods", attributes.name,
                            absl::StrCat("no PriorityClass with name ", name, " was found"));
    }
  }
  if (spec.has_priority() && spec.priority() != resolved.value) {
    return api::Forbidden(
        "", "pods", attributes.name,
        absl::StrCat("the integer value of priority (", spec.priority(),
                     ") must not be provided in pod spec; priority admission controller computed ",
                     resolved.value, " from the given PriorityClass name"));
  }
  spec.set_priority(resolved.value);
  if (spec.has_preemption_policy() && spec.preemption_policy() != resolved.preemption_policy) {
    return api::Forbidden(
        "", "pods", attributes.name,
        absl::StrCat("the string value of PreemptionPolicy (", spec.preemption_policy(),
                     ") must not be provided in pod spec; priority admission controller computed ",
                     resolved.preemption_policy, " from the given PriorityClass name"));
  }
  spec.set_preemption_policy(resolved.preemption_policy);
  return absl::OkStatus();
}

absl::Status Priority::Validate(const Attributes& attributes) {
  if (attributes.resource.plural() != "priorityclasses") return absl::OkStatus();
  const auto& made = static_cast<const api::PriorityClass&>(*attributes.object);
  if (!made.global_default()) return absl::OkStatus();
  for (const api::ObjectRef& object : classes_.List(Selection(""), 0).objects) {
    const auto& other = static_cast<const api::PriorityClass&>(object->message());
    if (other.global_default() && other.metadata().name() != made.metadata().name()) {
      return api::Forbidden("scheduling.k8s.io", "priorityclasses", attributes.name,
                            absl::StrCat("PriorityClass ", other.metadata().name(),
                                         " is already marked as default. Only one default can "
                                         "exist"));
    }
  }
  return absl::OkStatus();
}

}  // namespace drydock::apiserver

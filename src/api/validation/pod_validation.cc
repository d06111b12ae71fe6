// The pod as a whole, and what may change in it. Rules of pkg/apis/core/validation of Kubernetes.
#include "src/api/validation/pod_validation.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "src/api/validation/metadata_validation.h"

namespace drydock::api {
namespace {

constexpr char kMayNotChange[] =
    "pod updates may not change fields other than "
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

bool HasToleration(const PodSpec& spec, const Toleration& wanted) {
  for (const Toleration& toleration : spec.tolerations()) {
    Toleration same = toleration;
    // Only the time of a toleration may change.
    if (wanted.has_toleration_seconds()) {
      same.set_toleration_seconds(wanted.toleration_seconds());
    } else {
      same.clear_toleration_seconds();
    }
    if (SameMessage(same, wanted)) return true;
  }
  return false;
}

// Makes what may differ the same.
void CopyMutableFields(const PodSpec& old, bool gated, PodSpec* spec) {
  const auto copy_images = [](const auto& from, auto* to) {
    if (from.size() != to->size()) return;
    for (int i = 0; i < from.size(); ++i) to->Mutable(i)->set_image(from[i].image());
  };
  copy_images(old.containers(), spec->mutable_containers());
  copy_images(old.init_containers(), spec->mutable_init_containers());
  if (old.has_active_deadline_seconds()) {
    spec->set_active_deadline_seconds(old.active_deadline_seconds());
  } else {
    spec->clear_active_deadline_seconds();
  }
  *spec->mutable_tolerations() = old.tolerations();
  *spec->mutable_scheduling_gates() = old.scheduling_gates();
  if (old.termination_grace_period_seconds() < 0 && spec->termination_grace_period_seconds() == 1) {
    spec->set_termination_grace_period_seconds(old.termination_grace_period_seconds());
  }
  if (!gated) return;
  // A pod that waits for its gates may still be pinned down further.
  *spec->mutable_node_selector() = old.node_selector();
  if (old.has_affinity()) {
    *spec->mutable_affinity() = old.affinity();
  } else {
    spec->clear_affinity();
  }
}

void ValidateGateChange(const PodSpec& spec, const PodSpec& old, FieldErrors* errors) {
  for (int i = 0; i < spec.scheduling_gates_size(); ++i) {
    bool known = false;
    for (const PodSchedulingGate& gate : old.scheduling_gates()) {
      known = known || gate.name() == spec.scheduling_gates(i).name();
    }
    if (!known) {
      errors->Forbidden(absl::StrCat("spec.schedulingGates[", i, "]"),
                        "only deletion is allowed, but found new scheduling gate '" +
                            spec.scheduling_gates(i).name() + "'");
    }
  }
}

}  // namespace

void ValidatePodSpec(const PodSpec& spec, const std::string& path, FieldErrors* errors) {
  ValidateVolumes(spec, path, errors);
  ValidateContainers(spec, path, errors);
  if (spec.restart_policy().empty()) {
    errors->Required(path + ".restartPolicy");
  } else {
    errors->CheckSupported(path + ".restartPolicy", spec.restart_policy(),
                           {"Always", "OnFailure", "Never"});
  }
  if (spec.dns_policy().empty()) {
    errors->Required(path + ".dnsPolicy");
  } else {
    errors->CheckSupported(path + ".dnsPolicy", spec.dns_policy(),
                           {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  }
  if (spec.has_active_deadline_seconds()) {
    const int64_t seconds = spec.active_deadline_seconds();
    if (seconds < 1 || seconds > std::numeric_limits<int32_t>::max()) {
      errors->Invalid(path + ".activeDeadlineSeconds", seconds,
                      "must be between 1 and 2147483647, inclusive");
    }
  }
  if (spec.has_termination_grace_period_seconds()) {
    errors->CheckNonNegative(path + ".terminationGracePeriodSeconds",
                             spec.termination_grace_period_seconds());
  }
  const auto check_name = [&](const std::string& name, const char* field) {
    if (!name.empty()) {
      errors->AddComplaints(absl::StrCat(path, ".", field), name, CheckDns1123Subdomain(name));
    }
  };
  check_name(spec.service_account_name(), "serviceAccountName");
  check_name(spec.priority_class_name(), "priorityClassName");
  if (spec.has_runtime_class_name()) check_name(spec.runtime_class_name(), "runtimeClassName");
  if (!spec.hostname().empty()) {
    errors->AddComplaints(path + ".hostname", spec.hostname(), CheckDns1123Label(spec.hostname()));
  }
  if (!spec.subdomain().empty()) {
    errors->AddComplaints(path + ".subdomain", spec.subdomain(),
                          CheckDns1123Label(spec.subdomain()));
  }
  if (spec.has_preemption_policy()) {
    errors->CheckSupported(path + ".preemptionPolicy", spec.preemption_policy(),
                           {"PreemptLowerPriority", "Never"});
  }
  ValidatePlacement(spec, path, errors);
}

void ValidatePodTemplate(const PodTemplateSpec& pods, const std::string& path,
                         FieldErrors* errors) {
  ValidateLabels(pods.metadata().labels(), path + ".labels", errors);
  ValidateAnnotations(pods.metadata().annotations(), path + ".annotations", errors);
  ValidatePodSpec(pods.spec(), path + ".spec", errors);
  if (!pods.spec().ephemeral_containers().empty()) {
    errors->Forbidden(path + ".spec.ephemeralContainers",
                      "ephemeral containers not allowed in pod template");
  }
}

void ValidatePodUpdate(const Pod& pod, const Pod& old, FieldErrors* errors) {
  const PodSpec& spec = pod.spec();
  if (spec.containers_size() != old.spec().containers_size()) {
    errors->Forbidden("spec.containers", "pod updates may not add or remove containers");
    return;
  }
  if (spec.init_containers_size() != old.spec().init_containers_size()) {
    errors->Forbidden("spec.initContainers", "pod updates may not add or remove containers");
    return;
  }
  const auto check_images = [errors](const auto& containers, const char* path) {
    for (int i = 0; i < containers.size(); ++i) {
      if (containers[i].image().empty()) {
        errors->Required(absl::StrCat(path, "[", i, "].image"));
      }
    }
  };
  check_images(spec.containers(), "spec.containers");
  check_images(spec.init_containers(), "spec.initContainers");
  if (spec.has_active_deadline_seconds()) {
    const int64_t seconds = spec.active_deadline_seconds();
    if (seconds < 0) errors->Invalid("spec.activeDeadlineSeconds", seconds, kNotNegative);
    if (old.spec().has_active_deadline_seconds() &&
        old.spec().active_deadline_seconds() < seconds) {
      errors->Invalid("spec.activeDeadlineSeconds", seconds,
                      absl::StrCat("must be less than or equal to previous value"));
    }
  } else if (old.spec().has_active_deadline_seconds()) {
    errors->Invalid("spec.activeDeadlineSeconds", "null",
                    "must not update from a positive integer to nil value");
  }
  for (const Toleration& toleration : old.spec().tolerations()) {
    if (HasToleration(spec, toleration)) continue;
    errors->Forbidden("spec.tolerations",
                      "existing toleration can not be modified except its "
                      "tolerationSeconds");
    break;
  }
  ValidateGateChange(spec, old.spec(), errors);
  PodSpec copy = spec;
  CopyMutableFields(old.spec(), !old.spec().scheduling_gates().empty(), &copy);
  if (!SameMessage(copy, old.spec())) errors->Forbidden("spec", kMayNotChange);
}

}  // namespace drydock::api

// Where a pod may run: node selectors, affinity, tolerations, topology spread.
// Rules of pkg/apis/core/validation of Kubernetes.
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/validation/metadata_validation.h"
#include "src/api/validation/pod_validation.h"

namespace drydock::api {
namespace {

void ValidateRequirement(const NodeSelectorRequirement& requirement, const std::string& path,
                         FieldErrors* errors) {
  const std::string& op = requirement.operator_();
  if (op == "In" || op == "NotIn") {
    if (requirement.values().empty()) {
      errors->Required(path + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (!requirement.values().empty()) {
      errors->Forbidden(path + ".values",
                        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  } else if (op == "Gt" || op == "Lt") {
    if (requirement.values_size() != 1) {
      errors->Required(path + ".values",
                       "must be specified single value when `operator` is 'Lt' or 'Gt'");
    }
  } else {
    errors->Invalid(path + ".operator", Quoted(op), "not a valid selector operator");
  }
}

void ValidateTerm(const NodeSelectorTerm& term, const std::string& path, FieldErrors* errors) {
  for (int i = 0; i < term.match_expressions_size(); ++i) {
    const std::string at = absl::StrCat(path, ".matchExpressions[", i, "]");
    ValidateRequirement(term.match_expressions(i), at, errors);
    ValidateLabelKey(term.match_expressions(i).key(), at + ".key", errors);
  }
  for (int i = 0; i < term.match_fields_size(); ++i) {
    const NodeSelectorRequirement& requirement = term.match_fields(i);
    const std::string at = absl::StrCat(path, ".matchFields[", i, "]");
    if (requirement.operator_() != "In" && requirement.operator_() != "NotIn") {
      errors->Invalid(at + ".operator", Quoted(requirement.operator_()),
                      "not a valid selector operator");
    } else if (requirement.values_size() != 1) {
      errors->Required(at + ".values",
                       "must be only one value when `operator` is 'In' or 'NotIn' for node field "
                       "selector");
    }
    if (requirement.key() != "metadata.name") {
      errors->Invalid(at + ".key", Quoted(requirement.key()), "not a valid field selector key");
    }
  }
}

void ValidateNodeAffinity(const NodeAffinity& affinity, const std::string& path,
                          FieldErrors* errors) {
  if (affinity.has_required_during_scheduling_ignored_during_execution()) {
    const NodeSelector& required = affinity.required_during_scheduling_ignored_during_execution();
    const std::string at =
        path + ".requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    if (required.node_selector_terms().empty()) {
      errors->Required(at, "must have at least one node selector term");
    }
    for (int i = 0; i < required.node_selector_terms_size(); ++i) {
      ValidateTerm(required.node_selector_terms(i), absl::StrCat(at, "[", i, "]"), errors);
    }
  }
  for (int i = 0; i < affinity.preferred_during_scheduling_ignored_during_execution_size(); ++i) {
    const PreferredSchedulingTerm& term =
        affinity.preferred_during_scheduling_ignored_during_execution(i);
    const std::string at =
        absl::StrCat(path, ".preferredDuringSchedulingIgnoredDuringExecution[", i, "]");
    if (term.weight() <= 0 || term.weight() > 100) {
      errors->Invalid(at + ".weight", term.weight(), "must be in the range 1-100");
    }
    ValidateTerm(term.preference(), at + ".preference", errors);
  }
}

void ValidatePodAffinityTerm(const PodAffinityTerm& term, const std::string& path,
                             FieldErrors* errors) {
  if (term.has_label_selector()) {
    ValidateLabelSelector(term.label_selector(), path + ".labelSelector", errors);
  }
  if (term.has_namespace_selector()) {
    ValidateLabelSelector(term.namespace_selector(), path + ".namespaceSelector", errors);
  }
  for (int i = 0; i < term.namespaces_size(); ++i) {
    errors->AddComplaints(path + ".namespace", term.namespaces(i),
                          CheckDns1123Label(term.namespaces(i)));
  }
  if (term.topology_key().empty()) {
    errors->Required(path + ".topologyKey", "can not be empty");
  } else {
    ValidateLabelKey(term.topology_key(), path + ".topologyKey", errors);
  }
}

// PodAffinity and PodAntiAffinity.
template <typename Affinity>
void ValidatePodAffinity(const Affinity& affinity, const std::string& path, FieldErrors* errors) {
  for (int i = 0; i < affinity.required_during_scheduling_ignored_during_execution_size(); ++i) {
    ValidatePodAffinityTerm(
        affinity.required_during_scheduling_ignored_during_execution(i),
        absl::StrCat(path, ".requiredDuringSchedulingIgnoredDuringExecution[", i, "]"), errors);
  }
  for (int i = 0; i < affinity.preferred_during_scheduling_ignored_during_execution_size(); ++i) {
    const WeightedPodAffinityTerm& term =
        affinity.preferred_during_scheduling_ignored_during_execution(i);
    const std::string at =
        absl::StrCat(path, ".preferredDuringSchedulingIgnoredDuringExecution[", i, "]");
    if (term.weight() <= 0 || term.weight() > 100) {
      errors->Invalid(at + ".weight", term.weight(), "must be in the range 1-100");
    }
    ValidatePodAffinityTerm(term.pod_affinity_term(), at + ".podAffinityTerm", errors);
  }
}

void ValidateToleration(const Toleration& toleration, const std::string& path,
                        FieldErrors* errors) {
  if (!toleration.key().empty()) ValidateLabelKey(toleration.key(), path + ".key", errors);
  if (toleration.key().empty() && toleration.operator_() != "Exists") {
    errors->Invalid(path + ".operator", Quoted(toleration.operator_()),
                    "operator must be Exists when `key` is empty, which means \"match all values "
                    "and all keys\"");
  }
  if (toleration.has_toleration_seconds() && toleration.effect() != "NoExecute") {
    errors->Invalid(path + ".effect", Quoted(toleration.effect()),
                    "effect must be 'NoExecute' when `tolerationSeconds` is set");
  }
  if (toleration.operator_().empty() || toleration.operator_() == "Equal") {
    const Complaints complaints = CheckLabelValue(toleration.value());
    if (!complaints.empty()) {
      errors->Invalid(path + ".operator", Quoted(toleration.value()), complaints[0]);
    }
  } else if (toleration.operator_() == "Exists") {
    if (!toleration.value().empty()) {
      errors->Invalid(path + ".operator", Quoted(toleration.value()),
                      "value must be empty when `operator` is 'Exists'");
    }
  } else {
    errors->NotSupported(path + ".operator", toleration.operator_(), {"Equal", "Exists"});
  }
  if (!toleration.effect().empty()) {
    errors->CheckSupported(path + ".effect", toleration.effect(),
                           {"NoSchedule", "PreferNoSchedule", "NoExecute"});
  }
}

void ValidateSpread(const PodSpec& spec, const std::string& path, FieldErrors* errors) {
  std::set<std::pair<std::string, std::string>> pairs;
  for (int i = 0; i < spec.topology_spread_constraints_size(); ++i) {
    const TopologySpreadConstraint& constraint = spec.topology_spread_constraints(i);
    const std::string at = absl::StrCat(path, ".topologySpreadConstraints[", i, "]");
    if (constraint.max_skew() <= 0) {
      errors->Invalid(at + ".maxSkew", constraint.max_skew(), "must be greater than zero");
    }
    if (constraint.topology_key().empty()) {
      errors->Required(at + ".topologyKey", "can not be empty");
    } else {
      ValidateLabelKey(constraint.topology_key(), at + ".topologyKey", errors);
    }
    const std::string& when = constraint.when_unsatisfiable();
    errors->CheckSupported(at + ".whenUnsatisfiable", when, {"DoNotSchedule", "ScheduleAnyway"});
    if (!pairs.insert({constraint.topology_key(), when}).second) {
      errors->Duplicate(absl::StrCat(at, ".{topologyKey, whenUnsatisfiable}"),
                        Quoted(absl::StrCat("{", constraint.topology_key(), ", ", when, "}")));
    }
    if (constraint.has_min_domains()) {
      if (constraint.min_domains() <= 0) {
        errors->Invalid(at + ".minDomains", constraint.min_domains(), "must be greater than zero");
      }
      if (when != "DoNotSchedule") {
        errors->Invalid(at + ".minDomains", constraint.min_domains(),
                        absl::StrCat("can only use minDomains if whenUnsatisfiable=DoNotSchedule, "
                                     "not ",
                                     when));
      }
    }
    if (constraint.has_label_selector()) {
      ValidateLabelSelector(constraint.label_selector(), at + ".labelSelector", errors);
    }
  }
}

}  // namespace

void ValidatePlacement(const PodSpec& spec, const std::string& path, FieldErrors* errors) {
  ValidateLabels(spec.node_selector(), path + ".nodeSelector", errors);
  if (spec.has_affinity()) {
    const Affinity& affinity = spec.affinity();
    const std::string at = path + ".affinity";
    if (affinity.has_node_affinity()) {
      ValidateNodeAffinity(affinity.node_affinity(), at + ".nodeAffinity", errors);
    }
    if (affinity.has_pod_affinity()) {
      ValidatePodAffinity(affinity.pod_affinity(), at + ".podAffinity", errors);
    }
    if (affinity.has_pod_anti_affinity()) {
      ValidatePodAffinity(affinity.pod_anti_affinity(), at + ".podAntiAffinity", errors);
    }
  }
  for (int i = 0; i < spec.tolerations_size(); ++i) {
    ValidateToleration(spec.tolerations(i), absl::StrCat(path, ".tolerations[", i, "]"), errors);
  }
  ValidateSpread(spec, path, errors);
  std::set<std::string> gates;
  for (int i = 0; i < spec.scheduling_gates_size(); ++i) {
    const std::string& name = spec.scheduling_gates(i).name();
    const std::string at = absl::StrCat(path, ".schedulingGates[", i, "]");
    errors->AddComplaints(at, name, CheckQualifiedName(name));
    if (!gates.insert(name).second) errors->Duplicate(at, Quoted(name));
  }
  if (!spec.node_name().empty()) {
    errors->AddComplaints(path + ".nodeName", spec.node_name(),
                          CheckDns1123Subdomain(spec.node_name()));
    if (!spec.scheduling_gates().empty()) {
      errors->Forbidden(path + ".nodeName",
                        "cannot be set until all schedulingGates have been "
                        "cleared");
    }
  }
}

}  // namespace drydock::api

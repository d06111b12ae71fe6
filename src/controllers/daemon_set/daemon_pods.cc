// Node affinity, taints and tolerations, as far as daemons need them.
#include "src/controllers/daemon_set/daemon_pods.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "src/api/core/v1/selection.h"
#include "src/api/maps.h"
#include "src/api/selectors.h"
#include "src/controllers/common/pod_from_template.h"

namespace drydock::controllers {
namespace {

constexpr char kNodeNameField[] = "metadata.name";

struct AutomaticToleration {
  const char* key;
  const char* effect;
};
constexpr std::array<AutomaticToleration, 6> kTolerations = {{
    {"node.kubernetes.io/not-ready", "NoExecute"},
    {"node.kubernetes.io/unreachable", "NoExecute"},
    {"node.kubernetes.io/disk-pressure", "NoSchedule"},
    {"node.kubernetes.io/memory-pressure", "NoSchedule"},
    {"node.kubernetes.io/pid-pressure", "NoSchedule"},
    {"node.kubernetes.io/unschedulable", "NoSchedule"},
}};
constexpr AutomaticToleration kNetworkUnavailable = {"node.kubernetes.io/network-unavailable",
                                                     "NoSchedule"};

bool IsAutomatic(const AutomaticToleration& automatic, const api::Taint& taint) {
  return taint.key() == automatic.key && taint.effect() == automatic.effect;
}

bool Tolerates(const api::Toleration& toleration, const api::Taint& taint) {
  if (!toleration.effect().empty() && toleration.effect() != taint.effect()) return false;
  if (!toleration.key().empty() && toleration.key() != taint.key()) return false;
  if (toleration.operator_() == "Exists") return true;
  // An empty key without Exists matches nothing.
  return !toleration.key().empty() && toleration.value() == taint.value();
}

bool IsTolerated(const api::PodSpec& spec, const api::Taint& taint) {
  for (const AutomaticToleration& automatic : kTolerations) {
    if (IsAutomatic(automatic, taint)) return true;
  }
  if (spec.host_network() && IsAutomatic(kNetworkUnavailable, taint)) return true;
  return std::any_of(spec.tolerations().begin(), spec.tolerations().end(),
                     [&taint](const api::Toleration& t) { return Tolerates(t, taint); });
}

std::optional<api::Selector::Operator> OperatorOf(const std::string& name) {
  using Operator = api::Selector::Operator;
  if (name == "In") return Operator::kIn;
  if (name == "NotIn") return Operator::kNotIn;
  if (name == "Exists") return Operator::kExists;
  if (name == "DoesNotExist") return Operator::kDoesNotExist;
  if (name == "Gt") return Operator::kGreaterThan;
  if (name == "Lt") return Operator::kLessThan;
  return std::nullopt;
}

bool Matches(const api::NodeSelectorRequirement& expression, const api::StringMap& labels) {
  const std::optional<api::Selector::Operator> op = OperatorOf(expression.operator_());
  if (!op.has_value()) return false;
  api::Selector::Requirement requirement;
  requirement.key = expression.key();
  requirement.op = *op;
  requirement.values.assign(expression.values().begin(), expression.values().end());
  const bool compares =
      *op == api::Selector::Operator::kGreaterThan || *op == api::Selector::Operator::kLessThan;
  if (compares && requirement.values.size() != 1) return false;
  return requirement.Matches(labels);
}

bool MatchesField(const api::NodeSelectorRequirement& field, const std::string& node_name) {
  if (field.key() != kNodeNameField) return false;
  const bool listed =
      std::find(field.values().begin(), field.values().end(), node_name) != field.values().end();
  if (field.operator_() == "In") return listed;
  return field.operator_() == "NotIn" && !listed;
}

bool Matches(const api::NodeSelectorTerm& term, const api::Node& node) {
  if (term.match_expressions_size() == 0 && term.match_fields_size() == 0) return false;
  for (const auto& expression : term.match_expressions()) {
    if (!Matches(expression, node.metadata().labels())) return false;
  }
  for (const auto& field : term.match_fields()) {
    if (!MatchesField(field, node.metadata().name())) return false;
  }
  return true;
}

bool MatchesSelectorAndAffinity(const api::PodSpec& spec, const api::Node& node) {
  for (const api::StringEntry& wanted : spec.node_selector()) {
    const std::string* const value = api::Find(node.metadata().labels(), wanted.key());
    if (value == nullptr || *value != wanted.value()) return false;
  }
  const auto& affinity = spec.affinity().node_affinity();
  if (!affinity.has_required_during_scheduling_ignored_during_execution()) return true;
  const auto& terms =
      affinity.required_during_scheduling_ignored_during_execution().node_selector_terms();
  return std::any_of(terms.begin(), terms.end(),
                     [&node](const api::NodeSelectorTerm& term) { return Matches(term, node); });
}

void AddToleration(const AutomaticToleration& automatic, api::PodSpec* spec) {
  for (const api::Toleration& present : spec->tolerations()) {
    if (present.key() == automatic.key && present.effect() == automatic.effect &&
        present.operator_() == "Exists") {
      return;
    }
  }
  api::Toleration* const toleration = spec->add_tolerations();
  toleration->set_key(automatic.key);
  toleration->set_operator_("Exists");
  toleration->set_effect(automatic.effect);
}

// Replaces the required terms: they were judged already, for this node.
void PinTo(absl::string_view node, api::PodSpec* spec) {
  auto* const required = spec->mutable_affinity()
                             ->mutable_node_affinity()
                             ->mutable_required_during_scheduling_ignored_during_execution();
  required->clear_node_selector_terms();
  api::NodeSelectorRequirement* const field =
      required->add_node_selector_terms()->add_match_fields();
  field->set_key(kNodeNameField);
  field->set_operator_("In");
  field->add_values(std::string(node));
}

}  // namespace

Eligibility EligibilityOf(const api::DaemonSet& set, const api::Node& node) {
  const api::PodSpec& spec = set.spec().template_().spec();
  if (!spec.node_name().empty() && spec.node_name() != node.metadata().name()) return {};
  if (!MatchesSelectorAndAffinity(spec, node)) return {};
  Eligibility eligibility{true, true};
  for (const api::Taint& taint : node.spec().taints()) {
    const bool evicts = taint.effect() == "NoExecute";
    if ((!evicts && taint.effect() != "NoSchedule") || IsTolerated(spec, taint)) continue;
    eligibility.should_run = false;
    if (evicts) eligibility.should_continue = false;
  }
  return eligibility;
}

bool ChangesEligibility(const api::Node& before, const api::Node& after) {
  const auto same_label = [](const api::StringEntry& a, const api::StringEntry& b) {
    return a.key() == b.key() && a.value() == b.value();
  };
  const auto same_taint = [](const api::Taint& a, const api::Taint& b) {
    return a.key() == b.key() && a.value() == b.value() && a.effect() == b.effect();
  };
  const auto& labels = after.metadata().labels();
  const auto& taints = after.spec().taints();
  return !std::equal(before.metadata().labels().begin(), before.metadata().labels().end(),
                     labels.begin(), labels.end(), same_label) ||
         !std::equal(before.spec().taints().begin(), before.spec().taints().end(), taints.begin(),
                     taints.end(), same_taint);
}

api::Pod NewDaemonPod(const api::DaemonSet& set, absl::string_view node,
                      absl::string_view revision_hash) {
  api::Pod pod = PodFromTemplate(set.spec().template_(), set.metadata(), kDaemonSetKind);
  api::Set(pod.mutable_metadata()->mutable_labels(), kRevisionHash, revision_hash);
  if (const std::string* generation =
          api::Find(set.metadata().annotations(), "deprecated.daemonset.template.generation")) {
    api::Set(pod.mutable_metadata()->mutable_labels(), "pod-template-generation", *generation);
  }
  for (const AutomaticToleration& automatic : kTolerations) {
    AddToleration(automatic, pod.mutable_spec());
  }
  if (pod.spec().host_network()) AddToleration(kNetworkUnavailable, pod.mutable_spec());
  PinTo(node, pod.mutable_spec());
  return pod;
}

std::string TargetNode(const api::Pod& pod) {
  if (!pod.spec().node_name().empty()) return pod.spec().node_name();
  const auto& terms = pod.spec()
                          .affinity()
                          .node_affinity()
                          .required_during_scheduling_ignored_during_execution()
                          .node_selector_terms();
  for (const api::NodeSelectorTerm& term : terms) {
    for (const api::NodeSelectorRequirement& field : term.match_fields()) {
      if (field.key() == kNodeNameField && field.operator_() == "In" && field.values_size() == 1) {
        return field.values(0);
      }
    }
  }
  return "";
}

}  // namespace drydock::controllers

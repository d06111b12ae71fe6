// Resources, affinity and taints.
#include "src/kubelet/admission.h"

#include <algorithm>
#include <string>

#include "absl/container/btree_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/maps.h"

namespace drydock::kubelet {
namespace {

PodFailure Insufficient(const std::string& name, int64_t requested, int64_t used,
                        int64_t capacity) {
  return {absl::StrCat("OutOf", name),
          absl::StrCat("Node didn't have enough resource: ", name, ", requested: ", requested,
                       ", used: ", used, ", capacity: ", capacity)};
}

void AddNames(const api::Container& container, absl::btree_set<std::string>* names) {
  for (const api::QuantityEntry& entry : container.resources().requests()) {
    names->insert(entry.key());
  }
}

bool MatchesRequirement(const api::corev1::NodeSelectorRequirement& requirement,
                        const std::string* value) {
  const auto& values = requirement.values();
  const bool listed =
      value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
  const std::string& how = requirement.operator_();
  if (how == "In") return listed;
  if (how == "NotIn") return !listed;
  if (how == "Exists") return value != nullptr;
  if (how == "DoesNotExist") return value == nullptr;
  int64_t bound = 0;
  int64_t number = 0;
  if (value == nullptr || values.size() != 1 || !absl::SimpleAtoi(values[0], &bound) ||
      !absl::SimpleAtoi(*value, &number)) {
    return false;
  }
  return how == "Gt" ? number > bound : how == "Lt" && number < bound;
}

bool MatchesTerm(const api::corev1::NodeSelectorTerm& term, const api::Node& node) {
  if (term.match_expressions().empty() && term.match_fields().empty()) return false;
  for (const auto& requirement : term.match_expressions()) {
    const std::string* const value = api::Find(node.metadata().labels(), requirement.key());
    if (!MatchesRequirement(requirement, value)) return false;
  }
  for (const auto& requirement : term.match_fields()) {
    if (requirement.key() != "metadata.name") return false;
    if (!MatchesRequirement(requirement, &node.metadata().name())) return false;
  }
  return true;
}

bool MatchesAffinity(const api::Node& node, const api::PodSpec& spec) {
  for (const api::StringEntry& entry : spec.node_selector()) {
    const std::string* const value = api::Find(node.metadata().labels(), entry.key());
    if (value == nullptr || *value != entry.value()) return false;
  }
  const api::NodeAffinity& affinity = spec.affinity().node_affinity();
  if (!affinity.has_required_during_scheduling_ignored_during_execution()) return true;
  const auto& terms =
      affinity.required_during_scheduling_ignored_during_execution().node_selector_terms();
  return std::any_of(terms.begin(), terms.end(),
                     [&](const auto& term) { return MatchesTerm(term, node); });
}

bool Tolerates(const api::corev1::Toleration& toleration, const api::corev1::Taint& taint) {
  if (!toleration.effect().empty() && toleration.effect() != taint.effect()) return false;
  if (!toleration.key().empty() && toleration.key() != taint.key()) return false;
  if (toleration.operator_() == "Exists") return true;
  return !toleration.key().empty() && toleration.value() == taint.value();
}

}  // namespace

std::optional<PodFailure> CheckResources(const Resources& allocatable,
                                         const std::vector<const PodRecord*>& others,
                                         const PodRecord& pod) {
  const auto offered = [&](const std::string& name) {
    const auto found = allocatable.find(name);
    return found == allocatable.end() ? 0 : found->second;
  };
  const int64_t pods = offered("pods");
  if (static_cast<int64_t>(others.size()) + 1 > pods) {
    return Insufficient("pods", 1, static_cast<int64_t>(others.size()), pods);
  }
  absl::btree_set<std::string> names;
  for (const api::Container& container : pod.pod->spec().containers()) {
    AddNames(container, &names);
  }
  for (const api::Container& container : pod.pod->spec().init_containers()) {
    AddNames(container, &names);
  }
  for (const std::string& name : names) {
    const int64_t requested = name == "cpu"      ? pod.cpu_millis
                              : name == "memory" ? pod.memory_bytes
                                                 : PodRequest(pod.pod->spec(), name);
    if (requested == 0) continue;
    int64_t used = 0;
    for (const PodRecord* const other : others) {
      used += name == "cpu"      ? other->cpu_millis
              : name == "memory" ? other->memory_bytes
                                 : PodRequest(other->pod->spec(), name);
    }
    const int64_t capacity = offered(name);
    if (requested > capacity - used) return Insufficient(name, requested, used, capacity);
  }
  return std::nullopt;
}

std::optional<PodFailure> CheckNode(const api::Node& node, const api::Pod& pod) {
  if (!MatchesAffinity(node, pod.spec())) {
    return PodFailure{"NodeAffinity", "Predicate NodeAffinity failed"};
  }
  for (const api::corev1::Taint& taint : node.spec().taints()) {
    if (taint.effect() != "NoExecute") continue;
    const auto& tolerations = pod.spec().tolerations();
    if (std::none_of(tolerations.begin(), tolerations.end(),
                     [&](const auto& toleration) { return Tolerates(toleration, taint); })) {
      return PodFailure{"TaintToleration", "Predicate TaintToleration failed"};
    }
  }
  return std::nullopt;
}

}  // namespace drydock::kubelet

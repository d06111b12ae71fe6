// Parsing pods, nodes and disruption budgets.
//
// A pod's shape is found by a key made of everything that scheduling looks at; making
// the key is what most pods cost, parsing happens once for a template.
#include "src/scheduler/parse.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"
#include "src/api/core/v1/volume.h"
#include "src/api/maps.h"
#include "src/api/policy_v1.h"
#include "src/api/quantity.h"
#include "src/api/time.h"

namespace drydock::scheduler {
namespace {

constexpr int64_t kDefaultCpu = 100;                    // For scoring: of a container
constexpr int64_t kDefaultMemory = int64_t{200} << 20;  // that requests none.
constexpr char kHostname[] = "kubernetes.io/hostname";

void AppendText(absl::string_view text, std::string* key) {
  absl::StrAppend(key, text.size(), ":", text);
}

template <typename Message>
void AppendMessage(const Message& message, std::string* key) {
  AppendText(message.SerializePartialAsString(), key);
}

template <typename Messages>
void AppendMessages(const Messages& messages, std::string* key) {
  absl::StrAppend(key, messages.size(), "[");
  for (const auto& message : messages) AppendMessage(message, key);
}

void AppendContainers(const google::protobuf::RepeatedPtrField<api::Container>& containers,
                      std::string* key) {
  absl::StrAppend(key, containers.size(), "{");
  for (const api::Container& container : containers) {
    AppendText(container.image(), key);
    AppendMessages(container.resources().requests(), key);
    for (const api::ContainerPort& port : container.ports()) {
      if (port.host_port() > 0) AppendMessage(port, key);
    }
    absl::StrAppend(key, container.restart_policy(), ";");
  }
}

std::string KeyOfShape(const api::Pod& pod) {
  const api::PodSpec& spec = pod.spec();
  std::string key;
  key.reserve(512);
  AppendText(pod.metadata().namespace_(), &key);
  AppendMessages(pod.metadata().labels(), &key);
  AppendText(spec.scheduler_name(), &key);
  absl::StrAppend(&key, spec.priority(), ";", spec.preemption_policy(), ";", spec.host_network(),
                  ";");
  // A placed pod's node says nothing about pods like it.
  AppendContainers(spec.containers(), &key);
  AppendContainers(spec.init_containers(), &key);
  AppendMessages(spec.overhead(), &key);
  if (spec.has_resources()) AppendMessages(spec.resources().requests(), &key);
  absl::StrAppend(&key, "|");
  AppendMessages(spec.tolerations(), &key);
  AppendMessages(spec.node_selector(), &key);
  if (spec.has_affinity()) AppendMessage(spec.affinity(), &key);
  absl::StrAppend(&key, "|");
  for (const api::Volume& volume : spec.volumes()) {
    if (!volume.volume_source().has_image()) continue;
    AppendText(volume.volume_source().image().reference(), &key);
  }
  absl::StrAppend(&key, "|");
  AppendMessages(spec.topology_spread_constraints(), &key);
  AppendMessages(spec.scheduling_gates(), &key);
  for (const auto& owner : pod.metadata().owner_references()) {
    if (owner.controller()) AppendText(owner.uid(), &key);
  }
  return key;
}

TaintEffect ParseEffect(const std::string& effect) {
  if (effect == "PreferNoSchedule") return TaintEffect::kPreferNoSchedule;
  return effect == "NoExecute" ? TaintEffect::kNoExecute : TaintEffect::kNoSchedule;
}

SelectorOp ParseOp(const std::string& op) {
  if (op == "NotIn") return SelectorOp::kNotIn;
  if (op == "Exists") return SelectorOp::kExists;
  if (op == "DoesNotExist") return SelectorOp::kDoesNotExist;
  if (op == "Gt") return SelectorOp::kGt;
  return op == "Lt" ? SelectorOp::kLt : SelectorOp::kIn;
}

void AddResource(Cluster& cluster, const std::string& name, const api::Quantity& quantity,
                 Resources* resources) {
  if (name == "cpu") {
    resources->cpu_millis += quantity.MilliValue();
  } else if (name == "memory") {
    resources->memory += quantity.Value();
  } else if (name == "ephemeral-storage") {
    resources->ephemeral_storage += quantity.Value();
  } else if (name != "pods" && name != "storage") {
    *resources->MutableExtended(cluster.resource_names.Intern(name)) += quantity.Value();
  }
}

// A resource list, and cpu and memory with the defaults for what it leaves out.
struct Request {
  Resources exact;
  int64_t nonzero_cpu = 0;
  int64_t nonzero_memory = 0;

  void Add(const Request& other) {
    exact.Add(other.exact);
    nonzero_cpu += other.nonzero_cpu;
    nonzero_memory += other.nonzero_memory;
  }
  void Max(const Request& other) {
    exact.Max(other.exact);
    nonzero_cpu = std::max(nonzero_cpu, other.nonzero_cpu);
    nonzero_memory = std::max(nonzero_memory, other.nonzero_memory);
  }
};

// What counts for a container that leaves out cpu or memory.
struct Missing {
  bool cpu = false;
  bool memory = false;
};

Request ParseRequest(Cluster& cluster, const api::ResourceMap& list, Missing missing) {
  Request request;
  for (const auto& entry : list) {
    const std::string& name = entry.key();
    const api::Quantity quantity = api::QuantityOrZero(entry.value().string());
    AddResource(cluster, name, quantity, &request.exact);
    if (name == "cpu") missing.cpu = false;
    if (name == "memory") missing.memory = false;
  }
  request.nonzero_cpu = missing.cpu ? kDefaultCpu : request.exact.cpu_millis;
  request.nonzero_memory = missing.memory ? kDefaultMemory : request.exact.memory;
  return request;
}

bool AnyRequests(const api::PodSpec& spec, const char* resource) {
  for (const auto* containers : {&spec.containers(), &spec.init_containers()}) {
    for (const api::Container& container : *containers) {
      if (api::FindEntry(container.resources().requests(), resource) != nullptr) return true;
    }
  }
  return api::FindEntry(spec.overhead(), resource) != nullptr;
}

// What the pod needs at once: all containers and sidecars together, or more if an
// init container (with the sidecars started before it) needs more; then overhead.
Request ParseRequests(Cluster& cluster, const api::PodSpec& spec) {
  const api::ResourceMap& pod_level = spec.resources().requests();
  const bool pod_cpu = api::FindEntry(pod_level, "cpu") != nullptr;
  const bool pod_memory = api::FindEntry(pod_level, "memory") != nullptr;
  // Where the pod as a whole requests something, only what nobody says has a default.
  const Missing missing = pod_level.empty() ? Missing{true, true}
                                            : Missing{!pod_cpu && !AnyRequests(spec, "cpu"),
                                                      !pod_memory && !AnyRequests(spec, "memory")};
  const auto of = [&](const api::Container& container) {
    return ParseRequest(cluster, container.resources().requests(), missing);
  };
  Request total;
  for (const api::Container& container : spec.containers()) total.Add(of(container));
  Request sidecars;
  Request init;
  for (const api::Container& container : spec.init_containers()) {
    Request request = of(container);
    if (container.restart_policy() == "Always") {
      total.Add(request);
      sidecars.Add(request);
      request = sidecars;
    } else {
      request.Add(sidecars);
    }
    init.Max(request);
  }
  total.Max(init);
  if (!pod_level.empty()) {
    // Resources of the pod as a whole replace the sum over its containers.
    const Request whole = ParseRequest(cluster, pod_level, Missing{});
    if (pod_cpu) total.exact.cpu_millis = total.nonzero_cpu = whole.exact.cpu_millis;
    if (pod_memory) total.exact.memory = total.nonzero_memory = whole.exact.memory;
    for (const auto& [id, amount] : whole.exact.extended) {
      *total.exact.MutableExtended(id) = amount;
    }
  }
  total.Add(ParseRequest(cluster, spec.overhead(), Missing{}));
  return total;
}

std::string NormalizedImage(const std::string& name) {
  const size_t slash = name.rfind('/');
  const size_t colon = name.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  return tagged ? name : name + ":latest";
}

template <typename Requirement>
NodeRequirement ParseNodeRequirement(Cluster& cluster, const Requirement& from) {
  NodeRequirement requirement;
  requirement.key = cluster.symbols.Intern(from.key());
  requirement.op = ParseOp(from.operator_());
  for (const std::string& value : from.values()) {
    requirement.values.push_back(cluster.symbols.Intern(value));
  }
  if (requirement.op == SelectorOp::kGt || requirement.op == SelectorOp::kLt) {
    requirement.bad_number =
        from.values_size() != 1 || !absl::SimpleAtoi(from.values(0), &requirement.number);
  }
  return requirement;
}

NodeTerm ParseNodeTerm(Cluster& cluster, const api::NodeSelectorTerm& from) {
  NodeTerm term;
  for (const auto& requirement : from.match_expressions()) {
    term.expressions.push_back(ParseNodeRequirement(cluster, requirement));
  }
  for (const auto& requirement : from.match_fields()) {
    term.fields.push_back(ParseNodeRequirement(cluster, requirement));
  }
  return term;
}

// Adds `key in (value of the pod's label)` for each of `keys` that the pod has.
template <typename Keys>
void MergeLabelKeys(const Keys& keys, const Labels& labels, SelectorOp op,
                    LabelSelector* selector) {
  if (selector->nothing) return;
  for (const std::string& key : keys) {
    const std::string* value = FindLabel(labels, key);
    if (value != nullptr) selector->requirements.push_back({key, op, {*value}});
  }
}

rt::Ref<AffinityTerm> ParseTerm(Cluster& cluster, const PodShape& shape,
                                const api::PodAffinityTerm& from) {
  PodCondition condition;
  condition.selector = ParseSelector(from.has_label_selector() ? &from.label_selector() : nullptr);
  MergeLabelKeys(from.match_label_keys(), shape.labels, SelectorOp::kIn, &condition.selector);
  MergeLabelKeys(from.mismatch_label_keys(), shape.labels, SelectorOp::kNotIn, &condition.selector);
  condition.namespaces.assign(from.namespaces().begin(), from.namespaces().end());
  if (from.has_namespace_selector()) {
    condition.namespace_selector = ParseSelector(&from.namespace_selector());
  } else if (condition.namespaces.empty()) {
    condition.namespaces.push_back(shape.ns);
  }
  std::sort(condition.namespaces.begin(), condition.namespaces.end());
  return cluster.counts.Term(std::move(condition), cluster.symbols.Intern(from.topology_key()));
}

void ParseAffinity(Cluster& cluster, const api::Affinity& affinity, PodShape* shape) {
  if (affinity.has_node_affinity()) {
    const api::NodeAffinity& node = affinity.node_affinity();
    if (node.has_required_during_scheduling_ignored_during_execution()) {
      shape->required_node_affinity.emplace();
      for (const auto& term :
           node.required_during_scheduling_ignored_during_execution().node_selector_terms()) {
        shape->required_node_affinity->terms.push_back(ParseNodeTerm(cluster, term));
      }
    }
    for (const auto& term : node.preferred_during_scheduling_ignored_during_execution()) {
      shape->preferred_node_affinity.push_back(
          {term.weight(), ParseNodeTerm(cluster, term.preference())});
    }
  }
  const auto required = [&](const auto& terms, std::vector<rt::Ref<AffinityTerm>>* parsed) {
    for (const api::PodAffinityTerm& term : terms) {
      parsed->push_back(ParseTerm(cluster, *shape, term));
    }
  };
  const auto preferred = [&](const auto& terms, int32_t sign) {
    for (const auto& term : terms) {
      if (term.weight() == 0) continue;
      shape->preferred_affinity.push_back(
          {ParseTerm(cluster, *shape, term.pod_affinity_term()), sign * term.weight()});
    }
  };
  required(affinity.pod_affinity().required_during_scheduling_ignored_during_execution(),
           &shape->required_affinity);
  required(affinity.pod_anti_affinity().required_during_scheduling_ignored_during_execution(),
           &shape->required_anti_affinity);
  preferred(affinity.pod_affinity().preferred_during_scheduling_ignored_during_execution(), 1);
  preferred(affinity.pod_anti_affinity().preferred_during_scheduling_ignored_during_execution(),
            -1);
}

SpreadConstraint ParseSpread(Cluster& cluster, const PodShape& shape,
                             const api::TopologySpreadConstraint& from) {
  SpreadConstraint constraint;
  constraint.max_skew = from.max_skew();
  constraint.topology_key = cluster.symbols.Intern(from.topology_key());
  constraint.is_hostname = from.topology_key() == kHostname;
  constraint.required = from.when_unsatisfiable() != "ScheduleAnyway";
  constraint.min_domains = from.has_min_domains() ? from.min_domains() : 1;
  constraint.honor_node_affinity = from.node_affinity_policy() != "Ignore";
  constraint.honor_node_taints = from.node_taints_policy() == "Honor";
  constraint.selector = ParseSelector(from.has_label_selector() ? &from.label_selector() : nullptr);
  MergeLabelKeys(from.match_label_keys(), shape.labels, SelectorOp::kIn, &constraint.selector);
  return constraint;
}

rt::Ref<const PodShape> ParseShape(Cluster& cluster, const api::Pod& pod, std::string key) {
  const api::PodSpec& spec = pod.spec();
  auto shape = rt::MakeRef<PodShape>();
  shape->key = std::move(key);
  shape->ns = pod.metadata().namespace_();
  for (const auto& label : pod.metadata().labels()) {
    shape->labels.emplace_back(label.key(), label.value());
  }
  std::sort(shape->labels.begin(), shape->labels.end());
  shape->scheduler_name =
      spec.scheduler_name().empty() ? "default-scheduler" : spec.scheduler_name();
  shape->priority = spec.priority();
  shape->preempts = spec.preemption_policy() != "Never";

  const Request request = ParseRequests(cluster, spec);
  shape->requests = request.exact;
  shape->nonzero_cpu = request.nonzero_cpu;
  shape->nonzero_memory = request.nonzero_memory;
  shape->container_count = spec.containers_size() + spec.init_containers_size();
  for (const auto* containers : {&spec.init_containers(), &spec.containers()}) {
    for (const api::Container& container : *containers) {
      shape->images.push_back(cluster.symbols.Intern(NormalizedImage(container.image())));
      if (containers == &spec.init_containers() && container.restart_policy() != "Always") continue;
      for (const api::ContainerPort& port : container.ports()) {
        if (port.host_port() <= 0) continue;
        shape->ports.push_back({port.host_ip().empty() ? "0.0.0.0" : port.host_ip(),
                                port.protocol().empty() ? "TCP" : port.protocol(),
                                port.host_port()});
      }
    }
  }
  for (const api::Volume& volume : spec.volumes()) {
    if (!volume.volume_source().has_image()) continue;
    shape->images.push_back(
        cluster.symbols.Intern(NormalizedImage(volume.volume_source().image().reference())));
  }
  for (const api::Toleration& from : spec.tolerations()) {
    Toleration toleration;
    toleration.key = from.key();
    toleration.exists = from.operator_() == "Exists";
    toleration.value = from.value();
    if (!from.effect().empty()) toleration.effect = ParseEffect(from.effect());
    shape->tolerations.push_back(std::move(toleration));
  }
  for (const auto& entry : spec.node_selector()) {
    shape->node_selector.emplace_back(cluster.symbols.Intern(entry.key()),
                                      cluster.symbols.Intern(entry.value()));
  }
  if (spec.has_affinity()) ParseAffinity(cluster, spec.affinity(), shape.get());
  for (const auto& constraint : spec.topology_spread_constraints()) {
    shape->spread.push_back(ParseSpread(cluster, *shape, constraint));
  }
  for (const auto& gate : spec.scheduling_gates()) shape->scheduling_gates.push_back(gate.name());
  for (const auto& owner : pod.metadata().owner_references()) {
    if (owner.controller()) shape->controller = {owner.kind(), owner.name(), owner.uid()};
  }
  return FileShape(cluster, std::move(shape));
}

}  // namespace

LabelSelector ParseSelector(const api::metav1::LabelSelector* selector) {
  LabelSelector parsed;
  if (selector == nullptr) {
    parsed.nothing = true;
    return parsed;
  }
  for (const auto& label : selector->match_labels()) {
    parsed.requirements.push_back({label.key(), SelectorOp::kIn, {label.value()}});
  }
  for (const auto& from : selector->match_expressions()) {
    LabelRequirement requirement;
    requirement.key = from.key();
    requirement.op = ParseOp(from.operator_());
    requirement.values.assign(from.values().begin(), from.values().end());
    parsed.requirements.push_back(std::move(requirement));
  }
  return parsed;
}

bool IsTerminal(const api::ObjectRef& pod) {
  const std::string& phase = api::Ref<api::Pod>(pod)->status().phase();
  return phase == "Succeeded" || phase == "Failed";
}

PodRef ParsePod(Cluster& cluster, const api::ObjectRef& object) {
  const api::Pod& pod = *api::Ref<api::Pod>(object);
  std::string key = KeyOfShape(pod);
  rt::Ref<const PodShape> shape = cluster.shapes.Find(key);
  if (!shape) shape = ParseShape(cluster, pod, std::move(key));
  auto parsed = rt::MakeRef<PodInfo>();
  parsed->shape = std::move(shape);
  parsed->name = pod.metadata().name();
  parsed->uid = pod.metadata().uid();
  parsed->created = api::ToAbslTime(pod.metadata().creation_timestamp());
  if (pod.status().has_start_time()) {
    parsed->started = api::ToAbslTime(pod.status().start_time());
  }
  parsed->terminating = pod.metadata().has_deletion_timestamp();
  if (parsed->terminating) {
    for (const auto& condition : pod.status().conditions()) {
      if (condition.type() == "DisruptionTarget" && condition.status() == "True" &&
          condition.reason() == "PreemptionByScheduler") {
        parsed->terminating_by_preemption = true;
      }
    }
  }
  parsed->nominated_node = pod.status().nominated_node_name();
  parsed->origin = object;
  return parsed;
}

NodeSpec ParseNode(Cluster& cluster, const api::ObjectRef& object) {
  const api::Node& node = *api::Ref<api::Node>(object);
  NodeSpec spec;
  spec.name = node.metadata().name();
  for (const auto& label : node.metadata().labels()) {
    spec.labels.emplace_back(cluster.symbols.Intern(label.key()),
                             cluster.symbols.Intern(label.value()));
  }
  std::sort(spec.labels.begin(), spec.labels.end());
  for (const auto& taint : node.spec().taints()) {
    spec.taints.push_back({taint.key(), taint.value(), ParseEffect(taint.effect())});
  }
  spec.unschedulable = node.spec().unschedulable();
  for (const auto& entry : node.status().allocatable()) {
    const api::Quantity quantity = api::QuantityOrZero(entry.value().string());
    if (entry.key() == "pods") {
      spec.allowed_pods = quantity.Value();
    } else {
      AddResource(cluster, entry.key(), quantity, &spec.allocatable);
    }
  }
  for (const auto& image : node.status().images()) {
    for (const std::string& name : image.names()) {
      spec.images.emplace_back(cluster.symbols.Intern(NormalizedImage(name)), image.size_bytes());
    }
  }
  std::sort(spec.images.begin(), spec.images.end());
  spec.images.erase(std::unique(spec.images.begin(), spec.images.end(),
                                [](const auto& a, const auto& b) { return a.first == b.first; }),
                    spec.images.end());
  spec.origin = object;
  return spec;
}

DisruptionBudget ParseBudget(const api::ObjectRef& object) {
  const auto& from = *api::Ref<api::policyv1::PodDisruptionBudget>(object);
  DisruptionBudget budget;
  budget.ns = from.metadata().namespace_();
  budget.name = from.metadata().name();
  budget.selector = ParseSelector(from.spec().has_selector() ? &from.spec().selector() : nullptr);
  budget.disruptions_allowed = from.status().disruptions_allowed();
  for (const auto& entry : from.status().disrupted_pods()) {
    budget.disrupted_pods.push_back(entry.key());
  }
  std::sort(budget.disrupted_pods.begin(), budget.disrupted_pods.end());
  return budget;
}

}  // namespace drydock::scheduler

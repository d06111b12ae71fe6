// Loading a state and asking about it.
#include "src/scheduler/what_if.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/defaults/defaults.h"
#include "src/api/policy_v1.h"
#include "src/api/scheduling_v1.h"
#include "src/api/validation/validation.h"
#include "src/rt/random.h"
#include "src/rt/status_macros.h"
#include "src/scheduler/parse.h"

namespace drydock::scheduler {
namespace {

// The classes that there are in every cluster.
constexpr std::pair<const char*, int32_t> kSystemClasses[] = {
    {"system-node-critical", 2000001000}, {"system-cluster-critical", 2000000000}};

absl::Status Error(const google::protobuf::Message& object, absl::string_view what) {
  const api::metav1::ObjectMeta& metadata = api::MetadataOf(object);
  return absl::InvalidArgumentError(
      absl::StrCat(api::FindKind(*object.GetDescriptor())->kind, " ",
                   metadata.namespace_().empty() ? "" : metadata.namespace_() + "/",
                   metadata.name().empty() ? "without a name" : metadata.name(), ": ", what));
}

bool IsChecked(const api::KindInfo& kind) {
  return &kind == &api::KindOf<api::Pod>() || &kind == &api::KindOf<api::Node>() ||
         &kind == &api::KindOf<api::PriorityClass>() ||
         &kind == &api::KindOf<api::PodDisruptionBudget>();
}

}  // namespace

WhatIf::WhatIf(WhatIfOptions options) : options_(std::move(options)) {}

absl::Status WhatIf::Add(std::unique_ptr<google::protobuf::Message> object) {
  const api::KindInfo& kind = *api::FindKind(*object->GetDescriptor());
  if (!kind.stored) return absl::OkStatus();
  api::metav1::ObjectMeta* metadata = api::MutableMetadataOf(object.get());
  if (kind.namespaced && metadata->namespace_().empty()) metadata->set_namespace_("default");
  api::ApplyDefaults(object.get());
  if (IsChecked(kind)) {
    const api::FieldErrors errors = api::Validate(*object);
    if (!errors.empty()) return Error(*object, errors.ToString());
  }
  const std::string key =
      absl::StrCat(kind.group, "/", kind.kind, "/", metadata->namespace_(), "/", metadata->name());
  if (all_.contains(key)) return Error(*object, "there are two of them");
  if (&kind == &api::KindOf<api::Pod>()) {
    if (metadata->uid().empty()) {
      metadata->set_uid(absl::StrCat(metadata->namespace_(), "/", metadata->name()));
    }
    all_[key] = nullptr;
    pods_.push_back(std::move(object));
    return absl::OkStatus();
  }
  const api::ObjectRef made = api::MakeObject(std::move(object));
  if (&kind == &api::KindOf<api::PriorityClass>()) {
    priority_classes_[made->metadata().name()] = made;
  }
  all_[key] = made;
  return absl::OkStatus();
}

// As the admission plugin Priority does.
absl::Status WhatIf::ResolvePriority(api::Pod* pod) const {
  api::PodSpec& spec = *pod->mutable_spec();
  if (spec.has_priority()) return absl::OkStatus();
  const api::PriorityClass* chosen = nullptr;
  if (spec.priority_class_name().empty()) {
    for (const auto& [name, object] : priority_classes_) {
      const api::PriorityClass* candidate = api::Ref<api::PriorityClass>(object).get();
      if (!candidate->global_default()) continue;
      if (chosen == nullptr || candidate->value() < chosen->value()) chosen = candidate;
    }
    if (chosen == nullptr) return absl::OkStatus();
  } else {
    for (const auto& [name, value] : kSystemClasses) {
      if (spec.priority_class_name() != name) continue;
      spec.set_priority(value);
      return absl::OkStatus();
    }
    const auto found = priority_classes_.find(spec.priority_class_name());
    if (found == priority_classes_.end()) {
      return Error(*pod, absl::StrCat("no PriorityClass with name ", spec.priority_class_name(),
                                      " was found"));
    }
    chosen = api::Ref<api::PriorityClass>(found->second).get();
  }
  spec.set_priority(chosen->value());
  if (chosen->has_preemption_policy() && !spec.has_preemption_policy()) {
    spec.set_preemption_policy(chosen->preemption_policy());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PodRef>> WhatIf::Load() {
  // By name, so that nothing depends on where an object stood.
  for (const auto& [key, object] : all_) {
    if (object == nullptr || objects_.Set(object, /*gone=*/false)) continue;
    if (api::As<api::Node>(object)) cluster_.nodes.SetNode(ParseNode(cluster_, object));
  }
  std::vector<std::pair<PodRef, std::string>> placed;
  std::vector<PodRef> pending;
  for (std::unique_ptr<google::protobuf::Message>& message : pods_) {
    RETURN_IF_ERROR(ResolvePriority(static_cast<api::Pod*>(message.get())));
    const api::ObjectRef object = api::MakeObject(std::move(message));
    if (IsTerminal(object)) continue;
    PodRef pod = ParsePod(cluster_, object);
    const std::string& node = api::Ref<api::Pod>(object)->spec().node_name();
    if (node.empty()) {
      pending.push_back(std::move(pod));
    } else {
      placed.emplace_back(std::move(pod), node);
    }
  }
  pods_.clear();
  std::sort(placed.begin(), placed.end(),
            [](const auto& a, const auto& b) { return KeyOf(*a.first) < KeyOf(*b.first); });
  for (const auto& [pod, node] : placed) cluster_.nodes.AddPod(pod, node);
  return pending;
}

absl::StatusOr<std::vector<PodDecision>> WhatIf::Run() {
  const rt::Random random(options_.seed, "scheduler");
  absl::StatusOr<Engines> engines =
      Engines::Make(options_.config, options_.registry, {cluster_, random}, nominations_);
  if (!engines.ok()) return engines.status();
  engines_ = *std::move(engines);
  absl::StatusOr<std::vector<PodRef>> pending = Load();
  if (!pending.ok()) return pending.status();

  std::vector<QueuedPodRef> queue;
  std::vector<PodDecision> decisions;
  std::vector<PodDecision> outside;
  for (PodRef& pod : *pending) {
    PodDecision decision;
    decision.pod = pod;
    const Engine* engine = engines_.Find(pod->shape->scheduler_name);
    if (engine == nullptr) {
      decision.message = absl::StrCat("no profile is called ", pod->shape->scheduler_name);
    } else if (pod->terminating) {
      decision.message = absl::StrCat("skip schedule deleting pod: ", KeyOf(*pod));
    } else {
      decision.message = RunPreEnqueue(engine->profile(), *pod);
      if (!decision.message.empty()) decision.result = PodDecision::Result::kGated;
    }
    if (!decision.message.empty()) {
      outside.push_back(std::move(decision));
      continue;
    }
    if (!pod->nominated_node.empty()) nominations_.Add(pod, pod->nominated_node);
    auto queued = rt::MakeRef<QueuedPod>();
    // A pod that does not say when it was made is newer than all that do.
    const bool dated = pod->created != absl::UnixEpoch();
    queued->timestamp = dated ? pod->created - absl::UnixEpoch() : absl::InfiniteDuration();
    queued->pod = std::move(pod);
    queue.push_back(std::move(queued));
  }
  std::stable_sort(queue.begin(), queue.end(), [this](const auto& a, const auto& b) {
    return engines_.queue_sort().Less(*a, *b);
  });
  for (const QueuedPodRef& queued : queue) {
    PodDecision& decision = decisions.emplace_back();
    decision.pod = queued->pod;
    decision.position = static_cast<int>(decisions.size());
    Decide(&decision);
  }
  for (PodDecision& decision : outside) decisions.push_back(std::move(decision));
  return decisions;
}

void WhatIf::Decide(PodDecision* decision) {
  const PodRef& pod = decision->pod;
  Engine& engine = *engines_.Find(pod->shape->scheduler_name);
  decision->explanation = engine.Explain(*pod);
  const NodeIndex node = decision->explanation.decision.node;
  if (node == kNoNode) {
    decision->result = PodDecision::Result::kUnschedulable;
    Preempt(engine, decision);
    return;
  }
  decision->result = PodDecision::Result::kScheduled;
  decision->node = cluster_.nodes.name(node);
  if (!options_.commit) return;
  nominations_.Remove(pod->uid);
  if (const absl::Status reserved = engine.Assume(pod, node); !reserved.ok()) {
    decision->result = PodDecision::Result::kUnschedulable;
    decision->message = std::string(reserved.message());
  }
}

void WhatIf::Preempt(Engine& engine, PodDecision* decision) {
  const PodRef& pod = decision->pod;
  PostFilterResult& remedy = decision->remedy;
  if (engine.diagnosis().node_count > 0) remedy = engine.PostFilter(*pod);
  decision->message = engine.diagnosis().Message();
  if (!remedy.success) return;
  decision->result = PodDecision::Result::kPreempting;
  std::sort(remedy.candidates.begin(), remedy.candidates.end(),
            [this](const PreemptionCandidate& a, const PreemptionCandidate& b) {
              return cluster_.nodes.name(a.node) < cluster_.nodes.name(b.node);
            });
  for (const PreemptionCandidate& candidate : remedy.candidates) {
    decision->candidate_nodes.push_back(cluster_.nodes.name(candidate.node));
  }
  if (!options_.commit) return;
  for (const PodRef& victim : remedy.victims) cluster_.nodes.RemovePod(*victim);
  for (const PodRef& other : remedy.displaced) {
    nominations_.Remove(other->uid);
    other->nominated_node.clear();
  }
  pod->nominated_node = remedy.nominated_node;
  nominations_.Add(pod, remedy.nominated_node);
}

}  // namespace drydock::scheduler

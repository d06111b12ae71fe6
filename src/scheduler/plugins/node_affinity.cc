// Keeps pods to the nodes that their nodeSelector and node affinity choose (and that
// the configuration's addedAffinity chooses for all), and prefers those that match
// preferred terms of higher weight. NodeAffinityArgs.
#include <algorithm>

#include "absl/container/btree_set.h"
#include "absl/strings/numbers.h"
#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/default_normalize.h"
#include "src/scheduler/plugins/node_match.h"

namespace drydock::scheduler {
namespace {

NodeRequirement Intern(Cluster& cluster, const LabelRequirement& text) {
  NodeRequirement requirement;
  requirement.key = cluster.symbols.Intern(text.key);
  requirement.op = text.op;
  for (const std::string& value : text.values) {
    requirement.values.push_back(cluster.symbols.Intern(value));
  }
  if (text.op == SelectorOp::kGt || text.op == SelectorOp::kLt) {
    requirement.bad_number =
        text.values.size() != 1 || !absl::SimpleAtoi(text.values[0], &requirement.number);
  }
  return requirement;
}

NodeTerm Intern(Cluster& cluster, const TextNodeTerm& text) {
  NodeTerm term;
  for (const LabelRequirement& requirement : text.expressions) {
    term.expressions.push_back(Intern(cluster, requirement));
  }
  for (const LabelRequirement& requirement : text.fields) {
    term.fields.push_back(Intern(cluster, requirement));
  }
  return term;
}

class NodeAffinity final : public FilterPlugin, public ScorePlugin {
 public:
  NodeAffinity(const NodeAffinityArgs& args, Cluster& cluster)
      : symbols_(cluster.symbols), nodes_(cluster.nodes), has_added_(args.has_added_required) {
    for (const TextNodeTerm& term : args.added_required) {
      added_.terms.push_back(Intern(cluster, term));
    }
    for (const auto& [weight, term] : args.added_preferred) {
      added_preferred_.push_back({weight, Intern(cluster, term)});
    }
  }

  Scope filter_scope() const override { return Scope::kNode; }

  PreFilterResult PreFilter(const PodInfo& pod) override {
    const PodShape& shape = *pod.shape;
    const bool has_required = shape.required_node_affinity.has_value();
    if (!has_required && !has_added_ && shape.node_selector.empty()) return PreFilterResult::Skip();
    if (!has_required || shape.required_node_affinity->terms.empty()) {
      return PreFilterResult::Run();
    }
    return RestrictToNamed(*shape.required_node_affinity);
  }

  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    if (has_added_ &&
        !added_.Matches(symbols_, nodes_.spec(node).labels, nodes_.name_symbol(node))) {
      if (reasons != nullptr) {
        reasons->Add("node(s) didn't match scheduler-enforced node affinity");
      }
      return Verdict::kUnresolvable;
    }
    if (!MatchesNodeAffinity(symbols_, nodes_, *pod.shape, node)) {
      if (reasons != nullptr) reasons->Add("node(s) didn't match Pod's node affinity/selector");
      return Verdict::kUnresolvable;
    }
    return Verdict::kPass;
  }
  void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const override {
    if (has_added_ || HasNodeAffinity(*pod.shape)) FilterPlugin::FilterAll(pod, nodes);
  }
  uint32_t events() const override { return kNodeAdd | kNodeLabelUpdate | kPodScheduled; }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    return event.node == kNoNode || Filter(pod, event.node, nullptr) == Verdict::kPass;
  }

  Scope score_scope() const override { return Scope::kCluster; }
  ScoreUse Use(const PodInfo& pod) override {
    return pod.shape->preferred_node_affinity.empty() && added_preferred_.empty() ? ScoreUse::Skip()
                                                                                  : ScoreUse::Run();
  }
  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    return SumOf(added_preferred_, node) + SumOf(pod.shape->preferred_node_affinity, node);
  }
  void Normalize(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                 int64_t* scores) const override {
    DefaultNormalize(/*reverse=*/false, scores, nodes.size());
  }

 private:
  int64_t SumOf(const std::vector<PreferredNodeTerm>& terms, NodeIndex node) const {
    int64_t sum = 0;
    for (const PreferredNodeTerm& term : terms) {
      if (term.weight != 0 &&
          term.term.Matches(symbols_, nodes_.spec(node).labels, nodes_.name_symbol(node))) {
        sum += term.weight;
      }
    }
    return sum;
  }

  // When every term names its nodes (metadata.name In), only those need be looked at.
  // DaemonSet pods are of this kind: one node each.
  PreFilterResult RestrictToNamed(const NodeSelector& selector) const {
    absl::btree_set<Symbol> names;
    for (const NodeTerm& term : selector.terms) {
      // Terms are alternatives; the fields of one term all hold.
      const absl::btree_set<Symbol>* earlier = nullptr;
      absl::btree_set<Symbol> of_term;
      for (const NodeRequirement& field : term.fields) {
        if (field.op != SelectorOp::kIn) continue;
        absl::btree_set<Symbol> both;
        for (const Symbol value : field.values) {
          if (earlier == nullptr || earlier->contains(value)) both.insert(value);
        }
        of_term = std::move(both);
        earlier = &of_term;
      }
      if (earlier == nullptr) return PreFilterResult::Run();  // Any node may match this one.
      names.insert(of_term.begin(), of_term.end());
    }
    if (names.empty()) {
      return PreFilterResult::Reject(Verdict::kUnresolvable, "pod affinity terms conflict");
    }
    PreFilterResult result;
    result.restricts = true;
    for (const Symbol name : names) {
      const NodeIndex node = nodes_.Find(symbols_.Text(name));
      if (node != kNoNode && nodes_.Exists(node)) result.nodes.push_back(node);
    }
    std::sort(result.nodes.begin(), result.nodes.end());
    return result;
  }

  const Symbols& symbols_;
  const NodeTable& nodes_;
  const bool has_added_;
  NodeSelector added_;
  std::vector<PreferredNodeTerm> added_preferred_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewNodeAffinity(const PluginArgs& args,
                                               const PluginContext& context) {
  return MakePlugin("NodeAffinity",
                    std::make_shared<NodeAffinity>(args.node_affinity, context.cluster));
}

}  // namespace drydock::scheduler

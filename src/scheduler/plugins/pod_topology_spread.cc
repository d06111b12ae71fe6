// Spreads pods over the values of node labels: rejects nodes where a required
// constraint's skew would be exceeded, and prefers those with fewer fellows by the
// preferred ones. Pods without constraints of their own get the default ones.
// PodTopologySpreadArgs.
#include <algorithm>
#include <cmath>
#include <limits>

#include "src/scheduler/plugins/builtin.h"
#include "src/scheduler/plugins/node_match.h"

namespace drydock::scheduler {
namespace {

constexpr char kHostname[] = "kubernetes.io/hostname";
constexpr char kZone[] = "topology.kubernetes.io/zone";

// A constraint with what a cycle works out about it.
struct Active {
  const SpreadConstraint* constraint = nullptr;
  const TopologyColumn* topology = nullptr;
  const uint32_t* domain_of = nullptr;  // By node: topology's, at hand.
  std::vector<int32_t> matches;         // By domain; kNotADomain where no eligible node is.
  int32_t lowest = 0;
  size_t domains = 0;
  double weight = 0;  // Of preferred ones.
};
constexpr int32_t kNotADomain = -1;

class PodTopologySpread final : public FilterPlugin, public ScorePlugin {
 public:
  PodTopologySpread(const PodTopologySpreadArgs& args, Cluster& cluster)
      : cluster_(cluster), nodes_(cluster.nodes), system_defaulted_(args.system_defaulted) {
    std::vector<DefaultSpreadConstraint> defaults = args.default_constraints;
    if (system_defaulted_) defaults = {{3, kHostname, false}, {5, kZone, false}};
    for (const DefaultSpreadConstraint& from : defaults) {
      SpreadConstraint constraint;
      constraint.max_skew = from.max_skew;
      constraint.topology_key = cluster.symbols.Intern(from.topology_key);
      constraint.is_hostname = from.topology_key == kHostname;
      constraint.required = from.required;
      defaults_.push_back(std::move(constraint));
    }
  }

  Scope filter_scope() const override { return Scope::kCluster; }

  PreFilterResult PreFilter(const PodInfo& pod) override {
    Choose(*pod.shape, /*required=*/true, &filters_, &filter_count_);
    if (filter_count_ == 0) return PreFilterResult::Skip();
    for (size_t i = 0; i < filter_count_; ++i) {
      filters_[i].matches.assign(filters_[i].topology->values.size(), kNotADomain);
    }
    const bool all_eligible = AllEligible(*pod.shape, filters_, filter_count_);
    for (NodeIndex node = 0; node < nodes_.size(); ++node) {
      if (!HasAllKeys(filters_, filter_count_, node)) continue;  // As nodes that are gone.
      for (size_t i = 0; i < filter_count_; ++i) {
        Active& active = filters_[i];
        if (!all_eligible && !Eligible(*pod.shape, *active.constraint, node)) continue;
        int32_t& matches = active.matches[active.domain_of[node]];
        if (matches == kNotADomain) matches = 0;
        matches += static_cast<int32_t>(ColumnOf(active)[node]);
      }
    }
    for (size_t i = 0; i < filter_count_; ++i) FindLowest(filters_[i]);
    return PreFilterResult::Run();
  }

  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    for (size_t i = 0; i < filter_count_; ++i) {
      const Active& active = filters_[i];
      const uint32_t domain = active.domain_of[node];
      if (domain == TopologyColumn::kNone) {
        if (reasons != nullptr) {
          reasons->Add(
              "node(s) didn't match pod topology spread constraints (missing required label)");
        }
        return Verdict::kUnresolvable;
      }
      const int32_t matches = std::max(0, active.matches[domain]);
      const int64_t skew =
          int64_t{matches} + (SelfMatch(*pod.shape, active) ? 1 : 0) - active.lowest;
      if (skew > active.constraint->max_skew) {
        if (reasons != nullptr) {
          reasons->Add("node(s) didn't match pod topology spread constraints");
        }
        return Verdict::kUnschedulable;
      }
    }
    return Verdict::kPass;
  }

  void AfterPodAdded(const PodInfo& pod, const PodInfo& other, NodeIndex node) override {
    Move(pod, other, node, +1);
  }
  void AfterPodRemoved(const PodInfo& pod, const PodInfo& other, NodeIndex node) override {
    Move(pod, other, node, -1);
  }

  uint32_t events() const override {
    return kPodAssigned | kPodUpdated | kPodDeleted | kPodScheduled | kNodeAdd | kNodeDeleted |
           kNodeLabelUpdate | kNodeTaintUpdate;
  }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    if (event.pod == nullptr) return true;
    if (event.pod->ns() != pod.ns()) return false;
    if (pod.shape->spread.empty()) return true;
    return std::any_of(pod.shape->spread.begin(), pod.shape->spread.end(),
                       [&event](const SpreadConstraint& constraint) {
                         return constraint.selector.Matches(event.pod->shape->labels);
                       });
  }

  Scope score_scope() const override { return Scope::kCluster; }

  ScoreUse Use(const PodInfo& pod) override {
    Choose(*pod.shape, /*required=*/false, &scores_, &score_count_);
    return score_count_ == 0 ? ScoreUse::Skip() : ScoreUse::Run();
  }

  void PreScore(const PodInfo& pod, const std::vector<NodeIndex>& feasible) override {
    // Under the system's defaults a node without a zone is still spread by hostname.
    require_all_ = !pod.shape->spread.empty() || !system_defaulted_;
    ignored_ = 0;
    for (size_t i = 0; i < score_count_; ++i) {
      scores_[i].domains = 0;
      if (!scores_[i].constraint->is_hostname) {
        scores_[i].matches.assign(scores_[i].topology->values.size(), kNotADomain);
      }
    }
    all_labelled_ = true;
    for (size_t i = 0; i < score_count_; ++i) {
      if (scores_[i].topology->labelled != nodes_.node_count()) all_labelled_ = false;
    }
    if (require_all_ && !all_labelled_) {
      for (const NodeIndex node : feasible) {
        if (!HasAllKeys(scores_, score_count_, node)) ++ignored_;
      }
    }
    for (size_t i = 0; i < score_count_; ++i) {
      Active& active = scores_[i];
      if (active.constraint->is_hostname) continue;
      // Nodes without the label form a domain of their own: it counts for the weight.
      bool no_label = false;
      for (const NodeIndex node : feasible) {
        const uint32_t domain = active.domain_of[node];
        if (domain == TopologyColumn::kNone) {
          no_label = true;
        } else if (active.matches[domain] == kNotADomain) {
          if (ignored_ > 0 && !HasAllKeys(scores_, score_count_, node)) continue;
          active.matches[domain] = 0;
          ++active.domains;
          if (all_labelled_ && active.domains == active.matches.size()) break;
        }
      }
      if (no_label && !require_all_) ++active.domains;
    }
    for (size_t i = 0; i < score_count_; ++i) {
      Active& active = scores_[i];
      const size_t size =
          active.constraint->is_hostname ? feasible.size() - ignored_ : active.domains;
      active.weight = std::log(static_cast<double>(size + 2));
    }
    CountMatches(*pod.shape);
  }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    if (require_all_ && !HasAllKeys(scores_, score_count_, node)) return 0;
    double score = 0;
    for (size_t i = 0; i < score_count_; ++i) {
      const Active& active = scores_[i];
      const uint32_t domain = active.domain_of[node];
      if (domain == TopologyColumn::kNone) continue;
      const int64_t matches = active.constraint->is_hostname ? ColumnOf(active)[node]
                                                             : std::max(0, active.matches[domain]);
      score += static_cast<double>(matches) * active.weight +
               static_cast<double>(active.constraint->max_skew - 1);
    }
    return Rounded(score);
  }

  // The same, one constraint after another.
  void ScoreAll(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                int64_t* scores) const override {
    sums_.assign(nodes.size(), 0);
    for (size_t i = 0; i < score_count_; ++i) {
      const Active& active = scores_[i];
      const uint32_t* domains = active.domain_of;
      const auto extra = static_cast<double>(active.constraint->max_skew - 1);
      if (active.constraint->is_hostname) {
        const int32_t* matches = ColumnOf(active).Data(nodes_.size());
        for (size_t k = 0; k < nodes.size(); ++k) {
          if (domains[nodes[k]] == TopologyColumn::kNone) continue;
          sums_[k] += static_cast<double>(matches[nodes[k]]) * active.weight + extra;
        }
        continue;
      }
      contributions_.clear();
      for (const int32_t matches : active.matches) {
        contributions_.push_back(static_cast<double>(std::max(0, matches)) * active.weight + extra);
      }
      for (size_t k = 0; k < nodes.size(); ++k) {
        const uint32_t domain = domains[nodes[k]];
        if (domain != TopologyColumn::kNone) sums_[k] += contributions_[domain];
      }
    }
    for (size_t k = 0; k < nodes.size(); ++k) scores[k] = Rounded(sums_[k]);
    if (!require_all_ || ignored_ == 0) return;
    for (size_t k = 0; k < nodes.size(); ++k) {
      if (!HasAllKeys(scores_, score_count_, nodes[k])) scores[k] = 0;
    }
  }

  void Normalize(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                 int64_t* scores) const override {
    int64_t lowest = std::numeric_limits<int64_t>::max();
    int64_t highest = 0;
    const bool some_ignored = ignored_ > 0;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (some_ignored && !HasAllKeys(scores_, score_count_, nodes[i])) continue;
      lowest = std::min(lowest, scores[i]);
      highest = std::max(highest, scores[i]);
    }
    if (!some_ignored && highest > 0 && static_cast<size_t>(highest) < nodes.size()) {
      // Fewer different scores than nodes: each is worked out once.
      normalized_.resize(static_cast<size_t>(highest) + 1);
      for (int64_t score = lowest; score <= highest; ++score) {
        normalized_[static_cast<size_t>(score)] = Share(highest + lowest - score, highest);
      }
      for (size_t i = 0; i < nodes.size(); ++i) {
        scores[i] = normalized_[static_cast<size_t>(scores[i])];
      }
      return;
    }
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (some_ignored && !HasAllKeys(scores_, score_count_, nodes[i])) {
        scores[i] = 0;
      } else if (highest == 0) {
        scores[i] = kMaxNodeScore;
      } else {
        scores[i] = Share(highest + lowest - scores[i], highest);
      }
    }
  }

 private:
  // 100 * part / whole. As cheap as Percent in resource_scoring.h, and exact for the
  // same reason: these are counts of pods.
  static int64_t Share(int64_t part, int64_t whole) {
    return static_cast<int64_t>(static_cast<double>(kMaxNodeScore * part) /
                                static_cast<double>(whole));
  }

  // Half away from zero, for what is never negative.
  static int64_t Rounded(double score) {
    const auto whole = static_cast<int64_t>(score);
    return whole + (score - static_cast<double>(whole) >= 0.5 ? 1 : 0);
  }

  // Picks the constraints of one kind that apply to pods of `shape`.
  void Choose(const PodShape& shape, bool required, std::vector<Active>* chosen, size_t* count) {
    *count = 0;
    const auto add = [&](const SpreadConstraint& constraint) {
      if (constraint.required != required) return;
      if (*count == chosen->size()) chosen->emplace_back();
      Active& active = (*chosen)[(*count)++];
      active.constraint = &constraint;
      active.topology = &nodes_.Topology(constraint.topology_key);
      active.domain_of = active.topology->domain.data();
    };
    if (!shape.spread.empty()) {
      for (const SpreadConstraint& constraint : shape.spread) add(constraint);
      return;
    }
    if (std::none_of(defaults_.begin(), defaults_.end(),
                     [required](const SpreadConstraint& c) { return c.required == required; })) {
      return;
    }
    default_matches_ = DefaultColumn(shape);
    if (default_matches_ == nullptr) return;
    for (const SpreadConstraint& constraint : defaults_) add(constraint);
  }

  // What the default constraints count: the pods that the pod's Services and its
  // controller select. Null when it belongs to none.
  const MatchColumn* DefaultColumn(const PodShape& shape) {
    if (cluster_.spread_defaults == nullptr) return nullptr;
    const uint64_t version = cluster_.spread_defaults->version();
    if (shape.default_spread_version != version) {
      shape.default_spread_version = version;
      const LabelSelector selector = cluster_.spread_defaults->SelectorFor(shape);
      if (selector.nothing || selector.requirements.empty()) {
        shape.default_spread = nullptr;
      } else {
        shape.default_spread = cluster_.counts.Column(
            {PodCondition{{shape.ns}, std::nullopt, selector}}, /*skip_terminating=*/true);
      }
    }
    return shape.default_spread.get();
  }

  const MatchColumn& Column(const Active& active) const {
    return active.constraint->matches ? *active.constraint->matches : *default_matches_;
  }
  const NodeCounts& ColumnOf(const Active& active) const { return Column(active).counts; }

  bool SelfMatch(const PodShape& shape, const Active& active) const {
    return active.constraint->matches ? active.constraint->self_match
                                      : cluster_.counts.Matches(Column(active), shape);
  }

  static bool HasAllKeys(const std::vector<Active>& constraints, size_t count, NodeIndex node) {
    for (size_t i = 0; i < count; ++i) {
      if (constraints[i].domain_of[node] == TopologyColumn::kNone) return false;
    }
    return true;
  }

  // True when Eligible would be true of every node.
  bool AllEligible(const PodShape& shape, const std::vector<Active>& constraints,
                   size_t count) const {
    for (size_t i = 0; i < count; ++i) {
      const SpreadConstraint& constraint = *constraints[i].constraint;
      if (constraint.honor_node_affinity && HasNodeAffinity(shape)) return false;
      if (constraint.honor_node_taints && (nodes_.tainted_nodes(TaintEffect::kNoSchedule) > 0 ||
                                           nodes_.tainted_nodes(TaintEffect::kNoExecute) > 0)) {
        return false;
      }
    }
    return true;
  }

  // Whether the pods on `node` count, by the constraint's node inclusion policies.
  bool Eligible(const PodShape& shape, const SpreadConstraint& constraint, NodeIndex node) const {
    if (constraint.honor_node_affinity &&
        !MatchesNodeAffinity(cluster_.symbols, nodes_, shape, node)) {
      return false;
    }
    return !constraint.honor_node_taints || ToleratesTaints(nodes_, shape, node);
  }

  void CountMatches(const PodShape& shape) {
    const bool all_eligible = AllEligible(shape, scores_, score_count_);
    for (size_t i = 0; i < score_count_; ++i) {
      Active& active = scores_[i];
      if (active.constraint->is_hostname || ColumnOf(active).total() == 0) continue;
      const int32_t* column = ColumnOf(active).Data(nodes_.size());
      const uint32_t* domains = active.domain_of;
      const bool check_keys = require_all_ && !all_labelled_;
      int32_t* matches = active.matches.data();
      for (NodeIndex node = 0; node < nodes_.size(); ++node) {
        if (column[node] == 0) continue;
        const uint32_t domain = domains[node];  // None for nodes that are gone.
        if (domain == TopologyColumn::kNone || matches[domain] == kNotADomain) continue;
        if (check_keys && !HasAllKeys(scores_, score_count_, node)) continue;
        if (!all_eligible && !Eligible(shape, *active.constraint, node)) continue;
        matches[domain] += column[node];
      }
    }
  }

  static void FindLowest(Active& active) {
    int32_t lowest = std::numeric_limits<int32_t>::max();
    size_t domains = 0;
    for (const int32_t matches : active.matches) {
      if (matches == kNotADomain) continue;
      ++domains;
      lowest = std::min(lowest, matches);
    }
    active.domains = domains;
    active.lowest = static_cast<int64_t>(domains) < active.constraint->min_domains ? 0 : lowest;
  }

  void Move(const PodInfo& pod, const PodInfo& other, NodeIndex node, int32_t delta) {
    if (other.terminating || !HasAllKeys(filters_, filter_count_, node)) return;
    for (size_t i = 0; i < filter_count_; ++i) {
      Active& active = filters_[i];
      if (!cluster_.counts.Matches(Column(active), *other.shape)) continue;
      if (!Eligible(*pod.shape, *active.constraint, node)) continue;
      int32_t& matches = active.matches[active.domain_of[node]];
      if (matches == kNotADomain) matches = 0;
      matches += delta;
      FindLowest(active);
    }
  }

  Cluster& cluster_;
  const NodeTable& nodes_;
  const bool system_defaulted_;
  std::vector<SpreadConstraint> defaults_;

  // Of the current cycle. The vectors only grow; the counts say how much is in use.
  const MatchColumn* default_matches_ = nullptr;
  std::vector<Active> filters_;
  size_t filter_count_ = 0;
  std::vector<Active> scores_;
  size_t score_count_ = 0;
  mutable std::vector<double> sums_;           // By place among the feasible nodes.
  mutable std::vector<double> contributions_;  // By domain.
  mutable std::vector<int64_t> normalized_;    // By score.
  bool require_all_ = false;
  bool all_labelled_ = false;  // Every node has all keys of the preferred constraints.
  size_t ignored_ = 0;
};

}  // namespace

absl::StatusOr<PluginInstance> NewPodTopologySpread(const PluginArgs& args,
                                                    const PluginContext& context) {
  return MakePlugin("PodTopologySpread",
                    std::make_shared<PodTopologySpread>(args.pod_topology_spread, context.cluster));
}

}  // namespace drydock::scheduler

// Keeps pods near those that their affinity terms name and away from those that
// their anti-affinity terms name, and keeps the promises that pods on nodes have been
// given about newcomers. InterPodAffinityArgs.
//
// All counts come from columns (pod_counts.h): a cycle adds them up by topology
// domain and then looks at each node once.
#include <algorithm>
#include <limits>

#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

// A sum for each domain of a topology key.
struct DomainSums {
  Symbol key = kNoSymbol;
  const TopologyColumn* topology = nullptr;
  std::vector<int64_t> sums;

  int64_t At(NodeIndex node) const {
    const uint32_t domain = topology->domain[node];
    return domain == TopologyColumn::kNone ? 0 : sums[domain];
  }
  bool HasKey(NodeIndex node) const { return topology->domain[node] != TopologyColumn::kNone; }
};

// Sums by key, reused from cycle to cycle.
class SumsByKey {
 public:
  explicit SumsByKey(const NodeTable& nodes) : nodes_(nodes) {}
  void Clear() { used_ = 0; }
  DomainSums& For(Symbol key) {
    for (size_t i = 0; i < used_; ++i) {
      if (all_[i].key == key) return all_[i];
    }
    if (used_ == all_.size()) all_.emplace_back();
    DomainSums& sums = all_[used_++];
    sums.key = key;
    sums.topology = &nodes_.Topology(key);
    sums.sums.assign(sums.topology->values.size(), 0);
    return sums;
  }
  void Add(Symbol key, const NodeCounts& counts, int64_t factor) {
    DomainSums& sums = For(key);
    const int32_t* column = counts.Data(nodes_.size());
    const uint32_t* domains = sums.topology->domain.data();
    for (NodeIndex node = 0; node < nodes_.size(); ++node) {
      if (column[node] == 0 || domains[node] == TopologyColumn::kNone) continue;
      if (nodes_.Exists(node)) sums.sums[domains[node]] += factor * column[node];
    }
  }
  void AddAt(Symbol key, NodeIndex node, int64_t amount) {
    DomainSums& sums = For(key);
    const uint32_t domain = sums.topology->domain[node];
    if (domain != TopologyColumn::kNone) sums.sums[domain] += amount;
  }
  const DomainSums* begin() const { return all_.data(); }
  const DomainSums* end() const { return all_.data() + used_; }
  bool empty() const { return used_ == 0; }

 private:
  const NodeTable& nodes_;
  std::vector<DomainSums> all_;
  size_t used_ = 0;
};

class InterPodAffinity final : public FilterPlugin, public ScorePlugin {
 public:
  InterPodAffinity(const InterPodAffinityArgs& args, Cluster& cluster)
      : args_(args),
        nodes_(cluster.nodes),
        counts_(cluster.counts),
        existing_anti_(nodes_),
        affinity_(nodes_),
        anti_(nodes_),
        preferred_(nodes_) {}

  Scope filter_scope() const override { return Scope::kCluster; }

  PreFilterResult PreFilter(const PodInfo& pod) override {
    const PodShape& shape = *pod.shape;
    existing_anti_.Clear();
    for (const rt::Ref<AffinityTerm>& term : counts_.terms()) {
      if (term->required_anti_affinity.total() == 0) continue;
      if (counts_.Matches(term->condition, shape)) {
        existing_anti_.Add(term->topology_key, term->required_anti_affinity, 1);
      }
    }
    if (existing_anti_.empty() && shape.required_affinity.empty() &&
        shape.required_anti_affinity.empty()) {
      return PreFilterResult::Skip();
    }
    affinity_.Clear();
    affinity_total_ = 0;
    for (const rt::Ref<AffinityTerm>& term : shape.required_affinity) {
      // Pods that match all terms count for each term's key.
      affinity_.Add(term->topology_key, shape.affinity_matches->counts, 1);
    }
    CountAffinityTotal();
    anti_.Clear();
    for (const rt::Ref<AffinityTerm>& term : shape.required_anti_affinity) {
      anti_.Add(term->topology_key, counts_.MatchesOf(*term).counts, 1);
    }
    return PreFilterResult::Run();
  }

  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const override {
    if (!AffinityHolds(*pod.shape, node)) {
      if (reasons != nullptr) reasons->Add("node(s) didn't match pod affinity rules");
      return Verdict::kUnresolvable;
    }
    for (const DomainSums& sums : anti_) {
      if (sums.At(node) <= 0) continue;
      if (reasons != nullptr) reasons->Add("node(s) didn't match pod anti-affinity rules");
      return Verdict::kUnschedulable;
    }
    for (const DomainSums& sums : existing_anti_) {
      if (sums.At(node) <= 0) continue;
      if (reasons != nullptr) {
        reasons->Add("node(s) didn't satisfy existing pods anti-affinity rules");
      }
      return Verdict::kUnschedulable;
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
    return kPodAssigned | kPodUpdated | kPodDeleted | kPodScheduled | kNodeAdd | kNodeLabelUpdate |
           kNamespaceUpdate;
  }
  bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const override {
    if (event.pod == nullptr) return true;
    const PodShape& shape = *pod.shape;
    const PodShape& other = *event.pod->shape;
    if ((event.kinds & (kPodAssigned | kPodUpdated)) != 0 && shape.affinity_matches &&
        counts_.Matches(*shape.affinity_matches, other)) {
      return true;
    }
    if ((event.kinds & (kPodDeleted | kPodUpdated)) == 0) return false;
    for (const rt::Ref<AffinityTerm>& term : shape.required_anti_affinity) {
      if (counts_.Matches(term->condition, other)) return true;
    }
    for (const rt::Ref<AffinityTerm>& term : other.required_anti_affinity) {
      if (counts_.Matches(term->condition, shape)) return true;
    }
    return false;
  }

  Scope score_scope() const override { return Scope::kCluster; }

  ScoreUse Use(const PodInfo& pod) override {
    if (!pod.shape->preferred_affinity.empty()) return ScoreUse::Run();
    if (args_.ignore_preferred_terms_of_existing_pods) return ScoreUse::Skip();
    for (const rt::Ref<AffinityTerm>& term : counts_.terms()) {
      const bool carried = term->preferred_carriers > 0 || (args_.hard_pod_affinity_weight > 0 &&
                                                            term->required_affinity.total() > 0);
      if (carried && counts_.Matches(term->condition, *pod.shape)) return ScoreUse::Run();
    }
    return ScoreUse::Skip();
  }

  void PreScore(const PodInfo& pod, const std::vector<NodeIndex>& feasible) override {
    preferred_.Clear();
    const PodShape& shape = *pod.shape;
    for (const WeightedAffinityTerm& term : shape.preferred_affinity) {
      preferred_.Add(term.term->topology_key, counts_.MatchesOf(*term.term).counts, term.weight);
    }
    if (args_.ignore_preferred_terms_of_existing_pods && shape.preferred_affinity.empty()) return;
    for (const rt::Ref<AffinityTerm>& term : counts_.terms()) {
      const bool preferred = term->preferred_carriers > 0;
      const bool required =
          args_.hard_pod_affinity_weight > 0 && term->required_affinity.total() > 0;
      if ((!preferred && !required) || !counts_.Matches(term->condition, shape)) continue;
      if (preferred) preferred_.Add(term->topology_key, term->preferred_weight, 1);
      if (required) {
        preferred_.Add(term->topology_key, term->required_affinity, args_.hard_pod_affinity_weight);
      }
    }
  }

  int64_t Score(const PodInfo& pod, NodeIndex node) const override {
    int64_t score = 0;
    for (const DomainSums& sums : preferred_) score += sums.At(node);
    return score;
  }

  void Normalize(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                 int64_t* scores) const override {
    int64_t lowest = std::numeric_limits<int64_t>::max();
    int64_t highest = std::numeric_limits<int64_t>::min();
    for (size_t i = 0; i < nodes.size(); ++i) {
      lowest = std::min(lowest, scores[i]);
      highest = std::max(highest, scores[i]);
    }
    const int64_t range = highest - lowest;
    for (size_t i = 0; i < nodes.size(); ++i) {
      scores[i] = range <= 0 ? 0
                             : static_cast<int64_t>(static_cast<double>(kMaxNodeScore) *
                                                    (static_cast<double>(scores[i] - lowest) /
                                                     static_cast<double>(range)));
    }
  }

 private:
  bool AffinityHolds(const PodShape& shape, NodeIndex node) const {
    bool all_present = true;
    for (const DomainSums& sums : affinity_) {
      if (!sums.HasKey(node)) return false;
      if (sums.At(node) <= 0) all_present = false;
    }
    if (all_present) return true;
    // The first of a group that wants to be together may go anywhere.
    return affinity_total_ == 0 && counts_.Matches(*shape.affinity_matches, shape);
  }

  // Matching pods in domains that exist, over all keys.
  void CountAffinityTotal() {
    affinity_total_ = 0;
    for (const DomainSums& sums : affinity_) {
      for (const int64_t sum : sums.sums) affinity_total_ += sum;
    }
  }

  void Move(const PodInfo& pod, const PodInfo& other, NodeIndex node, int64_t delta) {
    const PodShape& shape = *pod.shape;
    for (const rt::Ref<AffinityTerm>& term : other.shape->required_anti_affinity) {
      if (counts_.Matches(term->condition, shape)) {
        existing_anti_.AddAt(term->topology_key, node, delta);
      }
    }
    if (shape.affinity_matches && counts_.Matches(*shape.affinity_matches, *other.shape)) {
      for (const rt::Ref<AffinityTerm>& term : shape.required_affinity) {
        affinity_.AddAt(term->topology_key, node, delta);
      }
      CountAffinityTotal();
    }
    for (const rt::Ref<AffinityTerm>& term : shape.required_anti_affinity) {
      if (counts_.Matches(term->condition, *other.shape)) {
        anti_.AddAt(term->topology_key, node, delta);
      }
    }
  }

  const InterPodAffinityArgs args_;
  const NodeTable& nodes_;
  PodCounts& counts_;
  // Of the current cycle.
  SumsByKey existing_anti_;
  SumsByKey affinity_;
  int64_t affinity_total_ = 0;
  SumsByKey anti_;
  SumsByKey preferred_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewInterPodAffinity(const PluginArgs& args,
                                                   const PluginContext& context) {
  return MakePlugin("InterPodAffinity",
                    std::make_shared<InterPodAffinity>(args.inter_pod_affinity, context.cluster));
}

}  // namespace drydock::scheduler

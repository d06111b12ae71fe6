// When no node can take a pod: finds a node where deleting pods of lower priority
// would make room, with as little harm as possible. DefaultPreemptionArgs.
//
// Each candidate is tried for real on the cluster's state: the victims are taken off
// the node, the filters asked, the victims put back.
#include <algorithm>
#include <limits>

#include "absl/container/btree_map.h"
#include "src/scheduler/engine.h"
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

using Candidate = PreemptionCandidate;

bool MoreImportant(const PodRef& a, const PodRef& b) {
  if (a->priority() != b->priority()) return a->priority() > b->priority();
  if (a->started != b->started) return a->started < b->started;
  return KeyOf(*a) < KeyOf(*b);  // Kubernetes leaves the order open.
}

class DefaultPreemption final : public PostFilterPlugin {
 public:
  DefaultPreemption(const DefaultPreemptionArgs& args, const PluginContext& context)
      : args_(args), cluster_(context.cluster), random_(context.random) {}

  PostFilterResult PostFilter(Engine& engine, const PodInfo& pod,
                              const Diagnosis& diagnosis) override {
    PostFilterResult result;
    if (const char* why = NotEligible(pod, diagnosis); why != nullptr) {
      result.message = std::string("preemption: ") + why;
      return result;
    }
    std::vector<NodeIndex> nodes;
    for (NodeIndex node = 0; node < diagnosis.verdicts.size(); ++node) {
      if (diagnosis.verdicts[node] == Verdict::kUnschedulable) nodes.push_back(node);
    }
    absl::btree_map<std::string, size_t> reasons;
    std::vector<Candidate> candidates = FindCandidates(engine, pod, nodes, &reasons);
    if (candidates.empty()) {
      Diagnosis failed;
      failed.node_count = cluster_.nodes.node_count();
      if (nodes.size() < failed.node_count) {
        reasons["Preemption is not helpful for scheduling"] += failed.node_count - nodes.size();
      }
      failed.reasons.assign(reasons.begin(), reasons.end());
      result.message = "preemption: " + failed.Message();
      result.clear_nomination = true;
      return result;
    }
    const Candidate& best = Best(candidates);
    result.success = true;
    result.nominated_node = cluster_.nodes.name(best.node);
    result.victims = best.victims;
    if (const std::vector<PodRef>* nominated = engine.nominations().On(result.nominated_node);
        nominated != nullptr) {
      for (const PodRef& other : *nominated) {
        if (other->priority() < pod.priority()) result.displaced.push_back(other);
      }
    }
    result.candidates = std::move(candidates);
    return result;
  }

 private:
  // Null when the pod may preempt.
  const char* NotEligible(const PodInfo& pod, const Diagnosis& diagnosis) const {
    if (!pod.shape->preempts) return "not eligible due to preemptionPolicy=Never.";
    if (pod.nominated_node.empty()) return nullptr;
    const NodeIndex node = cluster_.nodes.Find(pod.nominated_node);
    if (node == kNoNode) return nullptr;
    // A node that no deletion can make fit is given up at once.
    if (node < diagnosis.verdicts.size() && diagnosis.verdicts[node] == Verdict::kUnresolvable) {
      return nullptr;
    }
    for (const PodRef& other : cluster_.nodes.pods(node)) {
      if (other->priority() < pod.priority() && other->terminating_by_preemption) {
        return "not eligible due to a terminating pod on the nominated node.";
      }
    }
    return nullptr;
  }

  std::vector<Candidate> FindCandidates(Engine& engine, const PodInfo& pod,
                                        const std::vector<NodeIndex>& nodes,
                                        absl::btree_map<std::string, size_t>* reasons) {
    if (nodes.empty()) return {};
    const size_t offset = random_.Below(nodes.size());
    const size_t wanted = std::min(
        nodes.size(),
        std::max(nodes.size() * static_cast<size_t>(args_.min_candidate_nodes_percentage) / 100,
                 static_cast<size_t>(args_.min_candidate_nodes_absolute)));
    std::vector<Candidate> harmless;
    std::vector<Candidate> violating;
    for (size_t i = 0; i < nodes.size(); ++i) {
      Candidate candidate;
      candidate.node = nodes[(offset + i) % nodes.size()];
      Reasons why;
      if (!SelectVictims(engine, pod, &candidate, &why)) {
        for (const std::string& text : why.texts()) ++(*reasons)[text];
        continue;
      }
      (candidate.violations == 0 ? harmless : violating).push_back(std::move(candidate));
      if (!harmless.empty() && harmless.size() + violating.size() >= wanted) break;
    }
    for (Candidate& candidate : violating) harmless.push_back(std::move(candidate));
    return harmless;
  }

  // False when the pod would not fit even without all pods of lower priority, or with
  // all of them after all.
  bool SelectVictims(Engine& engine, const PodInfo& pod, Candidate* candidate, Reasons* why) {
    const NodeIndex node = candidate->node;
    std::vector<PodRef> lower;
    for (const PodRef& other : cluster_.nodes.pods(node)) {
      if (other->priority() < pod.priority()) lower.push_back(other);
    }
    if (lower.empty()) {
      why->Add("No preemption victims found for incoming pod");
      return false;
    }
    for (const PodRef& other : lower) engine.WhatIfRemove(pod, *other);
    const bool fits = engine.Filter(pod, node, why) == Verdict::kPass;
    std::vector<PodRef> gone = lower;
    if (fits) {
      std::sort(lower.begin(), lower.end(), MoreImportant);
      std::vector<PodRef> protected_pods;
      std::vector<PodRef> others;
      SplitByBudgets(lower, &protected_pods, &others);
      gone.clear();
      candidate->violations = Reprieve(engine, pod, node, protected_pods, &gone);
      Reprieve(engine, pod, node, others, &gone);
      std::sort(gone.begin(), gone.end(), MoreImportant);
    }
    for (const PodRef& other : gone) engine.WhatIfAdd(pod, other, node);
    candidate->victims = std::move(gone);
    return fits && !candidate->victims.empty();
  }

  // Puts back those of `pods` with which the pod still fits, the most important first;
  // the rest goes to `gone`. Returns how many those are.
  static int Reprieve(Engine& engine, const PodInfo& pod, NodeIndex node,
                      const std::vector<PodRef>& pods, std::vector<PodRef>* gone) {
    int victims = 0;
    for (const PodRef& other : pods) {
      engine.WhatIfAdd(pod, other, node);
      if (engine.Filter(pod, node, nullptr) == Verdict::kPass) continue;
      engine.WhatIfRemove(pod, *other);
      gone->push_back(other);
      ++victims;
    }
    return victims;
  }

  // `protected_pods`: those whose deletion would violate a disruption budget, when all
  // of `pods` were deleted in this order.
  void SplitByBudgets(const std::vector<PodRef>& pods, std::vector<PodRef>* protected_pods,
                      std::vector<PodRef>* others) const {
    std::vector<int64_t> allowed;
    allowed.reserve(cluster_.budgets.size());
    for (const DisruptionBudget& budget : cluster_.budgets) {
      allowed.push_back(budget.disruptions_allowed);
    }
    for (const PodRef& pod : pods) {
      bool violates = false;
      for (size_t i = 0; i < allowed.size() && !pod->shape->labels.empty(); ++i) {
        const DisruptionBudget& budget = cluster_.budgets[i];
        if (budget.ns != pod->ns() || budget.selector.requirements.empty() ||
            !budget.selector.Matches(pod->shape->labels)) {
          continue;
        }
        // On its way out already: the budget has counted it.
        if (std::binary_search(budget.disrupted_pods.begin(), budget.disrupted_pods.end(),
                               pod->name)) {
          continue;
        }
        if (--allowed[i] < 0) violates = true;
      }
      (violates ? protected_pods : others)->push_back(pod);
    }
  }

  // Fewest violations; then the lowest highest priority among victims; the lowest sum
  // of priorities; the fewest victims; the victim of highest priority that started
  // last; the first found.
  static const Candidate& Best(const std::vector<Candidate>& candidates) {
    const Candidate* best = &candidates.front();
    for (const Candidate& candidate : candidates) {
      if (Better(candidate, *best)) best = &candidate;
    }
    return *best;
  }

  static bool Better(const Candidate& a, const Candidate& b) {
    if (a.violations != b.violations) return a.violations < b.violations;
    const int32_t highest_a = a.victims.front()->priority();
    const int32_t highest_b = b.victims.front()->priority();
    if (highest_a != highest_b) return highest_a < highest_b;
    const int64_t sum_a = SumOfPriorities(a);
    const int64_t sum_b = SumOfPriorities(b);
    if (sum_a != sum_b) return sum_a < sum_b;
    if (a.victims.size() != b.victims.size()) return a.victims.size() < b.victims.size();
    return EarliestStart(a) > EarliestStart(b);
  }

  static int64_t SumOfPriorities(const Candidate& candidate) {
    // The offset makes every victim count, those of negative priority too.
    constexpr int64_t kOffset = int64_t{std::numeric_limits<int32_t>::max()} + 1;
    int64_t sum = 0;
    for (const PodRef& victim : candidate.victims) sum += victim->priority() + kOffset;
    return sum;
  }

  static absl::Time EarliestStart(const Candidate& candidate) {
    absl::Time earliest = absl::InfiniteFuture();
    for (const PodRef& victim : candidate.victims) {
      if (victim->priority() != candidate.victims.front()->priority()) break;
      earliest = std::min(earliest, victim->started);
    }
    return earliest;
  }

  const DefaultPreemptionArgs args_;
  Cluster& cluster_;
  rt::Random random_;
};

}  // namespace

absl::StatusOr<PluginInstance> NewDefaultPreemption(const PluginArgs& args,
                                                    const PluginContext& context) {
  return MakePlugin("DefaultPreemption",
                    std::make_shared<DefaultPreemption>(args.default_preemption, context));
}

}  // namespace drydock::scheduler

// One scheduling cycle.
//
// The plain case (no filter and no score that looks beyond a node) ends with a look
// at ShapeScores. Otherwise the nodes that passed there go through the remaining
// plugins, many nodes at a time.
#include "src/scheduler/engine.h"

#include <algorithm>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/rt/check.h"

namespace drydock::scheduler {
namespace {

constexpr size_t kMinNodesToFind = 100;
constexpr int kMinPercentage = 5;

}  // namespace

std::string Diagnosis::Message() const {
  if (node_count == 0) return "no nodes available to schedule pods";
  std::string message = absl::StrCat("0/", node_count, " nodes are available:");
  if (!pre_filter_message.empty()) {
    absl::StrAppend(&message, " ", pre_filter_message, ".");
  } else {
    std::vector<std::string> parts;
    parts.reserve(reasons.size());
    for (const auto& [text, count] : reasons) parts.push_back(absl::StrCat(count, " ", text));
    std::sort(parts.begin(), parts.end());
    if (!parts.empty()) absl::StrAppend(&message, " ", absl::StrJoin(parts, ", "), ".");
  }
  if (!post_filter_message.empty()) absl::StrAppend(&message, " ", post_filter_message);
  return message;
}

Engine::Engine(Cluster& cluster, Profile profile, const Nominations& nominations, rt::Random random)
    : cluster_(cluster),
      profile_(std::move(profile)),
      nominations_(nominations),
      random_(std::move(random)) {
  for (const PluginInstance& plugin : profile_.plugins) {
    auto* listener = plugin.listener;
    if (listener != nullptr) cluster_.nodes.AddListener(listener);
  }
}

Decision Engine::Schedule(const PodInfo& pod) { return Decide(pod, /*all_nodes=*/false); }

Decision Engine::Decide(const PodInfo& pod, bool all_nodes) {
  Decision decision;
  const NodeTable& nodes = cluster_.nodes;
  feasible_.clear();
  if (nodes.node_count() == 0) {
    diagnosis_ = Diagnosis{};
    diagnosed_shape_ = 0;
    return decision;
  }
  if (!RunPreFilters(pod)) return decision;

  ShapeScores& known = shapes_.For(pod, nodes.size());
  known.Refresh(cluster_, profile_, pod);

  bool plain = !all_nodes && !restricted_ && nominations_.empty() && pod.nominated_node.empty() &&
               NodesToFind(nodes.node_count()) >= nodes.node_count();
  for (const Named<FilterPlugin>* filter : active_) {
    if (filter->plugin->filter_scope() == Scope::kCluster) plain = false;
  }
  active_scores_.clear();
  for (const WeightedScore& score : profile_.scores) {
    if (score.plugin->score_scope() == Scope::kCluster &&
        score.plugin->Use(pod).action == ScoreUse::Action::kRun) {
      active_scores_.push_back(&score);
    }
  }

  if (plain && (active_scores_.empty() || known.feasible_count() <= 1)) {
    decision.evaluated = nodes.node_count();
    decision.feasible = known.feasible_count();
    if (decision.feasible == 0) {
      Diagnose(pod);
      return decision;
    }
    if (profile_.tie_break != nullptr) {
      known.AllBest(&best_);
      decision.node = profile_.tie_break->Choose(best_);
    } else {
      // Kubernetes draws once for each node of the best score (reservoir sampling);
      // one draw among all of them has the same distribution.
      const uint64_t count = known.best_count();
      decision.node = known.NthBest(count == 1 ? 0 : random_.Below(count));
    }
    return decision;
  }

  FindFeasible(pod, known);
  decision.evaluated = evaluated_;
  decision.feasible = feasible_.size();
  if (feasible_.empty()) {
    Diagnose(pod);
    return decision;
  }
  decision.node = feasible_.size() == 1 ? feasible_[0] : ChooseFeasible(pod, known);
  return decision;
}

bool Engine::RunPreFilters(const PodInfo& pod) {
  active_.clear();
  restricted_ = false;
  restriction_.clear();
  restricting_plugins_.clear();
  for (const Named<FilterPlugin>& filter : profile_.filters) {
    const PreFilterResult result = filter.plugin->PreFilter(pod);
    if (result.action == PreFilterResult::Action::kSkip) continue;
    std::string message = result.message;
    if (result.action == PreFilterResult::Action::kRun) {
      active_.push_back(&filter);
      if (!result.restricts) continue;
      restricting_plugins_.push_back(filter.name);
      if (!restricted_) {
        restriction_ = result.nodes;
      } else {
        std::vector<NodeIndex> both;
        std::set_intersection(restriction_.begin(), restriction_.end(), result.nodes.begin(),
                              result.nodes.end(), std::back_inserter(both));
        restriction_ = std::move(both);
      }
      restricted_ = true;
      // One plugin alone may name nodes that do not exist: then none of the others is right.
      if (!restriction_.empty() || restricting_plugins_.size() == 1) continue;
      message = OutsideText() + " simultaneously";
    }
    diagnosis_ = Diagnosis{};
    diagnosed_shape_ = 0;
    diagnosis_.node_count = cluster_.nodes.node_count();
    diagnosis_.pre_filter_message = std::move(message);
    diagnosis_.plugins =
        restricting_plugins_.empty() ? std::vector<std::string>{filter.name} : restricting_plugins_;
    diagnosis_.verdicts.assign(cluster_.nodes.size(), Verdict::kPass);
    for (NodeIndex node = 0; node < cluster_.nodes.size(); ++node) {
      if (cluster_.nodes.Exists(node)) diagnosis_.verdicts[node] = result.verdict;
    }
    return false;
  }
  return true;
}

size_t Engine::NodesToFind(size_t all) const {
  if (!profile_.config.percentage_of_nodes_to_score.has_value() || all < kMinNodesToFind) {
    return all;
  }
  int percentage = *profile_.config.percentage_of_nodes_to_score;
  if (percentage == 0) {
    percentage = std::max(kMinPercentage, 50 - static_cast<int>(all / 125));
  }
  return std::max(kMinNodesToFind, all * static_cast<size_t>(percentage) / 100);
}

void Engine::FindFeasible(const PodInfo& pod, const ShapeScores& known) {
  const NodeTable& nodes = cluster_.nodes;
  feasible_.clear();
  evaluated_ = 0;
  if (!pod.nominated_node.empty()) {
    const NodeIndex node = nodes.Find(pod.nominated_node);
    if (node != kNoNode && nodes.Exists(node)) {
      evaluated_ = 1;
      if (FilterAround(pod, node, nullptr, nullptr) == Verdict::kPass) {
        feasible_.push_back(node);
        return;
      }
    }
  }
  const size_t candidates = restricted_ ? restriction_.size() : nodes.node_count();
  if (NodesToFind(candidates) < candidates) {
    Sample(pod, known);
    return;
  }
  evaluated_ += candidates;
  if (restricted_) {
    for (const NodeIndex node : restriction_) {
      if (known.scores()[node] != ShapeScores::kInfeasible) feasible_.push_back(node);
    }
  } else {
    const std::vector<int32_t>& scores = known.scores();
    for (NodeIndex node = 0; node < scores.size(); ++node) {
      if (scores[node] != ShapeScores::kInfeasible) feasible_.push_back(node);
    }
  }
  for (const Named<FilterPlugin>* filter : active_) {
    if (filter->plugin->filter_scope() == Scope::kCluster) {
      filter->plugin->FilterAll(pod, &feasible_);
    }
  }
  if (nominations_.empty()) return;
  feasible_.erase(std::remove_if(feasible_.begin(), feasible_.end(),
                                 [&](NodeIndex node) {
                                   return nominations_.On(nodes.name(node)) != nullptr &&
                                          FilterAround(pod, node, nullptr, nullptr) !=
                                              Verdict::kPass;
                                 }),
                  feasible_.end());
}

void Engine::Sample(const PodInfo& pod, const ShapeScores& known) {
  const std::vector<NodeIndex>& order = restricted_ ? restriction_ : cluster_.nodes.ZoneOrder();
  const size_t wanted = NodesToFind(order.size());
  const size_t start = next_start_ % order.size();
  size_t looked_at = 0;
  for (; looked_at < order.size() && feasible_.size() < wanted; ++looked_at) {
    const NodeIndex node = order[(start + looked_at) % order.size()];
    if (known.scores()[node] == ShapeScores::kInfeasible) continue;
    if (FilterAround(pod, node, nullptr, nullptr) == Verdict::kPass) feasible_.push_back(node);
  }
  evaluated_ += looked_at;
  next_start_ = (start + looked_at) % order.size();
}

NodeIndex Engine::ChooseFeasible(const PodInfo& pod, const ShapeScores& known) {
  const size_t count = feasible_.size();
  totals_.resize(count);
  scores_.resize(count);
  for (size_t i = 0; i < count; ++i) totals_[i] = known.scores()[feasible_[i]];
  for (const WeightedScore* score : active_scores_) {
    score->plugin->PreScore(pod, feasible_);
    score->plugin->ScoreAll(pod, feasible_, scores_.data());
    score->plugin->Normalize(pod, feasible_, scores_.data());
    const int64_t weight = score->weight;
    for (size_t i = 0; i < count; ++i) totals_[i] += weight * scores_[i];
  }
  int64_t best = totals_[0];
  for (size_t i = 1; i < count; ++i) best = std::max(best, totals_[i]);
  best_.clear();
  for (size_t i = 0; i < count; ++i) {
    if (totals_[i] == best) best_.push_back(feasible_[i]);
  }
  if (profile_.tie_break != nullptr) {
    std::sort(best_.begin(), best_.end());
    return profile_.tie_break->Choose(best_);
  }
  return best_[best_.size() == 1 ? 0 : random_.Below(best_.size())];
}

Verdict Engine::FilterOnce(const PodInfo& pod, NodeIndex node, Reasons* reasons,
                           std::string* plugin) {
  for (const Named<FilterPlugin>* filter : active_) {
    const Verdict verdict = filter->plugin->Filter(pod, node, reasons);
    if (verdict == Verdict::kPass) continue;
    if (plugin != nullptr) *plugin = filter->name;
    return verdict;
  }
  return Verdict::kPass;
}

Verdict Engine::FilterAround(const PodInfo& pod, NodeIndex node, Reasons* reasons,
                             std::string* plugin) {
  const std::vector<PodRef>* nominated =
      nominations_.empty() ? nullptr : nominations_.On(cluster_.nodes.name(node));
  if (nominated != nullptr) {
    // The pod must fit whether they come or not: with them for the sake of resources
    // and anti-affinity, without them for that of affinity.
    std::vector<PodRef> added;
    for (const PodRef& other : *nominated) {
      if (other->priority() < pod.priority() || other->uid == pod.uid) continue;
      if (other->node != kNoNode) continue;  // Has arrived meanwhile.
      WhatIfAdd(pod, other, node);
      added.push_back(other);
    }
    if (!added.empty()) {
      const Verdict verdict = FilterOnce(pod, node, reasons, plugin);
      for (auto other = added.rbegin(); other != added.rend(); ++other) {
        WhatIfRemove(pod, **other);
      }
      if (verdict != Verdict::kPass) return verdict;
    }
  }
  return FilterOnce(pod, node, reasons, plugin);
}

Verdict Engine::Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) {
  return FilterAround(pod, node, reasons, nullptr);
}

void Engine::WhatIfAdd(const PodInfo& pod, const PodRef& other, NodeIndex node) {
  cluster_.nodes.AddPod(other, node);
  for (const Named<FilterPlugin>* filter : active_) {
    filter->plugin->AfterPodAdded(pod, *other, node);
  }
}

void Engine::WhatIfRemove(const PodInfo& pod, PodInfo& other) {
  const NodeIndex node = other.node;
  const PodRef keep(&other);
  cluster_.nodes.RemovePod(other);
  for (const Named<FilterPlugin>* filter : active_) {
    filter->plugin->AfterPodRemoved(pod, other, node);
  }
}

std::string Engine::OutsideText() const {
  return absl::StrCat("node(s) didn't satisfy plugin(s) [",
                      absl::StrJoin(restricting_plugins_, " "), "]");
}

void Engine::Diagnose(const PodInfo& pod) {
  const NodeTable& nodes = cluster_.nodes;
  if (diagnosed_shape_ == pod.shape->id && diagnosed_log_ == nodes.log_end() &&
      diagnosed_nominations_ == nominations_.version() && nominations_.empty() &&
      diagnosed_counts_ == cluster_.counts.version()) {
    diagnosis_.post_filter_message.clear();
    return;
  }
  diagnosis_ = Diagnosis{};
  diagnosis_.node_count = nodes.node_count();
  diagnosis_.verdicts.assign(nodes.size(), Verdict::kPass);
  absl::btree_map<std::string, size_t> reasons;
  absl::btree_set<std::string> plugins;
  const std::string outside = OutsideText();
  Reasons why;
  std::string plugin;
  for (NodeIndex node = 0; node < nodes.size(); ++node) {
    if (!nodes.Exists(node)) continue;
    if (restricted_ && !std::binary_search(restriction_.begin(), restriction_.end(), node)) {
      diagnosis_.verdicts[node] = Verdict::kUnresolvable;
      ++reasons[outside];
      continue;
    }
    why.Clear();
    diagnosis_.verdicts[node] = FilterAround(pod, node, &why, &plugin);
    if (diagnosis_.verdicts[node] == Verdict::kPass) continue;
    plugins.insert(plugin);
    for (const std::string& text : why.texts()) ++reasons[text];
  }
  for (const std::string& name : restricting_plugins_) plugins.insert(name);
  diagnosis_.reasons.assign(reasons.begin(), reasons.end());
  diagnosis_.plugins.assign(plugins.begin(), plugins.end());
  diagnosed_shape_ = pod.shape->id;
  diagnosed_log_ = nodes.log_end();
  diagnosed_nominations_ = nominations_.version();
  diagnosed_counts_ = cluster_.counts.version();
}

PostFilterResult Engine::PostFilter(const PodInfo& pod) {
  PostFilterResult last;
  for (const Named<PostFilterPlugin>& plugin : profile_.post_filters) {
    PostFilterResult result = plugin.plugin->PostFilter(*this, pod, diagnosis_);
    if (result.success) return result;
    if (!result.message.empty()) {
      if (!diagnosis_.post_filter_message.empty()) diagnosis_.post_filter_message += ", ";
      diagnosis_.post_filter_message += result.message;
    }
    last = std::move(result);
  }
  return last;
}

Explanation Engine::Explain(const PodInfo& pod) {
  Explanation explanation;
  explanation.decision = Decide(pod, /*all_nodes=*/true);
  for (NodeIndex node = 0; node < cluster_.nodes.size(); ++node) {
    if (!cluster_.nodes.Exists(node)) continue;
    explanation.nodes.emplace_back().name = cluster_.nodes.name(node);
  }
  std::sort(explanation.nodes.begin(), explanation.nodes.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  ExplainFilters(pod, &explanation);
  if (!feasible_.empty()) ExplainScores(pod, &explanation);
  return explanation;
}

void Engine::ExplainFilters(const PodInfo& pod, Explanation* explanation) {
  const bool outright = feasible_.empty() && !diagnosis_.pre_filter_message.empty();
  std::vector<bool> chosen(cluster_.nodes.size());
  for (const NodeIndex node : feasible_) chosen[node] = true;
  for (Explanation::Node& told : explanation->nodes) {
    const NodeIndex node = cluster_.nodes.Find(told.name);
    if (outright) {
      told.verdict = diagnosis_.verdicts[node];
      told.rejected_by = diagnosis_.plugins.front();
      told.reasons = {diagnosis_.pre_filter_message};
      continue;
    }
    if (restricted_ && !std::binary_search(restriction_.begin(), restriction_.end(), node)) {
      told.verdict = Verdict::kUnresolvable;
      told.rejected_by = restricting_plugins_.front();
      told.reasons = {OutsideText()};
      continue;
    }
    Reasons why;
    told.verdict = FilterAround(pod, node, &why, &told.rejected_by);
    told.reasons = why.texts();
    told.spare = told.verdict == Verdict::kPass && !chosen[node];
  }
}

void Engine::ExplainScores(const PodInfo& pod, Explanation* explanation) {
  const size_t count = feasible_.size();
  std::vector<Explanation::Node*> by_index(cluster_.nodes.size());
  for (Explanation::Node& told : explanation->nodes) {
    by_index[cluster_.nodes.Find(told.name)] = &told;
  }
  std::vector<Explanation::Node*> nodes;
  nodes.reserve(count);
  for (const NodeIndex node : feasible_) nodes.push_back(by_index[node]);
  std::vector<int64_t> raw(count);
  for (const WeightedScore& score : profile_.scores) {
    // A uniform score is the result of the same calls, known beforehand.
    if (score.plugin->Use(pod).action == ScoreUse::Action::kSkip) continue;
    score.plugin->PreScore(pod, feasible_);
    score.plugin->ScoreAll(pod, feasible_, raw.data());
    std::vector<int64_t> normalized = raw;
    score.plugin->Normalize(pod, feasible_, normalized.data());
    for (size_t i = 0; i < count; ++i) {
      const int64_t weighted = score.weight * normalized[i];
      nodes[i]->scores.push_back({score.name, raw[i], normalized[i], weighted});
      nodes[i]->total += weighted;
    }
  }
  int64_t best = nodes[0]->total;
  for (const Explanation::Node* told : nodes) best = std::max(best, told->total);
  bool found = false;
  for (const Explanation::Node& told : explanation->nodes) {
    if (!told.rejected_by.empty() || told.spare || told.total != best) continue;
    explanation->best.push_back(told.name);
    found = found || told.name == cluster_.nodes.name(explanation->decision.node);
  }
  DRYDOCK_CHECK(found, "the decision about ", KeyOf(pod), " is not among the best nodes");
}

absl::Status Engine::Assume(const PodRef& pod, NodeIndex node) {
  cluster_.nodes.AddPod(pod, node);
  for (size_t i = 0; i < profile_.reserves.size(); ++i) {
    absl::Status reserved = profile_.reserves[i].plugin->Reserve(*pod, node);
    if (reserved.ok()) continue;
    for (size_t j = i + 1; j-- > 0;) profile_.reserves[j].plugin->Unreserve(*pod, node);
    cluster_.nodes.RemovePod(*pod);
    return reserved;
  }
  return absl::OkStatus();
}

void Engine::Forget(PodInfo& pod) {
  const NodeIndex node = pod.node;
  for (auto reserve = profile_.reserves.rbegin(); reserve != profile_.reserves.rend(); ++reserve) {
    reserve->plugin->Unreserve(pod, node);
  }
  cluster_.nodes.RemovePod(pod);
}

}  // namespace drydock::scheduler

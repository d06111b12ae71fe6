// Shared terms and columns, and the arithmetic of pods that come and go.
#include "src/scheduler/pod_counts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace drydock::scheduler {

void PodCondition::AppendKey(std::string* key) const {
  absl::StrAppend(key, "ns[");
  for (const std::string& ns : namespaces) absl::StrAppend(key, ns, ",");
  absl::StrAppend(key, "]");
  if (namespace_selector.has_value()) {
    absl::StrAppend(key, "sel{");
    namespace_selector->AppendKey(key);
    absl::StrAppend(key, "}");
  }
  absl::StrAppend(key, "pods{");
  selector.AppendKey(key);
  absl::StrAppend(key, "}");
}

rt::Ref<AffinityTerm> PodCounts::Term(PodCondition condition, Symbol topology_key) {
  std::string key = absl::StrCat(topology_key, ";");
  condition.AppendKey(&key);
  const auto found = terms_by_key_.find(key);
  if (found != terms_by_key_.end()) return rt::Ref<AffinityTerm>(found->second);
  if (terms_.size() >= sweep_terms_at_) SweepTerms();
  auto term = rt::MakeRef<AffinityTerm>();
  term->condition = std::move(condition);
  term->topology_key = topology_key;
  term->key = key;
  terms_by_key_.emplace(std::move(key), term.get());
  terms_.push_back(term);
  ++version_;
  return term;
}

rt::Ref<MatchColumn> PodCounts::Column(std::vector<PodCondition> all, bool skip_terminating) {
  std::string key(skip_terminating ? "alive;" : "all;");
  for (const PodCondition& condition : all) condition.AppendKey(&key);
  const auto found = columns_by_key_.find(key);
  if (found != columns_by_key_.end()) return rt::Ref<MatchColumn>(found->second);
  if (columns_.size() >= sweep_columns_at_) SweepColumns();
  auto column = rt::MakeRef<MatchColumn>();
  column->all = std::move(all);
  column->skip_terminating = skip_terminating;
  column->key = key;
  columns_by_key_.emplace(std::move(key), column.get());
  columns_.push_back(column);
  CountExisting(*column);
  return column;
}

const MatchColumn& PodCounts::MatchesOf(AffinityTerm& term) {
  if (!term.matches) term.matches = Column({term.condition}, /*skip_terminating=*/false);
  return *term.matches;
}

bool PodCounts::Matches(const PodCondition& condition, const PodShape& shape) const {
  if (!std::binary_search(condition.namespaces.begin(), condition.namespaces.end(), shape.ns)) {
    if (!condition.namespace_selector.has_value()) return false;
    static const Labels kNone;
    const auto labels = namespaces_.find(shape.ns);
    if (!condition.namespace_selector->Matches(labels == namespaces_.end() ? kNone
                                                                           : labels->second)) {
      return false;
    }
  }
  return condition.selector.Matches(shape.labels);
}

bool PodCounts::Matches(const MatchColumn& column, const PodShape& shape) const {
  for (const PodCondition& condition : column.all) {
    if (!Matches(condition, shape)) return false;
  }
  return true;
}

void PodCounts::SetNamespace(const std::string& name, Labels labels) {
  Labels& mine = namespaces_[name];
  if (mine == labels) return;
  mine = std::move(labels);
  ++version_;
  ++epoch_;
  for (const rt::Ref<MatchColumn>& column : columns_) {
    const bool depends = std::any_of(
        column->all.begin(), column->all.end(),
        [](const PodCondition& condition) { return condition.namespace_selector.has_value(); });
    if (depends) CountExisting(*column);
  }
}

const std::vector<MatchColumn*>& PodCounts::ColumnsOf(const PodShape& shape) const {
  if (shape.matched_epoch != epoch_) {
    shape.matched_epoch = epoch_;
    shape.matched_upto = 0;
    shape.matched.clear();
  }
  for (; shape.matched_upto < columns_.size(); ++shape.matched_upto) {
    MatchColumn* column = columns_[shape.matched_upto].get();
    if (Matches(*column, shape)) shape.matched.push_back(column);
  }
  return shape.matched;
}

void PodCounts::CountExisting(MatchColumn& column) {
  column.counts.Clear();
  bool any = false;
  for (const auto& [id, live] : live_) any = any || Matches(column, *live.first);
  if (!any) return;  // The usual case for a new selector: no need to visit every pod.
  for (NodeIndex node = 0; node < nodes_.size(); ++node) {
    for (const PodRef& pod : nodes_.pods(node)) {
      if (column.skip_terminating && pod->terminating) continue;
      const std::vector<MatchColumn*>& columns = ColumnsOf(*pod->shape);
      if (std::find(columns.begin(), columns.end(), &column) != columns.end()) {
        column.counts.Add(node, +1);
      }
    }
  }
}

void PodCounts::Count(const PodInfo& pod, NodeIndex node, int64_t delta) {
  const PodShape& shape = *pod.shape;
  for (MatchColumn* column : ColumnsOf(shape)) {
    if (!column->skip_terminating || !pod.terminating) column->counts.Add(node, delta);
  }
  for (const rt::Ref<AffinityTerm>& term : shape.required_affinity) {
    term->required_affinity.Add(node, delta);
  }
  for (const rt::Ref<AffinityTerm>& term : shape.required_anti_affinity) {
    term->required_anti_affinity.Add(node, delta);
  }
  for (const WeightedAffinityTerm& term : shape.preferred_affinity) {
    term.term->preferred_weight.Add(node, delta * term.weight);
    term.term->preferred_carriers += delta;
  }
  if (delta > 0) {
    ++live_.try_emplace(shape.id, &shape, 0).first->second.second;
  } else {
    const auto at = live_.find(shape.id);
    if (--at->second.second == 0) live_.erase(at);
  }
}

void PodCounts::SweepTerms() {
  const auto unused = [this](const rt::Ref<AffinityTerm>& term) {
    if (!term->Unique()) return false;
    terms_by_key_.erase(term->key);
    return true;
  };
  terms_.erase(std::remove_if(terms_.begin(), terms_.end(), unused), terms_.end());
  sweep_terms_at_ = std::max<size_t>(256, 2 * terms_.size());
  ++version_;
}

void PodCounts::SweepColumns() {
  const auto unused = [this](const rt::Ref<MatchColumn>& column) {
    if (!column->Unique()) return false;
    columns_by_key_.erase(column->key);
    return true;
  };
  columns_.erase(std::remove_if(columns_.begin(), columns_.end(), unused), columns_.end());
  sweep_columns_at_ = std::max<size_t>(256, 2 * columns_.size());
  ++epoch_;
}

}  // namespace drydock::scheduler

// Incremental evaluation of nodes for a shape.
#include "src/scheduler/shape_scores.h"

#include <algorithm>

namespace drydock::scheduler {
namespace {

// What all entries together may hold, in node scores of four bytes.
constexpr size_t kMaxScores = 32 << 20;
constexpr size_t kMinShapes = 16;
constexpr size_t kMaxShapes = 4096;

}  // namespace

void ShapeScores::Refresh(const Cluster& cluster, const Profile& profile, const PodInfo& pod) {
  const NodeTable& nodes = cluster.nodes;
  const uint64_t pending = nodes.log_end() - log_position_;
  if (!built_ || log_position_ < nodes.log_begin() || pending > nodes.size() / 2 + 16) {
    if (!built_ || pending > 0) Rebuild(cluster, profile, pod);
  } else if (pending > 0) {
    scores_.resize(nodes.size(), kInfeasible);
    blocks_.resize((nodes.size() + kBlock - 1) / kBlock);
    for (uint64_t position = log_position_; position < nodes.log_end(); ++position) {
      const NodeIndex node = nodes.log(position);
      // The node may be logged twice: the second evaluation finds the same.
      Evaluate(cluster, profile, pod, node);
      const size_t block = node / kBlock;
      if (!blocks_[block].dirty) {
        blocks_[block].dirty = true;
        dirty_blocks_.push_back(static_cast<uint32_t>(block));
      }
    }
    for (const uint32_t block : dirty_blocks_) UpdateBlock(block);
    dirty_blocks_.clear();
  } else {
    return;
  }
  log_position_ = nodes.log_end();
  built_ = true;
  best_ = kInfeasible;
  best_count_ = 0;
  for (const Block& block : blocks_) {
    if (block.best > best_) {
      best_ = block.best;
      best_count_ = block.count;
    } else if (block.best == best_) {
      best_count_ += block.count;
    }
  }
  if (best_ == kInfeasible) best_count_ = 0;
}

void ShapeScores::Evaluate(const Cluster& cluster, const Profile& profile, const PodInfo& pod,
                           NodeIndex node) {
  const bool was_feasible = scores_[node] != kInfeasible;
  int32_t total = kInfeasible;
  bool feasible = cluster.nodes.Exists(node);
  for (const Named<FilterPlugin>& filter : profile.filters) {
    if (!feasible) break;
    if (filter.plugin->filter_scope() != Scope::kNode) continue;
    feasible = filter.plugin->Filter(pod, node, nullptr) == Verdict::kPass;
  }
  if (feasible) {
    int64_t sum = 0;
    for (const WeightedScore& score : profile.scores) {
      if (score.plugin->score_scope() != Scope::kNode) continue;
      sum += score.weight * score.plugin->Score(pod, node);
    }
    total = static_cast<int32_t>(sum);
  }
  scores_[node] = total;
  feasible_count_ += static_cast<size_t>(feasible) - static_cast<size_t>(was_feasible);
}

void ShapeScores::Rebuild(const Cluster& cluster, const Profile& profile, const PodInfo& pod) {
  const NodeTable& nodes = cluster.nodes;
  std::vector<NodeIndex> feasible;
  feasible.reserve(nodes.size());
  for (NodeIndex node = 0; node < nodes.size(); ++node) {
    if (nodes.Exists(node)) feasible.push_back(node);
  }
  for (const Named<FilterPlugin>& filter : profile.filters) {
    if (filter.plugin->filter_scope() == Scope::kNode) filter.plugin->FilterAll(pod, &feasible);
  }
  std::vector<int64_t> sums(feasible.size(), 0);
  std::vector<int64_t> scores(feasible.size(), 0);
  for (const WeightedScore& score : profile.scores) {
    if (score.plugin->score_scope() != Scope::kNode) continue;
    score.plugin->ScoreAll(pod, feasible, scores.data());
    for (size_t i = 0; i < feasible.size(); ++i) sums[i] += score.weight * scores[i];
  }
  scores_.assign(nodes.size(), kInfeasible);
  for (size_t i = 0; i < feasible.size(); ++i) {
    scores_[feasible[i]] = static_cast<int32_t>(sums[i]);
  }
  feasible_count_ = feasible.size();
  blocks_.assign((nodes.size() + kBlock - 1) / kBlock, Block{});
  for (size_t block = 0; block < blocks_.size(); ++block) UpdateBlock(block);
  dirty_blocks_.clear();
}

void ShapeScores::UpdateBlock(size_t block) {
  const size_t begin = block * kBlock;
  const size_t end = std::min(begin + kBlock, scores_.size());
  Block updated;
  for (size_t i = begin; i < end; ++i) updated.best = std::max(updated.best, scores_[i]);
  if (updated.best != kInfeasible) {
    uint32_t count = 0;
    for (size_t i = begin; i < end; ++i) count += scores_[i] == updated.best ? 1 : 0;
    updated.count = static_cast<uint16_t>(count);
  }
  blocks_[block] = updated;
}

NodeIndex ShapeScores::NthBest(uint64_t n) const {
  for (size_t block = 0; block < blocks_.size(); ++block) {
    if (blocks_[block].best != best_) continue;
    if (n >= blocks_[block].count) {
      n -= blocks_[block].count;
      continue;
    }
    for (size_t i = block * kBlock;; ++i) {
      if (scores_[i] == best_ && n-- == 0) return static_cast<NodeIndex>(i);
    }
  }
  return kNoNode;
}

void ShapeScores::AllBest(std::vector<NodeIndex>* nodes) const {
  nodes->clear();
  for (size_t i = 0; i < scores_.size(); ++i) {
    if (scores_[i] == best_) nodes->push_back(static_cast<NodeIndex>(i));
  }
}

ShapeScores& ShapeScoresCache::For(const PodInfo& pod, size_t node_count) {
  const auto found = by_id_.find(pod.shape->id);
  if (found != by_id_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return *entries_.front().scores;
  }
  const size_t bound =
      std::clamp(kMaxScores / std::max<size_t>(node_count, 1), kMinShapes, kMaxShapes);
  while (entries_.size() >= bound) {
    by_id_.erase(entries_.back().shape_id);
    entries_.pop_back();
  }
  entries_.push_front({pod.shape->id, std::make_unique<ShapeScores>(pod.shape)});
  by_id_.emplace(pod.shape->id, entries_.begin());
  return *entries_.front().scores;
}

}  // namespace drydock::scheduler

// What is known about every node for one shape of pod: whether the node passes all
// filters that look at nothing else, and what the scores that look at nothing else
// add up to. Kept from cycle to cycle; only nodes that changed are asked again.
//
// This is what lets identical pods share work: placing one changes one node, so the
// next one costs one evaluation and a search for the highest score, which blocks of
// nodes with their own maxima make short.
#ifndef DRYDOCK_SRC_SCHEDULER_SHAPE_SCORES_H_
#define DRYDOCK_SRC_SCHEDULER_SHAPE_SCORES_H_

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/pod_info.h"
#include "src/scheduler/profile.h"

namespace drydock::scheduler {

class ShapeScores {
 public:
  static constexpr int32_t kInfeasible = -1;
  static constexpr size_t kBlock = 64;

  explicit ShapeScores(rt::Ref<const PodShape> shape) : shape_(std::move(shape)) {}

  // Brings all nodes up to date. `pod` is any pod of the shape.
  void Refresh(const Cluster& cluster, const Profile& profile, const PodInfo& pod);

  // By node: kInfeasible, or the weighted sum of the Scope::kNode scores.
  const std::vector<int32_t>& scores() const { return scores_; }
  // The highest score, kInfeasible when no node is feasible, and how many have it.
  int32_t best() const { return best_; }
  uint64_t best_count() const { return best_count_; }
  // The n-th node of those with the highest score. REQUIRES: n < best_count().
  NodeIndex NthBest(uint64_t n) const;
  void AllBest(std::vector<NodeIndex>* nodes) const;
  size_t feasible_count() const { return feasible_count_; }

 private:
  void Rebuild(const Cluster& cluster, const Profile& profile, const PodInfo& pod);
  void Evaluate(const Cluster& cluster, const Profile& profile, const PodInfo& pod, NodeIndex node);
  void UpdateBlock(size_t block);

  struct Block {
    int32_t best = kInfeasible;
    uint16_t count = 0;  // Of nodes with it; 0 when best is kInfeasible.
    bool dirty = false;
  };

  const rt::Ref<const PodShape> shape_;
  std::vector<int32_t> scores_;
  std::vector<Block> blocks_;
  std::vector<uint32_t> dirty_blocks_;
  int32_t best_ = kInfeasible;
  uint64_t best_count_ = 0;
  size_t feasible_count_ = 0;
  uint64_t log_position_ = 0;
  bool built_ = false;
};

// The shapes seen most lately. Bounded by memory; the one unused for longest goes.
class ShapeScoresCache {
 public:
  ShapeScores& For(const PodInfo& pod, size_t node_count);

 private:
  struct Entry {
    uint64_t shape_id = 0;
    std::unique_ptr<ShapeScores> scores;
  };
  std::list<Entry> entries_;                                         // Latest first.
  absl::flat_hash_map<uint64_t, std::list<Entry>::iterator> by_id_;  // Never iterated.
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_SHAPE_SCORES_H_

// The scheduling cycle without any I/O: which node a pod should go to, and why it
// cannot go to the others.
//
//   Engine engine(cluster, std::move(profile), nominations, random);
//   const Decision decision = engine.Schedule(*pod);
//   if (decision.node != kNoNode) engine.Assume(pod, decision.node);
//
// The scheduler component calls it between its queue and the API server; what-if
// commands and trace studies call it alone.
#ifndef DRYDOCK_SRC_SCHEDULER_ENGINE_H_
#define DRYDOCK_SRC_SCHEDULER_ENGINE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "src/rt/random.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/framework.h"
#include "src/scheduler/nominations.h"
#include "src/scheduler/profile.h"
#include "src/scheduler/shape_scores.h"

namespace drydock::scheduler {

// Why no node could take a pod.
struct Diagnosis {
  size_t node_count = 0;
  std::string pre_filter_message;  // When a PreFilter rejected the pod outright.
  std::vector<std::pair<std::string, size_t>> reasons;  // Text and number of nodes; by text.
  std::vector<Verdict> verdicts;     // By node; kPass for indices without a node.
  std::vector<std::string> plugins;  // Those that rejected a node, sorted.
  std::string post_filter_message;

  // "0/5 nodes are available: 3 Insufficient cpu, 2 node(s) were unschedulable."
  std::string Message() const;
};

// A node on which a pod would fit if some others were deleted.
struct PreemptionCandidate {
  NodeIndex node = kNoNode;
  std::vector<PodRef> victims;  // The most important first.
  int violations = 0;           // Of disruption budgets.
};

struct PostFilterResult {
  bool success = false;
  std::string nominated_node;                   // Of success.
  std::vector<PodRef> victims;                  // To be deleted first.
  std::vector<PreemptionCandidate> candidates;  // Of success: what was to choose from.
  std::vector<PodRef> displaced;  // Nominated to that node and of lower priority: no more.
  bool clear_nomination = false;  // An earlier nomination is void.
  std::string message;
};

struct Decision {
  NodeIndex node = kNoNode;  // kNoNode: see Engine::diagnosis().
  size_t evaluated = 0;      // Nodes looked at.
  size_t feasible = 0;
};

// One cycle, told in full.
struct Explanation {
  struct Score {
    std::string plugin;
    int64_t raw = 0;  // Before normalisation.
    int64_t normalized = 0;
    int64_t weighted = 0;
  };
  struct Node {
    std::string name;
    Verdict verdict = Verdict::kPass;
    std::string rejected_by;  // Empty: feasible.
    std::vector<std::string> reasons;
    // Would do, but the cycle had enough nodes without it: the pod's nominated node, or
    // as many as percentageOfNodesToScore asks for.
    bool spare = false;
    std::vector<Score> scores;  // Of feasible nodes; without plugins that skipped the pod.
    int64_t total = 0;
  };
  Decision decision;
  std::vector<std::string> best;  // The nodes of the highest total: the decision is one of them.
  std::vector<Node> nodes;        // By name.
};

class Engine {
 public:
  // `cluster` and `nominations` outlive the engine.
  Engine(Cluster& cluster, Profile profile, const Nominations& nominations, rt::Random random);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Changes nothing but the engine's own buffers and its random stream.
  Decision Schedule(const PodInfo& pod);
  // Why the last Schedule found no node. Valid until the next Schedule.
  Diagnosis& diagnosis() { return diagnosis_; }
  // Asks the PostFilter plugins, after a Schedule that found no node.
  PostFilterResult PostFilter(const PodInfo& pod);
  // Decides as Schedule would, by the same draw, and tells every reason and score. Slow.
  // Scores are told even where there is a single feasible node, which is chosen unseen.
  Explanation Explain(const PodInfo& pod);

  // Puts the pod on the node and reserves what plugins keep; on error nothing is left.
  absl::Status Assume(const PodRef& pod, NodeIndex node);
  // Takes an assumed pod back.
  void Forget(PodInfo& pod);

  // For PostFilter plugins, within a cycle: all filters on one node, with and without
  // the pods nominated to it.
  Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons);
  // What-if: moves `other` on or off a node, and tells the filters of this cycle.
  void WhatIfAdd(const PodInfo& pod, const PodRef& other, NodeIndex node);
  void WhatIfRemove(const PodInfo& pod, PodInfo& other);

  Cluster& cluster() { return cluster_; }
  const Nominations& nominations() const { return nominations_; }
  const Profile& profile() const { return profile_; }
  rt::Random& random() { return random_; }

 private:
  // With `all_nodes`, `feasible_` is filled whatever shortcut there were.
  Decision Decide(const PodInfo& pod, bool all_nodes);
  void ExplainFilters(const PodInfo& pod, Explanation* explanation);
  void ExplainScores(const PodInfo& pod, Explanation* explanation);
  // False when the pod is rejected outright; fills `active_`, `restricted_`.
  bool RunPreFilters(const PodInfo& pod);
  Verdict FilterOnce(const PodInfo& pod, NodeIndex node, Reasons* reasons, std::string* plugin);
  Verdict FilterAround(const PodInfo& pod, NodeIndex node, Reasons* reasons, std::string* plugin);
  void FindFeasible(const PodInfo& pod, const ShapeScores& known);
  void Sample(const PodInfo& pod, const ShapeScores& known);
  NodeIndex ChooseFeasible(const PodInfo& pod, const ShapeScores& known);
  void Diagnose(const PodInfo& pod);
  // Why a node will not do that no PreFilter has named.
  std::string OutsideText() const;
  size_t NodesToFind(size_t all) const;

  Cluster& cluster_;
  const Profile profile_;
  const Nominations& nominations_;
  rt::Random random_;
  ShapeScoresCache shapes_;
  size_t next_start_ = 0;  // Of sampling.

  // Of the current cycle; reused.
  std::vector<const Named<FilterPlugin>*> active_;   // Filters that did not skip.
  std::vector<const WeightedScore*> active_scores_;  // Of Scope::kCluster.
  bool restricted_ = false;
  std::vector<NodeIndex> restriction_;
  std::vector<std::string> restricting_plugins_;
  std::vector<NodeIndex> feasible_;
  size_t evaluated_ = 0;
  std::vector<int64_t> totals_;
  std::vector<int64_t> scores_;
  std::vector<NodeIndex> best_;

  Diagnosis diagnosis_;
  // What the diagnosis was made for; the same again needs no second look.
  uint64_t diagnosed_shape_ = 0;
  uint64_t diagnosed_log_ = 0;
  uint64_t diagnosed_nominations_ = 0;
  uint64_t diagnosed_counts_ = 0;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_ENGINE_H_

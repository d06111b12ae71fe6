// Keeps the counts of terms.h up to date as pods come and go.
//
// A cycle asks "how many pods on each node match this selector" or "which pods on
// which nodes refuse this pod" and finds the answer in a column; a pod that arrives
// costs a few additions, for the columns that count it.
#ifndef DRYDOCK_SRC_SCHEDULER_POD_COUNTS_H_
#define DRYDOCK_SRC_SCHEDULER_POD_COUNTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "src/scheduler/node_table.h"
#include "src/scheduler/pod_info.h"
#include "src/scheduler/terms.h"

namespace drydock::scheduler {

class PodCounts final : public NodeListener {
 public:
  // `nodes` outlives this and has it as a listener.
  explicit PodCounts(const NodeTable& nodes) : nodes_(nodes) {}

  // The shared term equal to this one.
  rt::Ref<AffinityTerm> Term(PodCondition condition, Symbol topology_key);
  // The shared column equal to this one, with the pods on all nodes counted.
  rt::Ref<MatchColumn> Column(std::vector<PodCondition> all, bool skip_terminating);
  // The column of the pods that match `term`.
  const MatchColumn& MatchesOf(AffinityTerm& term);

  bool Matches(const PodCondition& condition, const PodShape& shape) const;
  bool Matches(const MatchColumn& column, const PodShape& shape) const;

  // The labels of a namespace; those of unknown ones are empty.
  void SetNamespace(const std::string& name, Labels labels);
  void RemoveNamespace(const std::string& name) { SetNamespace(name, {}); }

  // Every term that some shape has, in the order of first use.
  const std::vector<rt::Ref<AffinityTerm>>& terms() const { return terms_; }
  // Goes up when the answer of Matches may have changed for some shape, or when
  // terms() has.
  uint64_t version() const { return version_; }

  void OnPodAdded(const PodInfo& pod, NodeIndex node) override { Count(pod, node, +1); }
  void OnPodRemoved(const PodInfo& pod, NodeIndex node) override { Count(pod, node, -1); }

 private:
  void Count(const PodInfo& pod, NodeIndex node, int64_t delta);
  // The columns that count pods of `shape`, brought up to date.
  const std::vector<MatchColumn*>& ColumnsOf(const PodShape& shape) const;
  void CountExisting(MatchColumn& column);
  // Drops terms and columns that no shape refers to, once they are half of all.
  void SweepTerms();
  void SweepColumns();

  const NodeTable& nodes_;
  std::vector<rt::Ref<AffinityTerm>> terms_;
  std::vector<rt::Ref<MatchColumn>> columns_;
  absl::flat_hash_map<std::string, AffinityTerm*> terms_by_key_;   // Looked up, never iterated.
  absl::flat_hash_map<std::string, MatchColumn*> columns_by_key_;  // Looked up, never iterated.
  absl::flat_hash_map<std::string, Labels> namespaces_;            // Looked up, never iterated.
  // Shapes with pods on nodes, by id, and how many.
  absl::btree_map<uint64_t, std::pair<const PodShape*, int64_t>> live_;
  size_t sweep_terms_at_ = 256;
  size_t sweep_columns_at_ = 256;
  uint64_t epoch_ = 1;  // Of the positions in columns_.
  uint64_t version_ = 1;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_POD_COUNTS_H_

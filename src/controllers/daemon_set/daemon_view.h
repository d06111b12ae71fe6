// What a DaemonSet has on each node, kept up to date node by node.
//
// A DaemonSet of 5,000 nodes hears of some 20,000 changes of its pods while it rolls
// out, and a look at all nodes for each would cost more than everything else. So the
// view keeps a verdict for each node and their sums, and only nodes that something
// happened on are judged again. It holds nothing that the caches do not imply:
// Forgetting it and judging all nodes gives the same.
#ifndef DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_VIEW_H_
#define DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_VIEW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/time/time.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/controllers/daemon_set/daemon_pods.h"

namespace drydock::controllers {

using DaemonPods = std::vector<api::Ref<api::Pod>>;

// How a node stands in a rolling update.
enum class RolloutState : uint8_t {
  kNone,            // Nothing there that counts.
  kUpdated,         // A pod of the new revision, available.
  kUpdating,        // Not available, and nothing to do but wait.
  kOldAvailable,    // A pod of an old revision, available: may be replaced within limits.
  kOldUnavailable,  // The same, not available: may be replaced at once.
  kSurged,          // Old and new, the new one not available yet.
  kReplaced,        // Old and new, the new one available: the old one may go.
};

struct NodeVerdict {
  bool desired = false;
  bool misscheduled = false;
  bool scheduled = false;  // The next four: of a node that shall run a pod.
  bool ready = false;
  bool available = false;
  bool updated = false;
  bool needs_pod = false;
  RolloutState rollout = RolloutState::kNone;
  DaemonPods excess;                // To delete, whatever the rollout does.
  DaemonPods old;                   // Of an old revision, active.
  DaemonPods failed;                // Among `excess`: for events, and to back off.
  DaemonPods succeeded;             // Among `excess`: for events.
  std::optional<absl::Time> again;  // When time alone changes the verdict.
};

// Pure. `node` is null when it does not exist. `pods` are the set's own of that node.
// `surges`: the set may have two pods on a node while it is updated.
NodeVerdict JudgeNode(const api::DaemonSet& set, const std::string& revision_hash, bool surges,
                      const api::Node* node, DaemonPods pods, absl::Time now);

// Delays between deletions of failed pods on a node: 1 s, doubled, 15 minutes at most.
class FailedPodBackoff {
 public:
  // Zero: now is right, and the next will wait longer.
  absl::Duration Take(const std::string& node, absl::Time now);

 private:
  struct Entry {
    absl::Duration delay;
    absl::Time last;
  };
  absl::btree_map<std::string, Entry> entries_;  // At most one a node.
};

class DaemonView {
 public:
  struct Sums {
    int desired = 0;
    int misscheduled = 0;
    int scheduled = 0;
    int ready = 0;
    int available = 0;
    int updated = 0;
    int unavailable_nodes = 0;  // Of those with pods, as a rolling update counts them.
    int surged_nodes = 0;
  };

  // True when the view is of another set or revision, so that all nodes are to be judged.
  bool IsStale(const api::DaemonSet& set, const std::string& revision_hash) const;
  void Reset(const api::DaemonSet& set, const std::string& revision_hash);

  void MarkDirty(const std::string& node) { dirty_.insert(node); }
  // Those to judge again, by event or by time.
  absl::btree_set<std::string> TakeDirty(absl::Time now);
  void Record(const std::string& node, NodeVerdict verdict);
  // When time alone will next change a verdict.
  std::optional<absl::Time> NextChange() const;

  const Sums& sums() const { return sums_; }
  const absl::btree_set<std::string>& needing() const { return needing_; }
  const absl::btree_set<std::string>& with_excess() const { return with_excess_; }
  // The nodes in a state of the rollout, by name.
  const absl::btree_set<std::string>& In(RolloutState state) const {
    return by_state_[static_cast<size_t>(state)];
  }
  const NodeVerdict& At(const std::string& node) const { return verdicts_.at(node); }
  FailedPodBackoff& backoff() { return backoff_; }

 private:
  void Add(const std::string& node, const NodeVerdict& verdict, int sign);

  std::string uid_;
  int64_t generation_ = -1;
  std::string revision_hash_;
  absl::btree_map<std::string, NodeVerdict> verdicts_;
  Sums sums_;
  absl::btree_set<std::string> dirty_;
  absl::btree_set<std::pair<absl::Time, std::string>> timed_;
  absl::btree_set<std::string> needing_;
  absl::btree_set<std::string> with_excess_;
  absl::btree_set<std::string> by_state_[7];
  FailedPodBackoff backoff_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_VIEW_H_

// The scheduling framework: the extension points at which a plugin takes part in
// placing a pod. Semantics of Kubernetes' framework; the points take many nodes at a
// time where that is faster.
//
// One instance of a plugin serves one profile and one cycle at a time. What it works
// out in PreFilter or PreScore it keeps in itself for the Filter and Score calls that
// follow, until the next cycle: reused buffers, so that a cycle allocates nothing.
//
// A cycle runs in one turn. Nothing changes under it, and no extension point before
// Permit may wait.
#ifndef DRYDOCK_SRC_SCHEDULER_FRAMEWORK_H_
#define DRYDOCK_SRC_SCHEDULER_FRAMEWORK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/rt/task.h"
#include "src/scheduler/events.h"
#include "src/scheduler/node_table.h"
#include "src/scheduler/pod_info.h"
#include "src/scheduler/queued_pod.h"

namespace drydock::scheduler {

struct Diagnosis;
struct PostFilterResult;
class Engine;

inline constexpr int64_t kMaxNodeScore = 100;

enum class Verdict : uint8_t {
  kPass,
  kUnschedulable,  // Removing pods from the node might help.
  kUnresolvable,   // It would not.
};

// Where a plugin says why. Only made when somebody wants to know.
class Reasons {
 public:
  // The text is copied.
  void Add(absl::string_view reason) { texts_.emplace_back(reason); }
  void Clear() { texts_.clear(); }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

// What a plugin's answer about a node depends on.
enum class Scope : uint8_t {
  // The pod's shape, the node and the pods on it. The engine remembers the answer
  // until the node changes.
  kNode,
  // Other nodes too, or who the pod is. Asked in every cycle.
  kCluster,
};

// May keep a pod from being queued at all.
class PreEnqueuePlugin {
 public:
  virtual ~PreEnqueuePlugin() = default;
  // Empty when the pod may be queued.
  virtual std::string PreEnqueue(const PodInfo& pod) const = 0;
};

// The order of the active queue. One in a scheduler.
class QueueSortPlugin {
 public:
  virtual ~QueueSortPlugin() = default;
  virtual bool Less(const QueuedPod& a, const QueuedPod& b) const = 0;
};

struct PreFilterResult {
  enum class Action : uint8_t { kRun, kSkip, kReject };
  Action action = Action::kRun;              // kSkip: this plugin has nothing against any node.
  Verdict verdict = Verdict::kUnresolvable;  // Of kReject.
  std::string message;                       // Of kReject.
  bool restricts = false;                    // Only `nodes` come into question.
  std::vector<NodeIndex> nodes;              // Sorted.

  static PreFilterResult Run() { return {}; }
  static PreFilterResult Skip() {
    PreFilterResult result;
    result.action = Action::kSkip;
    return result;
  }
  static PreFilterResult Reject(Verdict verdict, std::string message) {
    PreFilterResult result;
    result.action = Action::kReject;
    result.verdict = verdict;
    result.message = std::move(message);
    return result;
  }
};

// Says which nodes cannot take a pod.
class FilterPlugin {
 public:
  virtual ~FilterPlugin() = default;

  virtual Scope filter_scope() const = 0;
  // Called once a cycle. A plugin of Scope::kNode may restrict or reject, but Filter
  // must work without it.
  virtual PreFilterResult PreFilter(const PodInfo& pod) { return PreFilterResult::Run(); }
  // `reasons` is null when nobody asks why.
  virtual Verdict Filter(const PodInfo& pod, NodeIndex node, Reasons* reasons) const = 0;
  // Takes out of `nodes` those that Filter does not pass.
  virtual void FilterAll(const PodInfo& pod, std::vector<NodeIndex>* nodes) const;

  // What-if (preemption, nominated pods): `other` has come to `node`, or left it,
  // since PreFilter. Undone before the cycle ends.
  virtual void AfterPodAdded(const PodInfo& pod, const PodInfo& other, NodeIndex node) {}
  virtual void AfterPodRemoved(const PodInfo& pod, const PodInfo& other, NodeIndex node) {}

  // Queueing hints: which events can make a pod schedulable that this plugin has
  // rejected, and whether this one could. The default of the second is yes.
  virtual uint32_t events() const { return kAnyEvent; }
  virtual bool MayHelp(const PodInfo& pod, const ClusterEvent& event) const { return true; }
};

struct ScoreUse {
  enum class Action : uint8_t { kRun, kSkip, kUniform };
  Action action = Action::kRun;  // kSkip: 0 for all nodes.
  int64_t score = 0;             // Of kUniform: the final score of every node.

  static ScoreUse Run() { return {}; }
  static ScoreUse Skip() { return {Action::kSkip, 0}; }
  static ScoreUse Uniform(int64_t score) { return {Action::kUniform, score}; }
};

// Says how much it likes each feasible node: 0 to 100 after Normalize.
class ScorePlugin {
 public:
  virtual ~ScorePlugin() = default;

  // Plugins of Scope::kNode do not normalise and have no PreScore.
  virtual Scope score_scope() const = 0;
  // When a plugin of the profile is exclusive, its score alone counts.
  virtual bool exclusive() const { return false; }
  // Whether there is anything to score for this pod, before nodes are known.
  virtual ScoreUse Use(const PodInfo& pod) { return ScoreUse::Run(); }
  virtual void PreScore(const PodInfo& pod, const std::vector<NodeIndex>& feasible) {}
  virtual int64_t Score(const PodInfo& pod, NodeIndex node) const = 0;
  virtual void ScoreAll(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                        int64_t* scores) const;
  virtual void Normalize(const PodInfo& pod, const std::vector<NodeIndex>& nodes,
                         int64_t* scores) const {}
};

// Looks for a remedy when no node is feasible.
class PostFilterPlugin {
 public:
  virtual ~PostFilterPlugin() = default;
  virtual PostFilterResult PostFilter(Engine& engine, const PodInfo& pod,
                                      const Diagnosis& diagnosis) = 0;
};

// Keeps accounts of its own for pods that are placed.
class ReservePlugin {
 public:
  virtual ~ReservePlugin() = default;
  // An error ends the attempt; Unreserve is then called on all that were asked.
  virtual absl::Status Reserve(const PodInfo& pod, NodeIndex node) = 0;
  virtual void Unreserve(const PodInfo& pod, NodeIndex node) = 0;
};

struct PermitResult {
  enum class Action : uint8_t { kAllow, kReject, kWait };
  Action action = Action::kAllow;
  absl::Duration timeout;  // Of kWait.
  std::string message;     // Of kReject.
};

class PermitPlugin {
 public:
  virtual ~PermitPlugin() = default;
  virtual PermitResult Permit(const PodInfo& pod, NodeIndex node) = 0;
};

// The rest runs beside the scheduling loop, one task for each pod. Plugins outlive
// these tasks.
class PreBindPlugin {
 public:
  virtual ~PreBindPlugin() = default;
  virtual rt::Task<absl::Status> PreBind(PodRef pod, std::string node) = 0;
};

class BindPlugin {
 public:
  virtual ~BindPlugin() = default;
  // kUnimplemented: not mine; the next plugin is asked.
  virtual rt::Task<absl::Status> Bind(PodRef pod, std::string node) = 0;
};

class PostBindPlugin {
 public:
  virtual ~PostBindPlugin() = default;
  virtual void PostBind(const PodInfo& pod, const std::string& node) = 0;
};

// How to choose among nodes of the same highest score. The default is a seeded draw.
class TieBreak {
 public:
  virtual ~TieBreak() = default;
  // `best` is not empty, in ascending order.
  virtual NodeIndex Choose(const std::vector<NodeIndex>& best) = 0;
};

// A plugin with the extension points at which it takes part.
struct PluginInstance {
  std::string name;
  std::shared_ptr<void> owner;
  PreEnqueuePlugin* pre_enqueue = nullptr;
  QueueSortPlugin* queue_sort = nullptr;
  FilterPlugin* filter = nullptr;
  PostFilterPlugin* post_filter = nullptr;
  ScorePlugin* score = nullptr;
  ReservePlugin* reserve = nullptr;
  PermitPlugin* permit = nullptr;
  PreBindPlugin* pre_bind = nullptr;
  BindPlugin* bind = nullptr;
  PostBindPlugin* post_bind = nullptr;
  TieBreak* tie_break = nullptr;
  NodeListener* listener = nullptr;  // Of the cluster's nodes and pods.
};

template <typename T>
PluginInstance MakePlugin(absl::string_view name, std::shared_ptr<T> plugin) {
  PluginInstance instance;
  instance.name = std::string(name);
  T* p = plugin.get();
  if constexpr (std::is_base_of_v<PreEnqueuePlugin, T>) instance.pre_enqueue = p;
  if constexpr (std::is_base_of_v<QueueSortPlugin, T>) instance.queue_sort = p;
  if constexpr (std::is_base_of_v<FilterPlugin, T>) instance.filter = p;
  if constexpr (std::is_base_of_v<PostFilterPlugin, T>) instance.post_filter = p;
  if constexpr (std::is_base_of_v<ScorePlugin, T>) instance.score = p;
  if constexpr (std::is_base_of_v<ReservePlugin, T>) instance.reserve = p;
  if constexpr (std::is_base_of_v<PermitPlugin, T>) instance.permit = p;
  if constexpr (std::is_base_of_v<PreBindPlugin, T>) instance.pre_bind = p;
  if constexpr (std::is_base_of_v<BindPlugin, T>) instance.bind = p;
  if constexpr (std::is_base_of_v<PostBindPlugin, T>) instance.post_bind = p;
  if constexpr (std::is_base_of_v<TieBreak, T>) instance.tie_break = p;
  if constexpr (std::is_base_of_v<NodeListener, T>) instance.listener = p;
  instance.owner = std::move(plugin);
  return instance;
}

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_FRAMEWORK_H_

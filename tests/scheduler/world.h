// A small cluster to try the scheduler's plugins on, without API objects: nodes and
// pods are written down in a line or two.
#ifndef DRYDOCK_TESTS_SCHEDULER_WORLD_H_
#define DRYDOCK_TESTS_SCHEDULER_WORLD_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/rt/check.h"
#include "src/scheduler/engine.h"

namespace drydock::scheduler {

class World {
 public:
  static constexpr int64_t kMi = 1024 * 1024;
  static constexpr int64_t kGi = 1024 * kMi;

  // 4 CPUs, 32 GiB, 110 pods and a hostname label, then what `edit` makes of it.
  void AddNode(const std::string& name, const std::function<void(NodeSpec&)>& edit = {}) {
    NodeSpec spec;
    spec.name = name;
    spec.allocatable.cpu_millis = 4000;
    spec.allocatable.memory = 32 * kGi;
    spec.allowed_pods = 110;
    Label(spec, "kubernetes.io/hostname", name);
    if (edit) edit(spec);
    std::sort(spec.labels.begin(), spec.labels.end());
    cluster.nodes.SetNode(std::move(spec));
  }
  void AddNode(const std::string& name, int64_t cpu_millis, int64_t memory) {
    AddNode(name, [&](NodeSpec& spec) {
      spec.allocatable.cpu_millis = cpu_millis;
      spec.allocatable.memory = memory;
    });
  }
  void AddZoned(const std::string& name, const std::string& zone) {
    AddNode(name, [&](NodeSpec& spec) { Label(spec, "topology.kubernetes.io/zone", zone); });
  }
  void Label(NodeSpec& spec, const std::string& key, const std::string& value) {
    spec.labels.emplace_back(cluster.symbols.Intern(key), cluster.symbols.Intern(value));
  }

  // A pod of a new shape in namespace "default"; requests count for non-zero ones too.
  PodRef NewPod(const std::string& name, const std::function<void(PodShape&)>& edit = {}) {
    auto shape = rt::MakeRef<PodShape>();
    shape->key = absl::StrCat("shape-", ++shapes_);
    shape->ns = "default";
    shape->container_count = 1;
    if (edit) edit(*shape);
    if (shape->nonzero_cpu == 0) {
      shape->nonzero_cpu = shape->requests.cpu_millis == 0 ? 100 : shape->requests.cpu_millis;
    }
    if (shape->nonzero_memory == 0) {
      shape->nonzero_memory = shape->requests.memory == 0 ? 200 * kMi : shape->requests.memory;
    }
    std::sort(shape->labels.begin(), shape->labels.end());
    return Replica(FileShape(cluster, std::move(shape)), name);
  }
  PodRef NewPod(const std::string& name, int64_t cpu_millis, int64_t memory) {
    return NewPod(name, [&](PodShape& shape) {
      shape.requests.cpu_millis = cpu_millis;
      shape.requests.memory = memory;
    });
  }
  PodRef Replica(rt::Ref<const PodShape> shape, const std::string& name) {
    auto pod = rt::MakeRef<PodInfo>();
    pod->shape = std::move(shape);
    pod->name = name;
    pod->uid = absl::StrCat("uid-", name);
    return pod;
  }
  PodRef Place(const PodRef& pod, const std::string& node) {
    cluster.nodes.AddPod(pod, node);
    return pod;
  }

  static LabelSelector Match(const std::string& key, const std::string& value) {
    return LabelSelector{{LabelRequirement{key, SelectorOp::kIn, {value}}}, false};
  }
  rt::Ref<AffinityTerm> Term(LabelSelector selector, const std::string& topology_key) {
    return cluster.counts.Term(PodCondition{{"default"}, std::nullopt, std::move(selector)},
                               cluster.symbols.Intern(topology_key));
  }
  SpreadConstraint Spread(LabelSelector selector, const std::string& topology_key, int max_skew,
                          bool required) {
    SpreadConstraint constraint;
    constraint.max_skew = max_skew;
    constraint.topology_key = cluster.symbols.Intern(topology_key);
    constraint.is_hostname = topology_key == "kubernetes.io/hostname";
    constraint.required = required;
    constraint.selector = std::move(selector);
    return constraint;
  }

  // The engine; with the default profile unless a test sets `profile` first.
  Engine& engine() {
    if (!engine_) {
      auto made = MakeProfile(profile, registry, {cluster, rt::Random(1, "plugins")});
      DRYDOCK_CHECK(made.ok(), made.status().ToString());
      engine_ =
          std::make_unique<Engine>(cluster, *std::move(made), nominations, rt::Random(1, "ties"));
    }
    return *engine_;
  }
  // Where the pod would go; "" when nowhere.
  std::string Where(const PodRef& pod) {
    const Decision decision = engine().Schedule(*pod);
    return decision.node == kNoNode ? "" : cluster.nodes.name(decision.node);
  }
  // Schedules and assumes.
  std::string Run(const PodRef& pod) {
    const Decision decision = engine().Schedule(*pod);
    if (decision.node == kNoNode) return "";
    DRYDOCK_CHECK(engine().Assume(pod, decision.node).ok());
    return cluster.nodes.name(decision.node);
  }
  // "Fit: Insufficient cpu" or "" when the node is feasible.
  std::string Why(const PodRef& pod, const std::string& node) {
    for (const Explanation::Node& told : engine().Explain(*pod).nodes) {
      if (told.name != node || told.rejected_by.empty()) continue;
      std::string text = told.rejected_by + ":";
      for (const std::string& reason : told.reasons) absl::StrAppend(&text, " ", reason);
      return text;
    }
    return "";
  }
  // A plugin's score after normalisation; -1 when it gave none.
  int64_t ScoreOf(const PodRef& pod, const std::string& node, const std::string& plugin) {
    for (const Explanation::Node& told : engine().Explain(*pod).nodes) {
      if (told.name != node) continue;
      for (const Explanation::Score& score : told.scores) {
        if (score.plugin == plugin) return score.normalized;
      }
    }
    return -1;
  }
  std::string Message(const PodRef& pod) {
    if (engine().Schedule(*pod).node != kNoNode) return "";
    return engine().diagnosis().Message();
  }

  Cluster cluster;
  Nominations nominations;
  PluginRegistry registry = PluginRegistry::Builtin();
  ProfileConfig profile = DefaultProfile();

 private:
  int shapes_ = 0;
  std::unique_ptr<Engine> engine_;
};

}  // namespace drydock::scheduler

#endif  // DRYDOCK_TESTS_SCHEDULER_WORLD_H_

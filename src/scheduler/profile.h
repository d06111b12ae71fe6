// A scheduler profile: which plugins take part, in which order, with which weights;
// and the table of the plugins that there are.
#ifndef DRYDOCK_SRC_SCHEDULER_PROFILE_H_
#define DRYDOCK_SRC_SCHEDULER_PROFILE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/rt/random.h"
#include "src/scheduler/cluster.h"
#include "src/scheduler/framework.h"
#include "src/scheduler/plugin_args.h"

namespace drydock::scheduler {

// A plugin that is switched on. A plugin takes part at all of its extension points
// unless `disabled_points` names some ("filter", "score", ...).
struct PluginChoice {
  std::string name;
  int64_t weight = 1;  // Of its score.
  std::vector<std::string> disabled_points;
};

struct ProfileConfig {
  std::string scheduler_name = "default-scheduler";
  std::vector<PluginChoice> plugins;  // In the order in which they are asked.
  PluginArgs args;
  // Absent: all nodes are looked at. 0: Kubernetes' adaptive sampling. 1 to 100: that
  // share of the nodes, but at least 100.
  std::optional<int> percentage_of_nodes_to_score;
};

// Kubernetes' default profile.
ProfileConfig DefaultProfile();

// What a plugin is made from. All of it outlives the plugin.
struct PluginContext {
  Cluster& cluster;
  rt::Random random;
  BindPlugin* binder = nullptr;  // What DefaultBinder binds through; null in the pure core.
};

using PluginFactory = std::function<absl::StatusOr<PluginInstance>(const PluginArgs& args,
                                                                   const PluginContext& context)>;

// The plugins by name. Copy Builtin() and add to it.
class PluginRegistry {
 public:
  static PluginRegistry Builtin();
  // Replaces one of the same name.
  void Add(std::string name, PluginFactory factory);
  const PluginFactory* Find(absl::string_view name) const;

 private:
  std::vector<std::pair<std::string, PluginFactory>> factories_;
};

struct WeightedScore {
  std::string name;
  ScorePlugin* plugin = nullptr;
  int64_t weight = 1;
};

template <typename T>
struct Named {
  std::string name;
  T* plugin = nullptr;
};

// The plugins of a profile, made.
struct Profile {
  ProfileConfig config;
  std::vector<PluginInstance> plugins;
  std::vector<Named<PreEnqueuePlugin>> pre_enqueue;
  QueueSortPlugin* queue_sort = nullptr;
  std::vector<Named<FilterPlugin>> filters;
  std::vector<Named<PostFilterPlugin>> post_filters;
  std::vector<WeightedScore> scores;  // Those that count: the exclusive one, if any.
  std::vector<Named<ReservePlugin>> reserves;
  std::vector<Named<PermitPlugin>> permits;
  std::vector<Named<PreBindPlugin>> pre_binds;
  std::vector<Named<BindPlugin>> binds;
  std::vector<Named<PostBindPlugin>> post_binds;
  TieBreak* tie_break = nullptr;
};

absl::StatusOr<Profile> MakeProfile(ProfileConfig config, const PluginRegistry& registry,
                                    const PluginContext& context);

}  // namespace drydock::scheduler

#endif  // DRYDOCK_SRC_SCHEDULER_PROFILE_H_

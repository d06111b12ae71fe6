// How a profile is put together from its configuration.
#include "src/scheduler/profile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace drydock::scheduler {

ProfileConfig DefaultProfile() {
  ProfileConfig config;
  const auto add = [&config](const char* name, int64_t weight) {
    config.plugins.push_back({name, weight, {}});
  };
  add("SchedulingGates", 1);
  add("PrioritySort", 1);
  add("NodeUnschedulable", 1);
  add("NodeName", 1);
  add("TaintToleration", 3);
  add("NodeAffinity", 2);
  add("NodePorts", 1);
  add("NodeResourcesFit", 1);
  add("PodTopologySpread", 2);
  add("InterPodAffinity", 2);
  add("DefaultPreemption", 1);
  add("NodeResourcesBalancedAllocation", 1);
  add("ImageLocality", 1);
  add("DefaultBinder", 1);
  return config;
}

void PluginRegistry::Add(std::string name, PluginFactory factory) {
  for (auto& [known, made_by] : factories_) {
    if (known == name) {
      made_by = std::move(factory);
      return;
    }
  }
  factories_.emplace_back(std::move(name), std::move(factory));
}

const PluginFactory* PluginRegistry::Find(absl::string_view name) const {
  for (const auto& [known, factory] : factories_) {
    if (known == name) return &factory;
  }
  return nullptr;
}

absl::StatusOr<Profile> MakeProfile(ProfileConfig config, const PluginRegistry& registry,
                                    const PluginContext& context) {
  Profile profile;
  for (const PluginChoice& choice : config.plugins) {
    const PluginFactory* factory = registry.Find(choice.name);
    if (factory == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("profile ", config.scheduler_name, ": unknown plugin ", choice.name));
    }
    PluginContext own = context;
    own.random = context.random.Fork(absl::StrCat(config.scheduler_name, "/", choice.name));
    absl::StatusOr<PluginInstance> made = (*factory)(config.args, own);
    if (!made.ok()) {
      return absl::Status(made.status().code(),
                          absl::StrCat("profile ", config.scheduler_name, ": plugin ", choice.name,
                                       ": ", made.status().message()));
    }
    const auto on = [&choice](absl::string_view point) {
      return std::find(choice.disabled_points.begin(), choice.disabled_points.end(), point) ==
             choice.disabled_points.end();
    };
    const std::string& name = choice.name;
    if (made->pre_enqueue != nullptr && on("preEnqueue")) {
      profile.pre_enqueue.push_back({name, made->pre_enqueue});
    }
    if (made->queue_sort != nullptr && on("queueSort")) profile.queue_sort = made->queue_sort;
    if (made->filter != nullptr && on("filter")) profile.filters.push_back({name, made->filter});
    if (made->post_filter != nullptr && on("postFilter")) {
      profile.post_filters.push_back({name, made->post_filter});
    }
    if (made->score != nullptr && on("score")) {
      profile.scores.push_back({name, made->score, choice.weight});
    }
    if (made->reserve != nullptr && on("reserve")) {
      profile.reserves.push_back({name, made->reserve});
    }
    if (made->permit != nullptr && on("permit")) profile.permits.push_back({name, made->permit});
    if (made->pre_bind != nullptr && on("preBind")) {
      profile.pre_binds.push_back({name, made->pre_bind});
    }
    if (made->bind != nullptr && on("bind")) profile.binds.push_back({name, made->bind});
    if (made->post_bind != nullptr && on("postBind")) {
      profile.post_binds.push_back({name, made->post_bind});
    }
    if (made->tie_break != nullptr) profile.tie_break = made->tie_break;
    profile.plugins.push_back(*std::move(made));
  }
  const auto exclusive =
      std::find_if(profile.scores.begin(), profile.scores.end(),
                   [](const WeightedScore& score) { return score.plugin->exclusive(); });
  if (exclusive != profile.scores.end()) profile.scores = {WeightedScore(*exclusive)};
  profile.config = std::move(config);
  return profile;
}

}  // namespace drydock::scheduler

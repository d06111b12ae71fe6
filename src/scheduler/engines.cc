// Making the engines.
#include "src/scheduler/engines.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace drydock::scheduler {

absl::StatusOr<Engines> Engines::Make(const SchedulerConfig& config, const PluginRegistry& registry,
                                      const PluginContext& context,
                                      const Nominations& nominations) {
  Engines engines;
  for (const ProfileConfig& from : config.profiles) {
    const std::string& name = from.scheduler_name;
    PluginContext own = context;
    own.random = context.random.Fork("plugins");
    absl::StatusOr<Profile> profile = MakeProfile(from, registry, own);
    if (!profile.ok()) return profile.status();
    if (engines.by_name_.contains(name)) {
      return absl::InvalidArgumentError(absl::StrCat("two profiles of the name ", name));
    }
    if (profile->queue_sort == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("profile ", name, ": no queue sort plugin"));
    }
    if (profile->binds.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("profile ", name, ": no bind plugin"));
    }
    if (engines.queue_sort_ == nullptr) engines.queue_sort_ = profile->queue_sort;
    engines.by_name_[name] =
        std::make_unique<Engine>(context.cluster, *std::move(profile), nominations,
                                 context.random.Fork(absl::StrCat("ties/", name)));
  }
  return engines;
}

absl::Status CheckConfig(const SchedulerConfig& config, const PluginRegistry& registry) {
  Cluster cluster;
  const Nominations nominations;
  return Engines::Make(config, registry, {cluster, rt::Random(0, "check")}, nominations).status();
}

std::string RunPreEnqueue(const Profile& profile, const PodInfo& pod) {
  for (const Named<PreEnqueuePlugin>& plugin : profile.pre_enqueue) {
    std::string why = plugin.plugin->PreEnqueue(pod);
    if (!why.empty()) return why;
  }
  return "";
}

}  // namespace drydock::scheduler

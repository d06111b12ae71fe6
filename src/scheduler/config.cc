// Reading KubeSchedulerConfiguration and merging it with the defaults.
#include "src/scheduler/config.h"

#include <algorithm>
#include <string>
#include <utility>

#include "src/scheduler/config_reader.h"
#include "src/scheduler/policy/language.h"

namespace drydock::scheduler {
namespace {

constexpr const char* kPoints[] = {"queueSort",  "preEnqueue", "preFilter", "filter",
                                   "postFilter", "preScore",   "score",     "reserve",
                                   "permit",     "preBind",    "bind",      "postBind"};
// The engine runs these with the point that follows them.
constexpr const char* kJoined[][2] = {{"preFilter", "filter"}, {"preScore", "score"}};
constexpr int64_t kMaxWeight = 1000000;

struct EnabledPlugin {
  std::string name;
  int64_t weight = 0;  // 0: not said.
};

struct PluginSet {
  std::vector<EnabledPlugin> enabled;
  std::vector<std::string> disabled;

  bool Disables(const std::string& name) const {
    return std::find(disabled.begin(), disabled.end(), name) != disabled.end() ||
           std::find(disabled.begin(), disabled.end(), "*") != disabled.end();
  }
  const EnabledPlugin* Enables(const std::string& name) const {
    for (const EnabledPlugin& plugin : enabled) {
      if (plugin.name == name) return &plugin;
    }
    return nullptr;
  }
};

PluginSet ReadSet(ConfigReader& plugins, const std::string& point, const PluginRegistry* registry) {
  PluginSet set;
  const api::Value* value = plugins.Find(point);
  if (value == nullptr) return set;
  ConfigReader reader(*value, plugins.PathOf(point), plugins.problems());
  reader.List("enabled", [&](const api::Value& item, const std::string& path) {
    ConfigReader plugin(item, path, plugins.problems());
    EnabledPlugin enabled;
    enabled.name = plugin.String("name", "");
    if (enabled.name.empty()) {
      plugin.Fail(item, path, "name: required");
    } else if (registry != nullptr && registry->Find(enabled.name) == nullptr) {
      plugin.Fail(item, path + ".name", absl::StrCat("there is no plugin ", enabled.name));
    }
    enabled.weight = plugin.Int("weight", 0, kMaxWeight).value_or(0);
    set.enabled.push_back(std::move(enabled));
  });
  reader.List("disabled", [&](const api::Value& item, const std::string& path) {
    ConfigReader plugin(item, path, plugins.problems());
    plugin.Ignore("weight");
    set.disabled.push_back(plugin.String("name", ""));
  });
  return set;
}

PluginChoice* FindChoice(std::vector<PluginChoice>& choices, const std::string& name) {
  for (PluginChoice& choice : choices) {
    if (choice.name == name) return &choice;
  }
  return nullptr;
}

void Drop(const std::string& point, std::vector<std::string>* points) {
  points->erase(std::remove(points->begin(), points->end(), point), points->end());
}

// One extension point's own list on top of what multiPoint gives.
void ApplyPoint(const std::string& point, const PluginSet& set,
                std::vector<PluginChoice>* choices) {
  for (PluginChoice& choice : *choices) {
    if (set.Disables(choice.name) && set.Enables(choice.name) == nullptr) {
      choice.disabled_points.push_back(point);
    }
  }
  for (const EnabledPlugin& enabled : set.enabled) {
    PluginChoice* choice = FindChoice(*choices, enabled.name);
    if (choice == nullptr) {
      // Enabled at this point alone.
      choices->push_back({enabled.name, 1, {}});
      choice = &choices->back();
      choice->disabled_points.assign(std::begin(kPoints), std::end(kPoints));
      for (const auto& [early, late] : kJoined) {
        if (point == late) Drop(early, &choice->disabled_points);
      }
    }
    Drop(point, &choice->disabled_points);
    if (enabled.weight > 0) choice->weight = enabled.weight;
  }
}

void ReadPlugins(ConfigReader& profile, const PluginRegistry* registry,
                 std::vector<PluginChoice>* choices) {
  const api::Value* value = profile.Find("plugins");
  if (value == nullptr) return;
  ConfigReader plugins(*value, profile.PathOf("plugins"), profile.problems());

  const PluginSet multi = ReadSet(plugins, "multiPoint", registry);
  std::vector<PluginChoice> merged;
  for (const PluginChoice& choice : *choices) {
    const EnabledPlugin* enabled = multi.Enables(choice.name);
    if (multi.Disables(choice.name)) continue;
    merged.push_back(choice);
    if (enabled != nullptr && enabled->weight > 0) merged.back().weight = enabled->weight;
  }
  for (const EnabledPlugin& enabled : multi.enabled) {
    if (FindChoice(merged, enabled.name) != nullptr) continue;
    merged.push_back({enabled.name, std::max<int64_t>(enabled.weight, 1), {}});
  }
  std::vector<std::pair<std::string, PluginSet>> sets;
  for (const char* point : kPoints) {
    sets.emplace_back(point, ReadSet(plugins, point, registry));
  }
  for (const auto& [point, set] : sets) ApplyPoint(point, set, &merged);
  for (const auto& [early, late] : kJoined) {
    for (const PluginChoice& choice : merged) {
      const auto off = [&choice](const char* point) {
        return std::find(choice.disabled_points.begin(), choice.disabled_points.end(), point) !=
               choice.disabled_points.end();
      };
      if (off(early) && !off(late)) {
        plugins.Fail(*value, plugins.PathOf(early),
                     absl::StrCat(choice.name, " cannot be disabled here and enabled in ", late));
      }
    }
  }
  *choices = std::move(merged);
}

std::vector<ResourceWeight> ReadResources(ConfigReader& args,
                                          std::vector<ResourceWeight> otherwise) {
  std::vector<ResourceWeight> resources;
  args.List("resources", [&](const api::Value& item, const std::string& path) {
    ConfigReader reader(item, path, args.problems());
    ResourceWeight resource;
    resource.name = reader.String("name", "");
    if (resource.name.empty()) reader.Fail(item, path, "name: required");
    resource.weight = reader.Int("weight", 1, 100).value_or(1);
    resources.push_back(std::move(resource));
  });
  return resources.empty() ? otherwise : resources;
}

void ReadFitArgs(ConfigReader& args, NodeResourcesFitArgs* fit) {
  fit->ignored_resources = args.Strings("ignoredResources");
  fit->ignored_resource_groups = args.Strings("ignoredResourceGroups");
  const api::Value* value = args.Find("scoringStrategy");
  if (value == nullptr) return;
  ConfigReader strategy(*value, args.PathOf("scoringStrategy"), args.problems());
  const std::string type = strategy.String("type", "LeastAllocated");
  fit->resources = ReadResources(strategy, fit->resources);
  if (type == "LeastAllocated") {
    fit->strategy = ScoringStrategy::kLeastAllocated;
  } else if (type == "MostAllocated") {
    fit->strategy = ScoringStrategy::kMostAllocated;
  } else if (type == "RequestedToCapacityRatio") {
    fit->strategy = ScoringStrategy::kRequestedToCapacityRatio;
  } else {
    strategy.Fail(*value, strategy.PathOf("type"),
                  "expected LeastAllocated, MostAllocated or RequestedToCapacityRatio");
  }
  const api::Value* ratio = strategy.Find("requestedToCapacityRatio");
  if (ratio != nullptr) {
    ConfigReader reader(*ratio, strategy.PathOf("requestedToCapacityRatio"), args.problems());
    reader.List("shape", [&](const api::Value& item, const std::string& path) {
      ConfigReader point(item, path, args.problems());
      UtilizationPoint read;
      read.utilization = point.Int("utilization", 0, 100).value_or(0);
      read.score = point.Int("score", 0, 10).value_or(0);
      if (!fit->shape.empty() && read.utilization <= fit->shape.back().utilization) {
        point.Fail(item, path, "utilization: must be higher than that of the point before");
      }
      fit->shape.push_back(read);
    });
  }
  if (fit->strategy == ScoringStrategy::kRequestedToCapacityRatio && fit->shape.empty()) {
    strategy.Fail(*value, strategy.PathOf("requestedToCapacityRatio.shape"),
                  "required: at least one point");
  }
}

SelectorOp ReadOp(ConfigReader& reader, const api::Value& item, const std::string& path) {
  constexpr std::pair<const char*, SelectorOp> kOps[] = {
      {"In", SelectorOp::kIn},         {"NotIn", SelectorOp::kNotIn},
      {"Exists", SelectorOp::kExists}, {"DoesNotExist", SelectorOp::kDoesNotExist},
      {"Gt", SelectorOp::kGt},         {"Lt", SelectorOp::kLt}};
  const std::string name = reader.String("operator", "");
  for (const auto& [known, op] : kOps) {
    if (name == known) return op;
  }
  reader.Fail(item, path, "operator: expected In, NotIn, Exists, DoesNotExist, Gt or Lt");
  return SelectorOp::kIn;
}

TextNodeTerm ReadTerm(const api::Value& value, const std::string& path,
                      ConfigReader::Problems* problems) {
  TextNodeTerm term;
  ConfigReader reader(value, path, problems);
  const auto read = [&](const char* name, std::vector<LabelRequirement>* requirements) {
    reader.List(name, [&](const api::Value& item, const std::string& at) {
      ConfigReader one(item, at, problems);
      LabelRequirement requirement;
      requirement.key = one.String("key", "");
      requirement.op = ReadOp(one, item, at);
      requirement.values = one.Strings("values");
      requirements->push_back(std::move(requirement));
    });
  };
  read("matchExpressions", &term.expressions);
  read("matchFields", &term.fields);
  return term;
}

void ReadNodeAffinityArgs(ConfigReader& args, NodeAffinityArgs* affinity) {
  const api::Value* value = args.Find("addedAffinity");
  if (value == nullptr) return;
  ConfigReader added(*value, args.PathOf("addedAffinity"), args.problems());
  constexpr char kRequired[] = "requiredDuringSchedulingIgnoredDuringExecution";
  constexpr char kPreferred[] = "preferredDuringSchedulingIgnoredDuringExecution";
  if (const api::Value* required = added.Find(kRequired); required != nullptr) {
    affinity->has_added_required = true;
    ConfigReader reader(*required, added.PathOf(kRequired), args.problems());
    reader.List("nodeSelectorTerms", [&](const api::Value& item, const std::string& path) {
      affinity->added_required.push_back(ReadTerm(item, path, args.problems()));
    });
  }
  added.List(kPreferred, [&](const api::Value& item, const std::string& path) {
    ConfigReader reader(item, path, args.problems());
    const auto weight = static_cast<int32_t>(reader.Int("weight", 1, 100).value_or(1));
    const api::Value* preference = reader.Find("preference");
    if (preference == nullptr) {
      reader.Fail(item, path, "preference: required");
      return;
    }
    affinity->added_preferred.emplace_back(
        weight, ReadTerm(*preference, reader.PathOf("preference"), args.problems()));
  });
}

void ReadSpreadArgs(ConfigReader& args, PodTopologySpreadArgs* spread) {
  const std::string type = args.String("defaultingType", "System");
  if (type != "System" && type != "List") {
    args.Fail(args.value(), args.PathOf("defaultingType"), "expected System or List");
  }
  spread->system_defaulted = type == "System";
  args.List("defaultConstraints", [&](const api::Value& item, const std::string& path) {
    ConfigReader reader(item, path, args.problems());
    DefaultSpreadConstraint constraint;
    constraint.max_skew = static_cast<int32_t>(reader.Int("maxSkew", 1, 1 << 30).value_or(1));
    constraint.topology_key = reader.String("topologyKey", "");
    if (constraint.topology_key.empty()) reader.Fail(item, path, "topologyKey: required");
    const std::string when = reader.String("whenUnsatisfiable", "");
    if (when != "DoNotSchedule" && when != "ScheduleAnyway") {
      reader.Fail(item, path, "whenUnsatisfiable: expected DoNotSchedule or ScheduleAnyway");
    }
    constraint.required = when == "DoNotSchedule";
    spread->default_constraints.push_back(std::move(constraint));
  });
  if (spread->system_defaulted && !spread->default_constraints.empty()) {
    args.Fail(args.value(), args.PathOf("defaultConstraints"),
              "must be empty when defaultingType is System");
  }
}

// Expressions are compiled here too, so that what is wrong with them is told with its place.
void ReadExpressionArgs(ConfigReader& args, ExpressionArgs* expression) {
  const auto read = [&](const std::string& name, policy::Use use) {
    std::string source = args.String(name, "");
    if (source.empty()) return source;
    const absl::StatusOr<cel::Program> program = policy::Compile(source, use);
    if (!program.ok()) {
      args.Fail(*args.Find(name), args.PathOf(name), std::string(program.status().message()));
    }
    return source;
  };
  expression->filter = read("filter", policy::Use::kFilter);
  expression->score = read("score", policy::Use::kScore);
  expression->reason = args.String("reason", "");
  expression->normalize = args.Bool("normalize", false);
  if (expression->filter.empty() && expression->score.empty()) {
    args.Fail(args.value(), args.PathOf("score"), "expected a score, a filter or both");
  }
  if (expression->filter.empty() && !expression->reason.empty()) {
    args.Fail(*args.Find("reason"), args.PathOf("reason"),
              "is that of a filter, and there is none");
  }
  if (expression->score.empty() && expression->normalize) {
    args.Fail(*args.Find("normalize"), args.PathOf("normalize"),
              "is of a score, and there is none");
  }
}

void CollectParameters(const api::Value& value, const std::string& name,
                       std::vector<std::pair<std::string, std::string>>* parameters) {
  switch (value.type()) {
    case api::Value::Type::kObject:
      for (const api::Value::Member& member : value.members()) {
        CollectParameters(member.value, absl::StrCat(name, ".", member.key), parameters);
      }
      break;
    case api::Value::Type::kArray:
      for (size_t i = 0; i < value.items().size(); ++i) {
        CollectParameters(value.items()[i], absl::StrCat(name, ".", i), parameters);
      }
      break;
    case api::Value::Type::kBool:
      parameters->emplace_back(name, value.flag() ? "true" : "false");
      break;
    case api::Value::Type::kNull:
      break;
    case api::Value::Type::kNumber:
    case api::Value::Type::kString:
      parameters->emplace_back(name, value.text());
      break;
  }
}

void ReadArgs(const std::string& name, const api::Value& value, const std::string& path,
              ConfigReader::Problems* problems, PluginArgs* all) {
  const bool known = name == "NodeResourcesFit" || name == "NodeResourcesBalancedAllocation" ||
                     name == "NodeAffinity" || name == "PodTopologySpread" ||
                     name == "InterPodAffinity" || name == "DefaultPreemption" ||
                     name == "Expression";
  if (!known) {
    CollectParameters(value, name, &all->parameters);
    return;
  }
  ConfigReader args(value, path, problems);
  args.Ignore("apiVersion");
  args.Ignore("kind");
  if (name == "NodeResourcesFit") {
    ReadFitArgs(args, &all->node_resources_fit);
  } else if (name == "NodeResourcesBalancedAllocation") {
    all->balanced_allocation.resources = ReadResources(args, all->balanced_allocation.resources);
    for (const ResourceWeight& resource : all->balanced_allocation.resources) {
      if (resource.weight == 1) continue;
      args.Fail(value, args.PathOf("resources"),
                absl::StrCat("resource weight of ", resource.name, " should be 1, got ",
                             resource.weight));
    }
  } else if (name == "NodeAffinity") {
    ReadNodeAffinityArgs(args, &all->node_affinity);
  } else if (name == "PodTopologySpread") {
    ReadSpreadArgs(args, &all->pod_topology_spread);
  } else if (name == "InterPodAffinity") {
    InterPodAffinityArgs& affinity = all->inter_pod_affinity;
    affinity.hard_pod_affinity_weight =
        static_cast<int32_t>(args.Int("hardPodAffinityWeight", 0, 100).value_or(1));
    affinity.ignore_preferred_terms_of_existing_pods =
        args.Bool("ignorePreferredTermsOfExistingPods", false);
  } else if (name == "Expression") {
    ReadExpressionArgs(args, &all->expression);
  } else {
    DefaultPreemptionArgs& preemption = all->default_preemption;
    preemption.min_candidate_nodes_percentage =
        static_cast<int32_t>(args.Int("minCandidateNodesPercentage", 0, 100).value_or(10));
    preemption.min_candidate_nodes_absolute =
        static_cast<int32_t>(args.Int("minCandidateNodesAbsolute", 0, 1 << 30).value_or(100));
  }
}

ProfileConfig ReadProfile(const api::Value& value, const std::string& path,
                          const PluginRegistry* registry, ConfigReader::Problems* problems) {
  ProfileConfig profile = DefaultProfile();
  ConfigReader reader(value, path, problems);
  profile.scheduler_name = reader.String("schedulerName", profile.scheduler_name);
  if (const auto percentage = reader.Int("percentageOfNodesToScore", 0, 100)) {
    profile.percentage_of_nodes_to_score = static_cast<int>(*percentage);
  }
  ReadPlugins(reader, registry, &profile.plugins);
  reader.List("pluginConfig", [&](const api::Value& item, const std::string& at) {
    ConfigReader config(item, at, problems);
    const std::string name = config.String("name", "");
    if (name.empty()) config.Fail(item, at, "name: required");
    if (const api::Value* args = config.Find("args"); args != nullptr) {
      ReadArgs(name, *args, config.PathOf("args"), problems, &profile.args);
    }
  });
  return profile;
}

}  // namespace

absl::StatusOr<SchedulerConfig> ParseSchedulerConfig(const api::Value& tree,
                                                     const PluginRegistry* registry) {
  SchedulerConfig config;
  ConfigReader::Problems problems;
  {
    ConfigReader reader(tree, "", &problems);
    if (reader.String("apiVersion", "") != "kubescheduler.config.k8s.io/v1") {
      reader.Fail(tree, "apiVersion", "expected kubescheduler.config.k8s.io/v1");
    }
    if (reader.String("kind", "") != "KubeSchedulerConfiguration") {
      reader.Fail(tree, "kind", "expected KubeSchedulerConfiguration");
    }
    for (const char* ignored : {"parallelism", "leaderElection", "clientConnection",
                                "healthzBindAddress", "metricsBindAddress", "enableProfiling",
                                "enableContentionProfiling", "delayCacheUntilActive"}) {
      reader.Ignore(ignored);
    }
    if (const api::Value* extenders = reader.Find("extenders");
        extenders != nullptr && !extenders->items().empty()) {
      reader.Fail(*extenders, "extenders", "extenders are not supported");
    }
    const auto percentage = reader.Int("percentageOfNodesToScore", 0, 100);
    config.pod_initial_backoff =
        absl::Seconds(reader.Int("podInitialBackoffSeconds", 1, 1 << 30).value_or(1));
    config.pod_max_backoff =
        absl::Seconds(reader.Int("podMaxBackoffSeconds", 1, 1 << 30).value_or(10));
    if (config.pod_max_backoff < config.pod_initial_backoff) {
      reader.Fail(tree, "podMaxBackoffSeconds", "must not be below podInitialBackoffSeconds");
    }
    std::vector<ProfileConfig> profiles;
    reader.List("profiles", [&](const api::Value& item, const std::string& path) {
      profiles.push_back(ReadProfile(item, path, registry, &problems));
      for (size_t i = 0; i + 1 < profiles.size(); ++i) {
        if (profiles[i].scheduler_name != profiles.back().scheduler_name) continue;
        reader.Fail(item, path + ".schedulerName",
                    absl::StrCat("another profile has the name ", profiles[i].scheduler_name));
      }
    });
    if (!profiles.empty()) config.profiles = std::move(profiles);
    for (ProfileConfig& profile : config.profiles) {
      if (percentage.has_value() && !profile.percentage_of_nodes_to_score.has_value()) {
        profile.percentage_of_nodes_to_score = static_cast<int>(*percentage);
      }
    }
  }
  if (!problems.empty()) return api::ToStatus(problems);
  return config;
}

}  // namespace drydock::scheduler

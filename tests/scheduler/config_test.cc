// KubeSchedulerConfiguration: merging with the defaults, arguments, and strictness.
#include "src/scheduler/config.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "src/api/codec/yaml.h"

namespace drydock::scheduler {
namespace {

absl::StatusOr<SchedulerConfig> Read(const std::string& body) {
  const auto documents = api::ParseYaml(absl::StrCat(
      "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n", body));
  if (!documents.ok()) return documents.status();
  return ParseSchedulerConfig(documents->front());
}

const PluginChoice* Find(const ProfileConfig& profile, const std::string& name) {
  for (const PluginChoice& choice : profile.plugins) {
    if (choice.name == name) return &choice;
  }
  return nullptr;
}

std::string ErrorOf(const std::string& body) { return std::string(Read(body).status().message()); }

TEST(SchedulerConfig, IsTheDefaultProfileWhenNothingIsSaid) {
  const auto config = Read("parallelism: 16\nleaderElection: {leaderElect: true}\n");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->profiles.size(), 1u);
  EXPECT_EQ(config->profiles[0].plugins.size(), DefaultProfile().plugins.size());
  EXPECT_FALSE(config->profiles[0].percentage_of_nodes_to_score.has_value());
}

TEST(SchedulerConfig, MergesMultiPointWithTheDefaults) {
  const auto config = Read(R"(profiles:
- schedulerName: packing
  plugins:
    multiPoint:
      enabled:
      - {name: Extra, weight: 7}
      - {name: NodeAffinity, weight: 5}
      disabled:
      - {name: ImageLocality}
)");
  ASSERT_TRUE(config.ok()) << config.status();
  const ProfileConfig& profile = config->profiles[0];
  EXPECT_EQ(profile.scheduler_name, "packing");
  EXPECT_EQ(Find(profile, "ImageLocality"), nullptr);
  EXPECT_EQ(Find(profile, "NodeAffinity")->weight, 5);
  EXPECT_EQ(Find(profile, "TaintToleration")->weight, 3);
  EXPECT_EQ(profile.plugins.back().name, "Extra");
  EXPECT_EQ(profile.plugins.back().weight, 7);
}

TEST(SchedulerConfig, ReplacesAllPluginsOfAPointWithAStar) {
  const auto config = Read(R"(profiles:
- plugins:
    preScore: {disabled: [{name: '*'}]}
    score:
      disabled: [{name: '*'}]
      enabled: [{name: NodeResourcesFit, weight: 4}]
)");
  ASSERT_FALSE(config.ok());
  EXPECT_NE(config.status().message().find(
                "NodeResourcesFit cannot be disabled here and enabled in score"),
            absl::string_view::npos)
      << config.status();
  const auto score_only = Read(R"(profiles:
- plugins:
    score:
      disabled: [{name: '*'}]
      enabled: [{name: NodeResourcesFit, weight: 4}]
)");
  ASSERT_TRUE(score_only.ok()) << score_only.status();
  const ProfileConfig& profile = score_only->profiles[0];
  EXPECT_EQ(Find(profile, "NodeResourcesFit")->weight, 4);
  EXPECT_TRUE(Find(profile, "NodeResourcesFit")->disabled_points.empty());
  EXPECT_EQ(Find(profile, "NodeAffinity")->disabled_points, std::vector<std::string>{"score"});
}

TEST(SchedulerConfig, EnablesAPluginAtOnePointAlone) {
  const auto config = Read("profiles:\n- plugins: {filter: {enabled: [{name: Extra}]}}\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const std::vector<std::string>& off = Find(config->profiles[0], "Extra")->disabled_points;
  EXPECT_EQ(absl::StrJoin(off, " "),
            "queueSort preEnqueue postFilter preScore score reserve permit preBind bind postBind");
}

TEST(SchedulerConfig, ReadsTheArgumentsOfPlugins) {
  const auto config = Read(R"(podInitialBackoffSeconds: 2
podMaxBackoffSeconds: 20
percentageOfNodesToScore: 30
profiles:
- pluginConfig:
  - name: NodeResourcesFit
    args:
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: NodeResourcesFitArgs
      ignoredResources: [example.com/foo]
      scoringStrategy:
        type: RequestedToCapacityRatio
        resources: [{name: nvidia.com/gpu, weight: 5}, {name: cpu}]
        requestedToCapacityRatio:
          shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]
  - name: NodeAffinity
    args:
      addedAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
          - matchExpressions: [{key: pool, operator: In, values: [batch]}]
  - name: PodTopologySpread
    args:
      defaultingType: List
      defaultConstraints:
      - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}
  - name: InterPodAffinity
    args: {hardPodAffinityWeight: 10, ignorePreferredTermsOfExistingPods: true}
  - name: DefaultPreemption
    args: {minCandidateNodesPercentage: 50}
  - name: Mine
    args: {policy: fgd, limits: {cpu: 3}, names: [a, b]}
)");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->pod_initial_backoff, absl::Seconds(2));
  EXPECT_EQ(config->pod_max_backoff, absl::Seconds(20));
  const ProfileConfig& profile = config->profiles[0];
  EXPECT_EQ(profile.percentage_of_nodes_to_score, 30);
  const NodeResourcesFitArgs& fit = profile.args.node_resources_fit;
  EXPECT_EQ(fit.strategy, ScoringStrategy::kRequestedToCapacityRatio);
  EXPECT_EQ(fit.resources.size(), 2u);
  EXPECT_EQ(fit.resources[0].weight, 5);
  EXPECT_EQ(fit.shape.size(), 2u);
  EXPECT_EQ(fit.ignored_resources, std::vector<std::string>{"example.com/foo"});
  EXPECT_TRUE(profile.args.node_affinity.has_added_required);
  EXPECT_EQ(profile.args.node_affinity.added_required[0].expressions[0].key, "pool");
  EXPECT_FALSE(profile.args.pod_topology_spread.system_defaulted);
  EXPECT_TRUE(profile.args.pod_topology_spread.default_constraints[0].required);
  EXPECT_EQ(profile.args.inter_pod_affinity.hard_pod_affinity_weight, 10);
  EXPECT_EQ(profile.args.default_preemption.min_candidate_nodes_percentage, 50);
  std::vector<std::string> parameters;
  for (const auto& [name, value] : profile.args.parameters) {
    parameters.push_back(absl::StrCat(name, "=", value));
  }
  EXPECT_EQ(absl::StrJoin(parameters, " "),
            "Mine.policy=fgd Mine.limits.cpu=3 Mine.names.0=a Mine.names.1=b");
}

TEST(SchedulerConfig, NamesThePlaceAndPathOfEveryMistake) {
  EXPECT_EQ(ErrorOf("profils: []\n"), "3:1: profils: unknown field");
  EXPECT_EQ(ErrorOf("percentageOfNodesToScore: 101\n"),
            "3:27: percentageOfNodesToScore: expected a whole number from 0 to 100, got the "
            "number 101");
  EXPECT_EQ(ErrorOf("profiles:\n- pluginConfig:\n  - name: NodeResourcesFit\n    args:\n"
                    "      scoringStrategy: {type: Best}\n"),
            "7:24: profiles[0].pluginConfig[0].args.scoringStrategy.type: expected "
            "LeastAllocated, MostAllocated or RequestedToCapacityRatio");
  EXPECT_EQ(ErrorOf("profiles:\n- schedulerName: a\n- schedulerName: a\n"),
            "5:3: profiles[1].schedulerName: another profile has the name a");
  EXPECT_EQ(ErrorOf("profiles:\n- pluginConfig:\n  - name: NodeResourcesBalancedAllocation\n"
                    "    args: {resources: [{name: cpu, weight: 2}]}\n"),
            "6:11: profiles[0].pluginConfig[0].args.resources: resource weight of cpu should be 1, "
            "got 2");
  EXPECT_EQ(ErrorOf("extenders: [{urlPrefix: http://x}]\n"),
            "3:12: extenders: extenders are not supported");
}

TEST(SchedulerConfig, CompilesExpressionsAndSaysWhereTheyAreWrong) {
  const auto error = [](const std::string& args) {
    return ErrorOf(
        absl::StrCat("profiles:\n- pluginConfig:\n  - name: Expression\n    args:\n", args));
  };
  EXPECT_EQ(error("      filter: node.free.cpu > 1.0\n      reason: too small\n"
                  "      score: node.free.cpu\n      normalize: true\n"),
            "");
  EXPECT_EQ(error("      score: node.free.cpu * node.speed\n"),
            "7:14: profiles[0].pluginConfig[0].args.score: "
            "ERROR: <input>:1:21: undefined field 'speed'\n"
            " | node.free.cpu * node.speed\n"
            " | ....................^");
  EXPECT_EQ(error("      filter: node.free.cpu * 2\n"),
            "7:15: profiles[0].pluginConfig[0].args.filter: "
            "ERROR: <input>:1:15: found no matching overload for '_*_' applied to '(double, int)'\n"
            " | node.free.cpu * 2\n"
            " | ..............^");
  EXPECT_EQ(error("      filter: node.free.cpu\n"),
            "7:15: profiles[0].pluginConfig[0].args.filter: must evaluate to bool, not double");
  EXPECT_EQ(error("      score: node.name\n"),
            "7:14: profiles[0].pluginConfig[0].args.score: must evaluate to a number, not string");
  EXPECT_EQ(error("      scores: 1\n"),
            "7:7: profiles[0].pluginConfig[0].args.score: expected a score, a filter or both\n"
            "7:7: profiles[0].pluginConfig[0].args.scores: unknown field");
  EXPECT_EQ(
      error("      score: '1'\n      reason: because\n"),
      "8:15: profiles[0].pluginConfig[0].args.reason: is that of a filter, and there is none");
  EXPECT_EQ(error("      filter: 'true'\n      normalize: true\n"),
            "8:18: profiles[0].pluginConfig[0].args.normalize: is of a score, and there is none");
}

TEST(SchedulerConfig, KnowsThePluginsOfARegistry) {
  const auto documents = api::ParseYaml(
      "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"
      "profiles:\n- plugins:\n    multiPoint: {enabled: [{name: Mine}], disabled: [{name: "
      "VolumeBinding}]}\n");
  PluginRegistry registry;
  EXPECT_EQ(ParseSchedulerConfig(documents->front(), &registry).status().message(),
            "5:28: profiles[0].plugins.multiPoint.enabled[0].name: there is no plugin Mine");
  registry.Add("Mine", nullptr);
  EXPECT_TRUE(ParseSchedulerConfig(documents->front(), &registry).ok());
}

TEST(SchedulerConfig, WantsItsOwnKind) {
  const auto documents = api::ParseYaml("apiVersion: v1\nkind: Pod\n");
  EXPECT_FALSE(ParseSchedulerConfig(documents->front()).ok());
}

}  // namespace
}  // namespace drydock::scheduler

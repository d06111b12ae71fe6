// Manifests: numbered, varied, decoded, and checked before a run.
#include "sim/workload/manifest.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "sim/scenario/scenario.h"
#include "src/api/apps_v1.h"
#include "src/api/codec/json.h"
#include "src/api/codec/tree.h"
#include "src/api/codec/yaml.h"
#include "src/api/object.h"
#include "src/rt/random.h"

namespace drydock::sim {
namespace {

api::Value Yaml(absl::string_view text) { return api::ParseYaml(text)->front(); }

constexpr char kDeployment[] = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: app}
)";

TEST(Number, ReplacesTheNumberInStringsAndKeysEverywhere) {
  api::Value tree = Yaml(R"({name: "app-{{i}}", list: ["{{i}}-{{i}}", 7], "k{{i}}": {a: b}})");
  Number(12, &tree);
  EXPECT_EQ(api::WriteJson(tree), R"({"name":"app-12","list":["12-12",7],"k12":{"a":"b"}})");
}

TEST(Vary, DrawsEachFieldInItsUnit) {
  std::vector<VaryRule> rules(3);
  rules[0] = {.path = "spec.replicas", .distribution = Distribution::Uniform(4, 6), .choices = {}};
  rules[1] = {.path = "metadata.annotations[sim.drydock.dev/run-for]",
              .kind = VaryRule::Kind::kDuration,
              .distribution = Distribution::Constant(absl::Seconds(90)),
              .choices = {}};
  rules[2] = {.path = "spec.template.spec.containers[0].image",
              .kind = VaryRule::Kind::kChoice,
              .distribution = {},
              .choices = {api::Value::String("a"), api::Value::String("b")}};
  rt::Random random(1, "vary");
  int b = 0;
  for (int i = 0; i < 200; ++i) {
    api::Value tree = Yaml(kDeployment);
    ASSERT_TRUE(Vary(rules, random, &tree).ok());
    const absl::StatusOr<std::unique_ptr<google::protobuf::Message>> decoded =
        DecodeManifest(tree, "s.yaml");
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    const auto& deployment = static_cast<const api::Deployment&>(**decoded);
    EXPECT_GE(deployment.spec().replicas(), 4);
    EXPECT_LE(deployment.spec().replicas(), 6);
    EXPECT_EQ(deployment.metadata().annotations(0).value(), "90000ms");
    b += deployment.spec().template_().spec().containers(0).image() == "b" ? 1 : 0;
  }
  EXPECT_NEAR(b, 100, 30);
}

TEST(Vary, NamesThePathThatDoesNotExist) {
  api::Value tree = Yaml(kDeployment);
  rt::Random random(1, "vary");
  const std::vector<VaryRule> rules = {{.path = "spec.template.spec.containers[3].image",
                                        .distribution = Distribution::Constant(1.0),
                                        .choices = {}}};
  EXPECT_EQ(Vary(rules, random, &tree).message(),
            "vary: bad path \"spec.template.spec.containers[3].image\": there is no item 3, the "
            "list has 1");
}

TEST(DecodeManifest, PutsObjectsIntoTheDefaultNamespaceWhereKindsHaveOne) {
  const auto deployment = DecodeManifest(Yaml(kDeployment), "s.yaml");
  ASSERT_TRUE(deployment.ok()) << deployment.status();
  EXPECT_EQ(api::MetadataOf(**deployment).namespace_(), "default");
  const auto node =
      DecodeManifest(Yaml("{apiVersion: v1, kind: Node, metadata: {name: a}}"), "s.yaml");
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_EQ(api::MetadataOf(**node).namespace_(), "");
}

TEST(DecodeManifest, NamesFileLineAndFieldOfWhatIsWrong) {
  const auto message = [](absl::string_view text) {
    return std::string(DecodeManifest(Yaml(text), "s.yaml").status().message());
  };
  EXPECT_EQ(message("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {nodeNme: b}\n"),
            "s.yaml:4:8: spec.nodeNme: unknown field");
  EXPECT_EQ(message("apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: three\n"),
            "s.yaml:4:13: spec.replicas: expected a whole number, got the string \"three\"");
  EXPECT_EQ(message("\napiVersion: v1\nkind: DeleteOptions\n"),
            "s.yaml:2:1: expected an object that the API server keeps, got the kind "
            "DeleteOptions");
}

TEST(ParseTarget, UnderstandsKindsByAnyOfTheirNames) {
  const absl::StatusOr<Target> web = ParseTarget("deployment/web");
  ASSERT_TRUE(web.ok()) << web.status();
  EXPECT_EQ(web->kind->kind, "Deployment");
  EXPECT_EQ(web->ns, "default");
  EXPECT_EQ(web->name, "web");
  const absl::StatusOr<Target> agent = ParseTarget("kube-system/ds/agent");
  ASSERT_TRUE(agent.ok()) << agent.status();
  EXPECT_EQ(agent->kind->kind, "DaemonSet");
  EXPECT_EQ(agent->ns, "kube-system");
  const absl::StatusOr<Target> nodes = ParseTarget("nodes");
  ASSERT_TRUE(nodes.ok()) << nodes.status();
  EXPECT_EQ(nodes->ns, "");
  EXPECT_EQ(nodes->name, "");
}

TEST(ParseTarget, SaysWhatItExpects) {
  EXPECT_EQ(ParseTarget("deploymnt/web").status().message(),
            "target: expected a kind such as deployment, got \"deploymnt\"");
  EXPECT_EQ(ParseTarget("a/b/c/d").status().message(),
            "target: expected kind/name or namespace/kind/name, got \"a/b/c/d\"");
}

TEST(CheckWorkload, FindsWhatTheApiWouldNotTakeBeforeTheRun) {
  const auto message = [](decltype(WorkloadItem::action) action) {
    Scenario scenario;
    scenario.path = "s.yaml";
    scenario.workload = {{absl::Seconds(1), std::move(action)}};
    const absl::Status status = CheckWorkload(scenario);
    return status.ok() ? "ok" : std::string(status.message());
  };
  EXPECT_EQ(message(ApplyAction{{Yaml(kDeployment)}, "web.yaml"}), "ok");
  EXPECT_EQ(message(ApplyAction{{Yaml("{apiVersion: v1, kind: Pod, spec: {x: 1}}")}, "web.yaml"}),
            "web.yaml:1:36: spec.x: unknown field");
  EXPECT_EQ(message(ScaleAction{"deployment", 3}),
            "s.yaml: target: expected kind/name, got \"deployment\"");
  EXPECT_EQ(message(DeleteAction{"deploymnt", ""}),
            "s.yaml: target: expected a kind such as deployment, got \"deploymnt\"");
  GenerateAction generate;
  generate.object = Yaml(kDeployment);
  generate.vary = {
      {.path = "spec.replica", .distribution = Distribution::Constant(1.0), .choices = {}}};
  EXPECT_EQ(message(generate), "s.yaml: spec.replica: unknown field");
}

}  // namespace
}  // namespace drydock::sim

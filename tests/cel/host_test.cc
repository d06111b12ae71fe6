// API objects and documents, read by expressions where they lie.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/cel/environment.h"
#include "src/cel/message_value.h"
#include "src/cel/tree_value.h"

namespace drydock::cel {
namespace {

constexpr char kDeployment[] = R"({
  "apiVersion": "apps/v1", "kind": "Deployment",
  "metadata": {"name": "web", "labels": {"app": "shop", "tier": "front"},
               "creationTimestamp": "2026-01-02T03:04:05Z"},
  "spec": {
    "replicas": 3,
    "selector": {"matchLabels": {"app": "shop"}},
    "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}},
    "template": {
      "metadata": {"labels": {"app": "shop"}},
      "spec": {"containers": [
        {"name": "web", "image": "example/web:1", "args": ["-v", "-x"],
         "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}},
         "readinessProbe": {"httpGet": {"port": 8080}}},
        {"name": "side", "image": "other/side:2"}
      ]}
    }
  }
})";

// What both forms of the same object must say.
constexpr const char* kCases[][2] = {
    {"o.metadata.name", "\"web\""},
    {"o.spec.replicas + 1", "4"},
    {"o.metadata.labels.tier", "\"front\""},
    {"o.metadata.labels['none']", "error(no such key: none)"},
    {"'app' in o.metadata.labels", "true"},
    {"o.metadata.labels.map(k, k + '=' + o.metadata.labels[k])", "[\"app=shop\", \"tier=front\"]"},
    {"has(o.spec.replicas)", "true"},
    {"has(o.spec.paused)", "false"},
    {"o.spec.paused", "error(no such key: paused)"},
    {"has(o.spec.paused) && o.spec.paused", "false"},
    {"o.spec.template.spec.containers.size()", "2"},
    {"o.spec.template.spec.containers.all(c, c.image.startsWith('example/'))", "false"},
    {"o.spec.template.spec.containers.filter(c, has(c.resources) && "
     "has(c.resources.limits)).map(c, c.name)",
     "[\"web\"]"},
    {"o.spec.template.spec.containers[0].args", "[\"-v\", \"-x\"]"},
    {"quantity(o.spec.template.spec.containers[0].resources.limits['memory'])"
     ".isGreaterThan(quantity('1G'))",
     "true"},
    {"o.spec.strategy.rollingUpdate.maxSurge == '25%'", "true"},
    {"o.spec.strategy.rollingUpdate.maxUnavailable == 1", "true"},
    {"o.spec.template.spec.containers[0].readinessProbe.httpGet.port == 8080", "true"},
    {"o.spec.template.metadata.labels == o.spec.selector.matchLabels", "true"},
};

std::string Evaluate(const Environment& environment, const Value& object, const char* source) {
  const auto program = environment.Compile(source);
  if (!program.ok()) return std::string(program.status().message());
  Evaluation evaluation(*program);
  evaluation.Set(0, object);
  return evaluation.Run().ToString();
}

class HostTest : public testing::Test {
 protected:
  HostTest() : decoded_(*api::Decode(kDeployment, api::Format::kJson)) {}

  const api::DecodedObject decoded_;
  MessageTypes types_;
};

TEST_F(HostTest, MessagesAreReadByTheirDescriptors) {
  const auto& message = *decoded_.message;
  Environment environment;
  environment.AddVariable("o", Type::Object(types_.Of(*message.GetDescriptor())));
  for (const auto& [source, expected] : kCases) {
    EXPECT_EQ(Evaluate(environment, types_.View(message), source), expected) << source;
  }
  EXPECT_EQ(
      Evaluate(environment, types_.View(message), "o.metadata.creationTimestamp.getFullYear()"),
      "2026");
  // Structs that JSON always has are there, whatever is in them.
  EXPECT_EQ(Evaluate(environment, types_.View(message), "has(o.status.replicas)"), "false");
  EXPECT_EQ(Evaluate(environment, types_.View(message), "o.spec == o.spec"), "true");
  EXPECT_EQ(Evaluate(environment, types_.View(message), "o.spec.template == o.spec.template"),
            "true");
}

TEST_F(HostTest, FieldsOfMessagesAreCheckedBefore) {
  const auto& message = *decoded_.message;
  Environment environment;
  environment.AddVariable("o", Type::Object(types_.Of(*message.GetDescriptor())));
  const auto error = [&](const char* source) {
    const std::string text = Evaluate(environment, types_.View(message), source);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(error("o.spec.replica > 3"), "ERROR: <input>:1:7: undefined field 'replica'");
  EXPECT_EQ(error("o.spec.replicas > 'a'"),
            "ERROR: <input>:1:17: found no matching overload for '_>_' applied to '(int, string)'");
  EXPECT_EQ(
      error("o.spec.template.spec.containers.all(c, c.name == 1)"),
      "ERROR: <input>:1:47: found no matching overload for '_==_' applied to '(string, int)'");
}

TEST_F(HostTest, DocumentsAreReadAsTheyAre) {
  const absl::StatusOr<api::Value> tree = api::ParseJson(kDeployment);
  ASSERT_TRUE(tree.ok()) << tree.status();
  Environment environment;
  environment.AddVariable("o", Type::Dyn());
  for (const auto& [source, expected] : kCases) {
    EXPECT_EQ(Evaluate(environment, FromTree(*tree), source), expected) << source;
  }
  const absl::StatusOr<api::Value> values =
      api::ParseJson(R"([null, true, 1, -1.5, 1e3, 9223372036854775808, "x", [1], {"a": {}}])");
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(FromTree(*values).ToString(),
            "[null, true, 1, -1.5, 1000.0, 9.223372036854776e+18, \"x\", [1], {\"a\": {}}]");
}

}  // namespace
}  // namespace drydock::cel

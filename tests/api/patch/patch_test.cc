// Patches: a table of documents, and objects through PatchObject.
#include "src/api/patch/patch.h"

#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/service.h"
#include "src/api/patch/json_patch.h"
#include "src/api/patch/merge_patch.h"
#include "src/api/patch/strategic_merge_patch.h"
#include "src/api/status.h"

namespace drydock::api {
namespace {

absl::Status Apply(absl::string_view how, const Value& patch, Value* document) {
  if (how == "json") return ApplyJsonPatch(patch, document);
  if (how == "strategic") {
    return ApplyStrategicMergePatch(patch, *PodSpec::descriptor(), document);
  }
  if (how == "strategic-service") {
    return ApplyStrategicMergePatch(patch, *ServiceSpec::descriptor(), document);
  }
  if (how == "strategic-deployment") {
    return ApplyStrategicMergePatch(patch, *DeploymentSpec::descriptor(), document);
  }
  if (how == "strategic-meta") {
    return ApplyStrategicMergePatch(patch, *ObjectMeta::descriptor(), document);
  }
  ApplyMergePatch(patch, document);
  return absl::OkStatus();
}

TEST(Patch, GivesTheResultsInTheTable) {
  std::ifstream table("tests/api/patch/patch.txt");
  std::string line;
  int cases = 0;
  while (std::getline(table, line)) {
    if (line.empty() || line[0] == '#') continue;
    const size_t space = line.find(' ');
    const std::string how = line.substr(0, space);
    const std::string document = line.substr(space + 1);
    std::string patch, expected;
    std::getline(table, patch);
    std::getline(table, expected);
    absl::StatusOr<Value> tree = ParseJson(document);
    const absl::StatusOr<Value> change = ParseJson(patch);
    ASSERT_TRUE(tree.ok() && change.ok()) << line << patch;
    const absl::Status status = Apply(how, *change, &*tree);
    if (!status.ok()) {
      // A message of several lines stands on one in the table.
      EXPECT_EQ(absl::StrReplaceAll(status.message(), {{"\n", "|"}}), expected) << line << "\n"
                                                                                << patch;
    } else {
      EXPECT_EQ(WriteJson(*tree, KeyOrder::kSorted),
                WriteJson(*ParseJson(expected), KeyOrder::kSorted))
          << line << "\n"
          << patch;
    }
    ++cases;
  }
  EXPECT_GE(cases, 40);
}

TEST(Patch, ChangesAnObject) {
  Deployment deployment;
  deployment.mutable_metadata()->set_name("web");
  deployment.mutable_spec()->set_replicas(1);
  const absl::StatusOr<DecodedObject> patched =
      PatchObject(deployment, PatchKind::kStrategicMerge, R"({"spec":{"replicas":3}})");
  ASSERT_TRUE(patched.ok()) << patched.status();
  EXPECT_EQ(static_cast<const Deployment&>(*patched->message).spec().replicas(), 3);
  EXPECT_EQ(static_cast<const Deployment&>(*patched->message).metadata().name(), "web");
}

TEST(Patch, RefusesAResultThatIsNoObjectOfTheKind) {
  Deployment deployment;
  const absl::Status wrong =
      PatchObject(deployment, PatchKind::kStrategicMerge, R"({"spec":{"replicas":"x"}})").status();
  EXPECT_EQ(HttpCodeOf(wrong), 422);
  EXPECT_EQ(wrong.message(),
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[replicas:x]]\": "
            "spec.replicas: expected a whole number, got the string \"x\"");
  EXPECT_EQ(
      PatchObject(deployment, PatchKind::kMerge, R"({"kind":"ReplicaSet"})").status().message(),
      "a patch cannot change the kind of an object");
}

TEST(Patch, TellsABadPatchFromOneThatDoesNotApply) {
  const auto patched = [](absl::string_view patch) {
    return PatchObject(Deployment(), PatchKind::kJson, patch).status();
  };
  const absl::Status missing = patched(R"([{"op":"remove","path":"/nothing"}])");
  EXPECT_EQ(HttpCodeOf(missing), 422);
  EXPECT_EQ(missing.message(), "the server rejected our request due to an error in our request");
  EXPECT_EQ(HttpCodeOf(patched("{}")), 400);
  EXPECT_EQ(HttpCodeOf(patched("[")), 400);
  std::string many = R"([{"op":"test","path":"/kind","value":"Deployment"})";
  for (int i = 0; i < 10'000; ++i) many += R"(,{"op":"test","path":"/kind","value":"Deployment"})";
  EXPECT_EQ(HttpCodeOf(patched(many + "]")), 413);
}

TEST(Patch, ReportsDuplicateAndUnknownFields) {
  const std::string patch = R"({"spec":{"replicas":1,"replicas":2,"foo":3}})";
  DecodeOptions options;
  for (const PatchKind kind : {PatchKind::kMerge, PatchKind::kStrategicMerge}) {
    options.unknown = DecodeOptions::Unknown::kWarn;
    const absl::StatusOr<DecodedObject> patched = PatchObject(Deployment(), kind, patch, options);
    ASSERT_TRUE(patched.ok()) << patched.status();
    EXPECT_THAT(patched->warnings, testing::ElementsAre("duplicate field \"spec.replicas\"",
                                                        "unknown field \"spec.foo\""));
    EXPECT_EQ(static_cast<const Deployment&>(*patched->message).spec().replicas(), 2);
    options.unknown = DecodeOptions::Unknown::kRefuse;
    EXPECT_THAT(
        std::string(PatchObject(Deployment(), kind, patch, options).status().message()),
        testing::EndsWith("strict decoding error: duplicate field \"spec.replicas\", unknown field "
                          "\"spec.foo\""));
  }
}

}  // namespace
}  // namespace drydock::api

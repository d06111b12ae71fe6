// Patches: a table of documents, and objects through PatchObject.
#include "src/api/patch/patch.h"

#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/codec/json.h"
#include "src/api/core/v1/pod.h"
#include "src/api/patch/json_patch.h"
#include "src/api/patch/merge_patch.h"
#include "src/api/patch/strategic_merge_patch.h"

namespace drydock::api {
namespace {

absl::Status Apply(absl::string_view how, const Value& patch, Value* document) {
  if (how == "json") return ApplyJsonPatch(patch, document);
  if (how == "strategic") {
    return ApplyStrategicMergePatch(patch, *PodSpec::descriptor(), document);
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
      EXPECT_EQ(std::string(status.message()), expected) << line << "\n" << patch;
    } else {
      EXPECT_EQ(WriteJson(*tree, KeyOrder::kSorted),
                WriteJson(*ParseJson(expected), KeyOrder::kSorted))
          << line << "\n"
          << patch;
    }
    ++cases;
  }
  EXPECT_GE(cases, 15);
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
  EXPECT_EQ(
      PatchObject(deployment, PatchKind::kMerge, R"({"spec":{"replicas":"x"}})").status().message(),
      "spec.replicas: expected a whole number, got the string \"x\"");
  EXPECT_EQ(
      PatchObject(deployment, PatchKind::kMerge, R"({"kind":"ReplicaSet"})").status().message(),
      "a patch cannot change the kind of an object");
}

}  // namespace
}  // namespace drydock::api

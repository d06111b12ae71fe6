// drydock convert: files in, one text out.
#include "src/cli/convert.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::cli {
namespace {

constexpr char kTwo[] =
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
    "---\n"
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n";

TEST(Convert, WritesYamlDocuments) {
  EXPECT_EQ(*Convert({{"two.yaml", kTwo}}, "yaml"),
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\nspec: {}\nstatus: {}\n"
            "---\n"
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: b\nspec: {}\nstatus: {}\n");
}

TEST(Convert, WritesSeveralObjectsAsAListThatComesBackFromProtobuf) {
  const absl::StatusOr<std::string> json = Convert({{"two.yaml", kTwo}}, "json");
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_THAT(*json,
              testing::StartsWith("{\n    \"kind\": \"List\",\n    \"apiVersion\": \"v1\","));
  const absl::StatusOr<std::string> pb = Convert({{"two.json", *json}}, "pb");
  ASSERT_TRUE(pb.ok()) << pb.status();
  EXPECT_EQ(*Convert({{"two.pb", *pb}}, "json"), *json);
}

TEST(Convert, JoinsThePlaceOfAnErrorToTheFile) {
  EXPECT_EQ(Convert({{"web.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  x: 1\n  z: 2\n"}}, "json")
                .status()
                .message(),
            "web.yaml:4:3: spec.x: unknown field\nweb.yaml:5:3: spec.z: unknown field");
  EXPECT_EQ(Convert({{"empty.yaml", "# nothing\n"}}, "json").status().message(),
            "empty.yaml: there is no object");
}

}  // namespace
}  // namespace drydock::cli

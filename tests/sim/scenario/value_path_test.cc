// Paths as --set and `vary` write them.
#include "sim/scenario/value_path.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "src/api/codec/json.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {
namespace {

std::string Parsed(absl::string_view path) {
  const absl::StatusOr<std::vector<PathStep>> steps = ParseValuePath(path);
  if (!steps.ok()) return std::string(steps.status().message());
  std::string text;
  for (const PathStep& step : *steps) {
    absl::StrAppend(&text, text.empty() ? "" : " > ", step.index.has_value() ? "#" : "", step.key);
  }
  return text;
}

std::string Set(absl::string_view path, api::Value value, absl::string_view document) {
  api::Value root = *api::ParseJson(document);
  const absl::Status set = SetValue(path, std::move(value), &root);
  return set.ok() ? api::WriteJson(root) : std::string(set.message());
}

TEST(ValuePath, NamesFieldsItemsAndKeysWithDots) {
  EXPECT_EQ(Parsed("duration"), "duration");
  EXPECT_EQ(Parsed("cluster.nodePools[0].count"), "cluster > nodePools > #0 > count");
  EXPECT_EQ(Parsed("metadata.annotations[sim.drydock.dev/run-for]"),
            "metadata > annotations > sim.drydock.dev/run-for");
  EXPECT_EQ(Parsed("a[1][2]"), "a > #1 > #2");
}

TEST(ValuePath, SaysWhatIsWrongWithAPath) {
  EXPECT_EQ(Parsed(""), "bad path \"\": expected a name");
  EXPECT_EQ(Parsed("a..b"), "bad path \"a..b\": expected a name");
  EXPECT_EQ(Parsed("a."), "bad path \"a.\": expected a name after the last dot");
  EXPECT_EQ(Parsed("a[1"), "bad path \"a[1\": expected \"]\"");
  EXPECT_EQ(Parsed("a[]"), "bad path \"a[]\": expected a name");
  EXPECT_EQ(Parsed("a[1]b"), "bad path \"a[1]b\": expected \".\" or \"[\" after \"]\"");
}

TEST(ValuePath, ReplacesAValue) {
  EXPECT_EQ(Set("a.b[1].c", api::Value::Int(5), R"({"a":{"b":[{},{"c":1}]}})"),
            R"({"a":{"b":[{},{"c":5}]}})");
}

TEST(ValuePath, MakesTheMapsOnTheWay) {
  EXPECT_EQ(Set("a.b[x.y/z]", api::Value::String("v"), R"({"k":1})"),
            R"({"k":1,"a":{"b":{"x.y/z":"v"}}})");
}

TEST(ValuePath, MakesNoItemsOfLists) {
  EXPECT_EQ(Set("a[2]", api::Value::Int(1), R"({"a":[0,0]})"),
            "bad path \"a[2]\": there is no item 2, the list has 2");
}

TEST(ValuePath, DoesNotGoBelowAScalar) {
  EXPECT_EQ(Set("a.b", api::Value::Int(1), R"({"a":"text"})"),
            "bad path \"a.b\": \"b\" is below the string \"text\"");
}

TEST(ValuePath, FindsWhatIsThere) {
  const api::Value root = *api::ParseJson(R"({"a": {"b": [1, {"c.d": 2}]}, "0": 3})");
  const auto found = [&root](absl::string_view path) {
    const api::Value* value = FindValue(*ParseValuePath(path), root);
    return value == nullptr ? "nothing" : api::WriteJson(*value);
  };
  EXPECT_EQ(found("a.b[0]"), "1");
  EXPECT_EQ(found("a.b[1][c.d]"), "2");
  EXPECT_EQ(found("[0]"), "3") << "a number in brackets may be the key of an object";
  EXPECT_EQ(found("a.b[2]"), "nothing");
  EXPECT_EQ(found("a.b.c"), "nothing");
  EXPECT_EQ(found("a.c"), "nothing");
}

}  // namespace
}  // namespace drydock::sim

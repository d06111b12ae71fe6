// JSON text: what is refused, where, and how strings are written.
#include "src/api/codec/json.h"

#include "gtest/gtest.h"

namespace drydock::api {
namespace {

std::string Error(absl::string_view text) {
  return std::string(ParseJson(text, ParseLimits{.depth = 4, .values = 10}).status().message());
}

TEST(Json, KeepsTheTextOfNumbersAndTheOrderOfMembers) {
  const std::string text = R"({"b":1.50,"a":[-0,1e5,9007199254740993],"c":{}})";
  EXPECT_EQ(WriteJson(*ParseJson(text)), text);
}

TEST(Json, SaysWhereItIsWrong) {
  EXPECT_EQ(Error(""), "1:1: expected a value, got the end");
  EXPECT_EQ(Error("{\n  \"a\": tru\n}"), "2:8: expected a value, got 't'");
  EXPECT_EQ(Error("{\"a\": 1,}"), "1:9: expected a key in quotes, got '}'");
  EXPECT_EQ(Error("{\"a\" 1}"), "1:6: expected ':', got '1'");
  EXPECT_EQ(Error("[1 2]"), "1:4: expected ',' or ']', got '2'");
  EXPECT_EQ(Error("[1]\n[2]"), "2:1: expected the end of the document");
  EXPECT_EQ(Error("\"abc"), "1:1: a string without an end");
  EXPECT_EQ(Error("\"a\nb\""), "1:3: a control character in a string");
  EXPECT_EQ(Error("\"\\x\""), "1:3: expected an escape, got 'x'");
  EXPECT_EQ(Error("\"\\u12G4\""), "1:6: expected a hexadecimal digit, got 'G'");
  EXPECT_EQ(Error("01"), "1:2: expected the end of the document");
  EXPECT_EQ(Error("1."), "1:3: expected a digit, got the end");
  EXPECT_EQ(Error("-"), "1:2: expected a value, got the end");
  EXPECT_EQ(Error("\"\xFF\""), "1:1: a string that is not valid UTF-8");
  EXPECT_EQ(Error("\"\xED\xA0\x80\""), "1:1: a string that is not valid UTF-8");
}

TEST(Json, BoundsDepthAndSize) {
  EXPECT_EQ(Error("[[[[[[]]]]]]"), "1:6: more than 4 levels");
  EXPECT_EQ(Error("[1,2,3,4,5,6,7,8,9,10]"), "1:20: more than 10 values");
  EXPECT_FALSE(ParseJson(std::string(1'000'000, '[')).ok());
}

TEST(Json, ReadsEscapesAndSurrogatePairs) {
  EXPECT_EQ(ParseJson(R"("\u00fc\n\ud83d\ude00\/")")->text(), "\xC3\xBC\n\xF0\x9F\x98\x80/");
  // Half a pair reads as the replacement character, as in Go.
  EXPECT_EQ(ParseJson(R"("\ud83dx")")->text(), "\xEF\xBF\xBDx");
}

TEST(Json, EscapesWhatGoEscapes) {
  std::string out;
  AppendJsonString(absl::string_view("<a>&\"\\\n\t\x01\xE2\x80\xA8\xFF\0", 14), &out);
  EXPECT_EQ(out, R"("\u003ca\u003e\u0026\"\\\n\t\u0001\u2028\ufffd\u0000")");
}

TEST(Json, PrintsLikeKubectl) {
  EXPECT_EQ(WritePrettyJson(*ParseJson(R"({"a":[1,{}],"b":{"c":[]}})")),
            "{\n    \"a\": [\n        1,\n        {}\n    ],\n    \"b\": {\n        \"c\": []\n"
            "    }\n}\n");
}

TEST(Json, ComparesValuesAndNotTheirText) {
  EXPECT_EQ(*ParseJson(R"({"a":1,"b":[2.0]})"), *ParseJson(R"({"b":[2],"a":1})"));
  EXPECT_FALSE(*ParseJson("[1,2]") == *ParseJson("[2,1]"));
  EXPECT_FALSE(*ParseJson(R"({"a":null})") == *ParseJson("{}"));
}

TEST(Value, BecomesAnObjectWhenItIsGivenMembers) {
  Value value;
  value["a"]["b"] = Value::Int(1);
  value["a"]["c"] = Value::Bool(true);
  EXPECT_EQ(WriteJson(value), R"({"a":{"b":1,"c":true}})");
}

}  // namespace
}  // namespace drydock::api

// YAML as Kubernetes reads and prints it.
#include "src/api/codec/yaml.h"

#include "gtest/gtest.h"
#include "src/api/codec/json.h"

namespace drydock::api {
namespace {

// The documents as JSON, one a line, or the error.
std::string Read(absl::string_view text) {
  const absl::StatusOr<std::vector<Value>> documents =
      ParseYaml(text, ParseLimits{.depth = 10, .values = 50});
  if (!documents.ok()) return std::string(documents.status().message());
  std::string out;
  for (const Value& document : *documents) out += WriteJson(document) + "\n";
  return out;
}

TEST(Yaml, ResolvesPlainScalarsAsGoYamlDoes) {
  EXPECT_EQ(Read("[yes, Off, n, null, ~, '', \"1\", 1, 0644, 0x1F, 0o17, 0b11, 1_000, 08]"),
            "[true,false,false,null,null,\"\",\"1\",1,420,31,15,3,1000,8]\n");
  EXPECT_EQ(Read("[0.5, 1e3, 1e9, 1e21, 1e-7, .5, -1.5, 1.0, +3, 1.2.3, 12Mi, 2026-01-02, -]"),
            "[0.5,1000,1000000000,1e+21,1e-7,0.5,-1.5,1,3,\"1.2.3\",\"12Mi\",\"2026-01-02\","
            "\"-\"]\n");
  EXPECT_EQ(Read("[18446744073709551615, 99999999999999999999, !!str 5, !!int \"5\"]"),
            "[18446744073709551615,100000000000000000000,\"5\",5]\n");
}

TEST(Yaml, ReadsDocumentsAndSkipsEmptyOnes) {
  EXPECT_EQ(Read("a: 1\n---\n---\nb: 2\n...\n---\n# nothing\n"), "{\"a\":1}\n{\"b\":2}\n");
  EXPECT_EQ(Read(""), "");
}

TEST(Yaml, ReadsAnchorsAndMergeKeys) {
  EXPECT_EQ(Read("a: &x {p: 1, q: 2}\nb: *x\nc:\n  <<: *x\n  q: 3\n"),
            "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":2},\"c\":{\"q\":3,\"p\":1}}\n");
  EXPECT_EQ(Read("a: *y"), "1:4: unknown anchor 'y'");
}

TEST(Yaml, KeysThatAreNoStringsBecomeStrings) {
  EXPECT_EQ(Read("1: a\ntrue: b\n"), "{\"1\":\"a\",\"true\":\"b\"}\n");
  EXPECT_EQ(Read("[1]: a\n"), "1:1: expected a key, got a list");
}

TEST(Yaml, SaysWhereItIsWrong) {
  EXPECT_EQ(Read("a: 1\nb: [\n"),
            "3:1: did not find expected node content (while parsing a flow node)");
  EXPECT_EQ(Read("a:\n\tb: 1\n"),
            "2:1: found character that cannot start any token (while scanning for the next token)");
}

TEST(Yaml, BoundsDepthAndCopies) {
  EXPECT_EQ(Read("[[[[[[[[[[[[]]]]]]]]]]]]"), "1:12: more than 10 levels");
  const std::string bomb =
      "a: &a [x,x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n";
  EXPECT_EQ(Read(bomb), "3:8: more than 50 values");
}

TEST(Yaml, PrintsSortedBlocksAndQuotesWhatIsAmbiguous) {
  const Value value = *ParseJson(
      R"({"b":["1","true","x","",null,1,"2026-01-02"],"a":{},"c":[],"d":"two\nlines\n","~":"- x"})");
  EXPECT_EQ(WriteYaml(value),
            "a: {}\n"
            "b:\n"
            "- \"1\"\n"
            "- \"true\"\n"
            "- x\n"
            "- \"\"\n"
            "- null\n"
            "- 1\n"
            "- \"2026-01-02\"\n"
            "c: []\n"
            "d: |\n"
            "  two\n"
            "  lines\n"
            "\"~\": '- x'\n");
}

}  // namespace
}  // namespace drydock::api

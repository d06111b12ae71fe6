// Go's text/template, as far as object files need it.
#include "sim/perf/template.h"

#include <string>

#include "gtest/gtest.h"

namespace drydock::sim {
namespace {

// The result, or what is wrong.
std::string Rendered(const std::string& text) {
  const absl::StatusOr<Template> parsed = Template::Parse(text);
  if (!parsed.ok()) return std::string(parsed.status().message());
  const absl::StatusOr<std::string> out =
      parsed->Render({{"Index", "7"}, {"Count", "10"}, {"rate", "2.5"}, {"word", "many"}});
  return out.ok() ? *out : std::string(out.status().message());
}

TEST(Template, PutsValuesIn) {
  EXPECT_EQ(Rendered("pod-{{.Index}} of {{ .Count }}"), "pod-7 of 10");
  EXPECT_EQ(Rendered("no action"), "no action");
  EXPECT_EQ(Rendered("a{{/* nothing */}}b"), "ab");
  EXPECT_EQ(Rendered("a  {{- .Index -}} \n b"), "a7b");
  EXPECT_EQ(Rendered("{{\"text\"}}{{-3}}"), "text-3");
}

TEST(Template, Calculates) {
  EXPECT_EQ(Rendered("{{AddInt 1 2 .Index}}"), "10");
  EXPECT_EQ(Rendered("{{AddFloat 1 .rate}}"), "3.5");
  EXPECT_EQ(Rendered("{{SubtractInt 1 .Index}}"), "-6");
  EXPECT_EQ(Rendered("{{SubtractFloat .rate 1}}"), "1.5");
  EXPECT_EQ(Rendered("{{MultiplyInt .rate 3}}"), "7");
  EXPECT_EQ(Rendered("{{MultiplyFloat .rate 3}}"), "7.5");
  EXPECT_EQ(Rendered("{{DivideInt .Index 2}}"), "3");
  EXPECT_EQ(Rendered("{{DivideFloat .Index 2}}"), "3.5");
  EXPECT_EQ(Rendered("{{Mod .Index 4}}"), "3");
  EXPECT_EQ(Rendered("{{AddInt 1 (Mod (MultiplyInt .Index 2) 4)}}"), "3");
}

TEST(Template, NamesTheLineOfWhatIsWrong) {
  EXPECT_EQ(Rendered("a\n{{.Index"), "2: {{ has no }}");
  EXPECT_EQ(Rendered("\n\n{{.nobody}}"), "3: .nobody has no value");
  EXPECT_EQ(Rendered("{{}}"), "1: expected a value such as .Index between {{ and }}");
  EXPECT_EQ(Rendered("{{.Index | AddInt 1}}"), "1: expected }}, got \"| AddInt 1\"");
  EXPECT_EQ(Rendered("{{if .Index}}"),
            "1: \"if\" is not supported; expected a value such as .Index or one of AddFloat, "
            "AddInt, DivideFloat, DivideInt, Mod, MultiplyFloat, MultiplyInt, SubtractFloat, "
            "SubtractInt");
  EXPECT_EQ(Rendered("{{Mod 1}}"), "1: Mod: expected two arguments, got 1");
  EXPECT_EQ(Rendered("{{AddInt (Mod 1 2}}"), "1: expected )");
  EXPECT_EQ(Rendered("{{AddInt .word}}"), "1: AddInt: expected a number, got \"many\"");
  EXPECT_EQ(Rendered("{{DivideInt 1 0}}"), "1: DivideInt: division by zero");
  EXPECT_EQ(Rendered("{{Mod 1 0.5}}"), "1: Mod: expected whole numbers, the second one not 0");
  EXPECT_EQ(Rendered("{{MultiplyInt 1e10 1e10}}"), "1: MultiplyInt: the result is too large");
}

TEST(Template, KnowsWhatItUses) {
  const absl::StatusOr<Template> parsed = Template::Parse("{{AddInt 1 (Mod .Index 2)}}");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_TRUE(parsed->Uses("Index"));
  EXPECT_FALSE(parsed->Uses("Count"));
}

}  // namespace
}  // namespace drydock::sim

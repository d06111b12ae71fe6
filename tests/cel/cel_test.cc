// The language by tables (cases/*.txt), and what tables cannot say.
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "src/cel/environment.h"
#include "src/cel/parser.h"
#include "tests/cel/world.h"

namespace drydock::cel {
namespace {

// "invalid: 1:3: text" of the first issue.
std::string FirstIssue(const absl::Status& status) {
  const absl::string_view line = *absl::StrSplit(absl::string_view(status.message()), '\n').begin();
  return absl::StrCat("invalid: ", absl::StripPrefix(line, "ERROR: <input>:"));
}

std::string Outcome(const World& world, absl::string_view source) {
  const absl::StatusOr<Program> program = world.environment.Compile(source);
  if (!program.ok()) return FirstIssue(program.status());
  Evaluation evaluation(*program, 10000);
  world.Fill(&evaluation);
  std::string outcome;
  // Twice: nothing of one evaluation is left for the next.
  for (int i = 0; i < 2; ++i) {
    const Value& value = evaluation.Run();
    const std::string text =
        value.is_error() ? absl::StrCat("error: ", value.text()) : value.ToString();
    if (i == 1 && text != outcome) return absl::StrCat(outcome, " and then ", text);
    outcome = text;
  }
  return outcome;
}

class Cases : public testing::TestWithParam<const char*> {};

TEST_P(Cases, AreAsWritten) {
  const World world;
  std::ifstream file(absl::StrCat("tests/cel/cases/", GetParam(), ".txt"));
  ASSERT_TRUE(file.good());
  std::string line;
  int count = 0;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const size_t arrow = line.rfind(" => ");
    ASSERT_NE(arrow, std::string::npos) << GetParam() << ".txt:" << number;
    EXPECT_EQ(Outcome(world, line.substr(0, arrow)), line.substr(arrow + 4))
        << GetParam() << ".txt:" << number << ": " << line;
    ++count;
  }
  EXPECT_GT(count, 8);
}

INSTANTIATE_TEST_SUITE_P(Cel, Cases,
                         testing::Values("basic", "arithmetic", "logic", "comparison", "macros",
                                         "names", "functions", "limits"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Cel, AllFaultsAreToldWithTheirLine) {
  const World world;
  const auto program = world.environment.Compile("i +\n  x > 1 ||\n'é' + node.nope + 1");
  EXPECT_EQ(std::string(program.status().message()),
            "ERROR: <input>:2:3: undeclared reference to 'x' (in container '')\n"
            " |   x > 1 ||\n | ..^\n"
            "ERROR: <input>:3:11: undefined field 'nope'\n"
            " | 'é' + node.nope + 1\n | ..........^\n"
            "ERROR: <input>:3:17: found no matching overload for '_+_' applied to '(string, int)'\n"
            " | 'é' + node.nope + 1\n | ................^");
}

TEST(Cel, AProgramMustHaveTheTypeThatIsAskedFor) {
  const World world;
  CompileOptions options;
  options.result = Type::Bool();
  EXPECT_EQ(world.environment.Compile("i", options).status().message(),
            "must evaluate to bool, not int");
  EXPECT_TRUE(world.environment.Compile("i > 3", options).ok());
  // What is only known later is looked at later.
  const auto program = world.environment.Compile("d.a.b", options);
  ASSERT_TRUE(program.ok());
  Evaluation evaluation(*program);
  world.Fill(&evaluation);
  EXPECT_EQ(evaluation.Run().ToString(), "error(no such overload)");
}

TEST(Cel, SourcesAreBounded) {
  const World world;
  const auto message = [&](const std::string& source) {
    return std::string(world.environment.Compile(source).status().message());
  };
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  EXPECT_EQ(message(repeated("a", 100001)),
            "expression code point size exceeds limit: size: 100001, limit 100000");
  for (const std::string& deep :
       {repeated("(", 300) + "1" + repeated(")", 300), repeated("[", 300),
        repeated("!", 300) + "ok", "i" + repeated("+i", 300), "d" + repeated(".a", 300),
        "d" + repeated("[0]", 300), repeated("ok?1:", 300) + "1"}) {
    EXPECT_TRUE(absl::StrContains(message(deep), "expression recursion limit exceeded: 250"))
        << message(deep);
  }
  EXPECT_TRUE(absl::StrContains(message("[" + repeated("1,", 20000) + "1]"),
                                "expression size exceeds limit: 16384 terms"));
  EXPECT_EQ(message("'\xff'"), "expression is not valid UTF-8");
  // A long rule is not a deep one.
  EXPECT_EQ(message("ok" + repeated(" && ok", 2000)), "");
}

TEST(Cel, AttributesAreLoadedByTheHost) {
  const World world;
  std::vector<std::string> asked;
  CompileOptions options;
  options.attribute = [&](const std::vector<std::string>& path, const Type& type) {
    asked.push_back(absl::StrCat(absl::StrJoin(path, "/"), " ", type.ToString()));
    return path.size() != 3        ? CompileOptions::Attribute::kNo
           : path.back() == "zone" ? CompileOptions::Attribute::kAlways
                                   : CompileOptions::Attribute::kMayBeError;
  };
  const auto program = world.environment.Compile(
      "node.labels['zone'] == node.labels.zone && node.labels.app != node.name", options);
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_THAT(asked, testing::ElementsAre("node/labels/zone string", "node/labels/app string",
                                          "node/name string"));
  ASSERT_EQ(program->attributes().size(), 2u);
  EXPECT_THAT(program->attributes()[1].path, testing::ElementsAre("node", "labels", "app"));
  EXPECT_TRUE(program->UsesVariable(*world.environment.FindVariable("node")));
  Evaluation evaluation(*program);
  world.Fill(&evaluation);
  evaluation.SetAttribute(0, Value::BorrowedString("somewhere"));
  evaluation.SetAttribute(1, Value::BorrowedString("a-1"));
  EXPECT_EQ(evaluation.Run().ToString(), "false");
  evaluation.SetAttribute(1, Value::BorrowedString("a-2"));
  EXPECT_EQ(evaluation.Run().ToString(), "true");
  evaluation.SetAttribute(1, Value::Error("no such key: app"));
  EXPECT_EQ(evaluation.Run().ToString(), "error(no such key: app)");
}

TEST(Cel, WithoutAnEngineThereAreNoPatterns) {
  const Environment environment;
  EXPECT_TRUE(absl::StrContains(environment.Compile("'a'.matches('a')").status().message(),
                                "undeclared reference to 'matches' (in container '')"));
}

TEST(Cel, HostsAddFunctions) {
  Environment environment;
  environment.AddFunction({"math.twice", false, {Type::Int()}, Type::Int(), [](const Arguments& a) {
                             return Value::Int(a[0].int_value() * 2);
                           }});
  const auto program = environment.Compile("math.twice(21)");
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(Evaluation(*program).Run().ToString(), "42");
}

TEST(Cel, StepsAreCounted) {
  const World world;
  const auto steps = [&](absl::string_view source) {
    const auto program = world.environment.Compile(source);
    Evaluation evaluation(*program);
    world.Fill(&evaluation);
    evaluation.Run();
    return evaluation.steps();
  };
  EXPECT_EQ(steps("i"), 1u);
  EXPECT_EQ(steps("i + 1 > 3"), 3u);
  EXPECT_EQ(steps("1 + 2 + 3"), 1u);  // A constant.
  // Of each turn: the charge, the comparison, the jump out, the jump back.
  EXPECT_EQ(steps("hundred.all(x, x >= 0)") - steps("numbers.all(x, x >= 0)"), 97 * 4u);
  EXPECT_EQ(steps("long.size()") - steps("s.size()"), 300u);
}

}  // namespace
}  // namespace drydock::cel

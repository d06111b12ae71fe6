// Label and field selectors, and numbers that may be percentages.
#include "src/api/selectors.h"

#include <map>

#include "gtest/gtest.h"
#include "src/api/int_or_string.h"

namespace drydock::api {
namespace {

StringMap Labels(const std::map<std::string, std::string>& from) {
  StringMap labels;
  for (const auto& [key, value] : from) Set(&labels, key, value);
  return labels;
}

bool Matches(absl::string_view selector, const std::map<std::string, std::string>& labels) {
  const absl::StatusOr<Selector> parsed = Selector::Parse(selector);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() && parsed->Matches(Labels(labels));
}

TEST(Selector, ReadsEveryOperator) {
  EXPECT_TRUE(Matches("", {{"a", "1"}}));
  EXPECT_TRUE(Matches("a=1", {{"a", "1"}}));
  EXPECT_TRUE(Matches("a == 1", {{"a", "1"}}));
  EXPECT_FALSE(Matches("a=1", {{"a", "2"}}));
  EXPECT_TRUE(Matches("a!=1", {}));
  EXPECT_TRUE(Matches("a in (1, 2)", {{"a", "2"}}));
  EXPECT_FALSE(Matches("a in (1,2)", {}));
  EXPECT_TRUE(Matches("a notin (1,2)", {{"a", "3"}}));
  EXPECT_TRUE(Matches("a", {{"a", ""}}));
  EXPECT_FALSE(Matches("!a", {{"a", ""}}));
  EXPECT_TRUE(Matches("!a,b=x", {{"b", "x"}}));
  EXPECT_TRUE(Matches("a>3,a<5", {{"a", "4"}}));
  EXPECT_FALSE(Matches("a>3", {{"a", "x"}}));
  EXPECT_TRUE(Matches("a=", {{"a", ""}}));
  EXPECT_TRUE(Matches("example.com/x in (y)", {{"example.com/x", "y"}}));
}

TEST(Selector, RejectsWhatIsNoSelector) {
  for (const char* const text : {"=1", "a=1,", "a in 1", "a in (1", "a foo (1)", "a=b=c", "-a=1",
                                 "a=b c", "a>x", "a/b/c=1", "!"}) {
    EXPECT_FALSE(Selector::Parse(text).ok()) << text;
  }
}

TEST(Selector, PrintsWhatItReads) {
  for (const char* const text : {"a=1", "a!=1,b in (x,y),!c,d", "n notin (1,2)", "a>3"}) {
    EXPECT_EQ(Selector::Parse(text)->ToString(), text);
  }
}

TEST(Selector, OfAnAbsentLabelSelectorSelectsNothing) {
  EXPECT_FALSE(Selector::FromOptional(nullptr)->Matches(Labels({})));
  EXPECT_TRUE(Selector::From(LabelSelector())->Matches(Labels({{"a", "1"}})));
}

TEST(Selector, CombinesLabelsAndExpressions) {
  LabelSelector from;
  Set(from.mutable_match_labels(), "app", "web");
  LabelSelectorRequirement* const expression = from.add_match_expressions();
  expression->set_key("tier");
  expression->set_operator_("NotIn");
  expression->add_values("db");
  const absl::StatusOr<Selector> selector = Selector::From(from);
  ASSERT_TRUE(selector.ok());
  EXPECT_TRUE(selector->Matches(Labels({{"app", "web"}})));
  EXPECT_FALSE(selector->Matches(Labels({{"app", "web"}, {"tier", "db"}})));
  expression->set_operator_("Near");
  EXPECT_EQ(Selector::From(from).status().message(),
            "\"Near\" is not a valid label selector operator");
}

TEST(FieldSelector, ComparesFields) {
  const absl::StatusOr<FieldSelector> selector =
      FieldSelector::Parse("spec.nodeName=n1,status.phase!=Failed");
  ASSERT_TRUE(selector.ok());
  const auto object = [](std::string phase) {
    return [phase](absl::string_view field) {
      return field == "spec.nodeName" ? std::string("n1") : phase;
    };
  };
  EXPECT_TRUE(selector->Matches(object("Running")));
  EXPECT_FALSE(selector->Matches(object("Failed")));
  EXPECT_EQ(selector->RequiredValue("spec.nodeName"), "n1");
  EXPECT_EQ(selector->RequiredValue("status.phase"), std::nullopt);
}

TEST(FieldSelector, EscapesValues) {
  const absl::StatusOr<FieldSelector> selector = FieldSelector::Parse("a=x\\,y\\=z,b==w");
  ASSERT_TRUE(selector.ok());
  EXPECT_EQ(selector->requirements()[0].value, "x,y=z");
  EXPECT_EQ(selector->requirements()[1].value, "w");
  EXPECT_EQ(selector->ToString(), "a=x\\,y\\=z,b=w");
  EXPECT_FALSE(FieldSelector::Parse("a").ok());
  EXPECT_FALSE(FieldSelector::Parse("a=b\\x").ok());
  EXPECT_TRUE(FieldSelector::Parse("")->MatchesEverything());
}

TEST(IntOrString, ScalesPercentages) {
  EXPECT_EQ(*ScaledValue(FromString("25%"), 10, Rounding::kUp), 3);
  EXPECT_EQ(*ScaledValue(FromString("25%"), 10, Rounding::kDown), 2);
  EXPECT_EQ(*ScaledValue(FromInt(4), 10, Rounding::kDown), 4);
  EXPECT_FALSE(ScaledValue(FromString("4"), 10, Rounding::kDown).ok());
  EXPECT_FALSE(ScaledValue(FromString("x%"), 10, Rounding::kDown).ok());
}

TEST(IntOrString, ReadsNumbersAndNames) {
  EXPECT_FALSE(IsString(ParseIntOrString("80")));
  EXPECT_TRUE(IsString(ParseIntOrString("http")));
  EXPECT_EQ(ToString(ParseIntOrString("80")), "80");
  EXPECT_EQ(IntValue(FromString("81")), 81);
}

}  // namespace
}  // namespace drydock::api

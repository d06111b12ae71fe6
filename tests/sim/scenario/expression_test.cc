// Expressions of checks.
#include "sim/scenario/expression.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drydock::sim {
namespace {

using ::testing::HasSubstr;

class FakeObservations final : public Observations {
 public:
  absl::StatusOr<double> Value(const std::string& name,
                               const std::string& argument) const override {
    if (name == "available") return argument == "deployment/web" ? 79 : 5;
    if (name == "pending") return 0;
    if (name == "converged") return 1;
    return absl::InvalidArgumentError("no function " + name);
  }
};

Expression::Outcome Evaluate(const std::string& text) {
  const absl::StatusOr<Expression> expression = Expression::Parse(text);
  EXPECT_TRUE(expression.ok()) << expression.status();
  const absl::StatusOr<Expression::Outcome> outcome = expression->Evaluate(FakeObservations());
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return *outcome;
}

std::string ParseError(const std::string& text) {
  return std::string(Expression::Parse(text).status().message());
}

TEST(Expression, ComparesAFunctionWithANumber) {
  EXPECT_FALSE(Evaluate("available(deployment/web) >= 80").holds);
  EXPECT_TRUE(Evaluate("available(deployment/web) >= 79").holds);
  EXPECT_TRUE(Evaluate("79 == available( deployment/web )").holds);
  EXPECT_TRUE(Evaluate("available(deployment/web) != available(deployment/api)").holds);
}

TEST(Expression, HoldsWhenAllItsPartsDo) {
  EXPECT_TRUE(Evaluate("pending() == 0 and available(x) < 5.5").holds);
  EXPECT_FALSE(Evaluate("pending() == 0 and available(x) > 5").holds);
}

TEST(Expression, TakesALoneOperandAsTruth) {
  EXPECT_TRUE(Evaluate("converged").holds);
  EXPECT_FALSE(Evaluate("pending").holds);
}

TEST(Expression, SaysWhatItSaw) {
  EXPECT_EQ(Evaluate("available(deployment/web) >= 80").seen, "available(deployment/web) is 79");
}

TEST(Expression, NamesTheColumnOfAnError) {
  EXPECT_THAT(ParseError("pending() == "), HasSubstr("expected a number or a name at column 14"));
  EXPECT_THAT(ParseError("pending() == 0 or x"),
              HasSubstr("expected \"and\" or the end at column 16"));
  EXPECT_THAT(ParseError("available(x"), HasSubstr("expected \")\""));
  EXPECT_THAT(ParseError("1.2.3 > 0"), HasSubstr("expected a number"));
  EXPECT_THAT(ParseError(""), HasSubstr("expected a number or a name at column 1"));
}

TEST(Expression, PassesOnAnUnknownFunction) {
  const absl::StatusOr<Expression> expression = Expression::Parse("nonsense(1) > 0");
  ASSERT_TRUE(expression.ok());
  EXPECT_THAT(std::string(expression->Evaluate(FakeObservations()).status().message()),
              HasSubstr("no function nonsense"));
}

}  // namespace
}  // namespace drydock::sim

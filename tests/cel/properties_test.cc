// Laws: a printed tree is read as the same tree, and evaluation ends with a value, whatever the
// expression is.
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "absl/strings/str_cat.h"
#include "src/api/codec/utf8.h"
#include "src/cel/environment.h"
#include "src/cel/lanes.h"
#include "src/cel/parser.h"
#include "tests/cel/world.h"

namespace drydock::cel {
namespace {

ExprPtr NewExpr(Expr::Kind kind, std::string name = "") {
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->name = std::move(name);
  return expr;
}

template <typename T>
T Pick(const std::vector<T>& from) {
  return *rc::gen::elementOf(from);
}

ExprPtr RandomLiteral() {
  ExprPtr expr = NewExpr(Expr::Kind::kLiteral);
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      expr->literal = Value::Bool(*rc::gen::arbitrary<bool>());
      break;
    case 1:
      expr->literal = Value::Int(*rc::gen::arbitrary<int64_t>());
      break;
    case 2:
      expr->literal = Value::Int(Pick<int64_t>({0, 1, -1, std::numeric_limits<int64_t>::min()}));
      break;
    case 3:
      expr->literal = Value::Uint(*rc::gen::arbitrary<uint64_t>());
      break;
    case 4:
      expr->literal = Value::Double(*rc::gen::arbitrary<double>());
      break;
    case 5:
      expr->literal =
          Value::String(*rc::gen::suchThat(rc::gen::string<std::string>(), api::IsUtf8));
      break;
    case 6:
      expr->literal = Value::Bytes(*rc::gen::string<std::string>());
      break;
    default:
      break;
  }
  return expr;
}

ExprPtr RandomExpr(int depth) {
  const std::vector<std::string> names = {"i", "s", "d", "node", "numbers", "ok", "f", "x", "name"};
  if (depth == 0) {
    if (*rc::gen::arbitrary<bool>()) return RandomLiteral();
    return NewExpr(Expr::Kind::kIdent, Pick(names));
  }
  const auto child = [depth] { return RandomExpr(depth - 1 - *rc::gen::inRange(0, depth)); };
  ExprPtr expr;
  int children = 0;
  switch (*rc::gen::inRange(0, 12)) {
    case 0:
      return child();
    case 1:
      expr = NewExpr(Expr::Kind::kSelect, Pick(names));
      children = 1;
      break;
    case 2:
      expr = NewExpr(Expr::Kind::kHas, Pick(names));
      children = 1;
      break;
    case 3:
      expr = NewExpr(Expr::Kind::kList);
      children = *rc::gen::inRange(0, 4);
      break;
    case 4:
      expr = NewExpr(Expr::Kind::kMap);
      children = 2 * *rc::gen::inRange(0, 3);
      break;
    case 5:
      expr = NewExpr(Expr::Kind::kMacro,
                     Pick<std::string>({"all", "exists", "exists_one", "map", "filter"}));
      expr->variable = Pick(names);
      children = expr->name == "map" ? *rc::gen::inRange(2, 4) : 2;
      break;
    case 6:
      expr =
          NewExpr(Expr::Kind::kCall, std::string(Pick<absl::string_view>({op::kNegate, op::kNot})));
      children = 1;
      break;
    case 7:
      expr = NewExpr(Expr::Kind::kCall, std::string(op::kConditional));
      children = 3;
      break;
    case 8:
      expr = NewExpr(Expr::Kind::kCall,
                     Pick<std::string>({"size", "int", "string", "double", "dyn", "type"}));
      children = 1;
      break;
    case 9:
      expr = NewExpr(Expr::Kind::kCall,
                     Pick<std::string>({"contains", "indexOf", "split", "substring", "sum"}));
      expr->member = true;
      children = *rc::gen::inRange(1, 4);
      break;
    default:
      expr = NewExpr(
          Expr::Kind::kCall,
          std::string(Pick<absl::string_view>(
              {op::kOr, op::kAnd, op::kEqual, op::kNotEqual, op::kLess, op::kGreaterEqual, op::kIn,
               op::kAdd, op::kSubtract, op::kMultiply, op::kDivide, op::kModulo, op::kIndex})));
      children = 2;
      break;
  }
  for (int i = 0; i < children; ++i) expr->children.push_back(child());
  return expr;
}

RC_GTEST_PROP(Print, IsReadAsTheSameTree, ()) {
  const ExprPtr expr = RandomExpr(*rc::gen::inRange(0, 7));
  const std::string printed = Print(*expr);
  const absl::StatusOr<Ast> parsed = Parse(printed);
  RC_LOG() << printed << "\n";
  RC_ASSERT(parsed.ok());
  RC_ASSERT(SameExpr(*parsed->root, *expr));
}

// Most random trees are refused by the checker: wrapping leaves into dyn() gets more of them
// through, to fail or not when they run.
void MakeDyn(ExprPtr* expr) {
  for (ExprPtr& child : (*expr)->children) MakeDyn(&child);
  if ((*expr)->kind == Expr::Kind::kLiteral || (*expr)->kind == Expr::Kind::kIdent) {
    ExprPtr call = NewExpr(Expr::Kind::kCall, "dyn");
    call->children.push_back(std::move(*expr));
    *expr = std::move(call);
  }
}

RC_GTEST_PROP(Evaluation, EndsWithAValueTwice, ()) {
  static const World world;
  ExprPtr expr = RandomExpr(*rc::gen::inRange(0, 7));
  if (*rc::gen::arbitrary<bool>()) MakeDyn(&expr);
  const auto program = world.environment.Compile(Print(*expr));
  RC_CLASSIFY(program.ok(), "compiles");
  if (!program.ok()) return;
  Evaluation evaluation(*program, 20000);
  world.Fill(&evaluation);
  const std::string first = evaluation.Run().ToString();
  RC_LOG() << Print(*expr) << "\n" << first << "\n";
  RC_CLASSIFY(!evaluation.Run().is_error(), "has a value");
  RC_ASSERT(evaluation.Run().ToString() == first);
}

class NumbersType final : public ObjectType {
 public:
  const std::string& name() const override { return name_; }
  std::optional<Field> FindField(absl::string_view name) const override {
    if (name == "a" || name == "b") return Field{Type::Double(), 0};
    if (name == "p" || name == "q") return Field{Type::Bool(), 0};
    if (name == "n") return Field{Type::Int(), 0};
    return std::nullopt;
  }

 private:
  const std::string name_ = "Numbers";
};

// Expressions of doubles and truths over attributes of `o`, of the kind that policies are.
std::string RandomNumber(int depth);

std::string RandomTruth(int depth) {
  if (depth == 0) return Pick<std::string>({"o.p", "o.q", "true", "(o.a < 1.0)", "(o.n > 2)"});
  const int below = depth - 1;
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      return absl::StrCat("(", RandomTruth(below), " && ", RandomTruth(below), ")");
    case 1:
      return absl::StrCat("(", RandomTruth(below), " || ", RandomTruth(below), ")");
    case 2:
      return absl::StrCat("!(", RandomTruth(below), ")");
    case 3:
      return absl::StrCat("(", RandomTruth(below), " != ", RandomTruth(below), ")");
    default:
      return absl::StrCat("(", RandomNumber(below), Pick<std::string>({"<", ">=", "==", "!="}),
                          RandomNumber(below), ")");
  }
}

std::string RandomNumber(int depth) {
  if (depth == 0) return Pick<std::string>({"o.a", "o.b", "1.5", "0.0", "double(o.n)", "-o.a"});
  const int below = depth - 1;
  if (*rc::gen::inRange(0, 4) == 0) {
    return absl::StrCat("(", RandomTruth(below), " ? ", RandomNumber(below), " : ",
                        RandomNumber(below), ")");
  }
  return absl::StrCat("(", RandomNumber(below), Pick<std::string>({"+", "-", "*", "/"}),
                      RandomNumber(below), ")");
}

RC_GTEST_PROP(Lanes, GiveWhatOneEvaluationAfterTheOtherGives, ()) {
  const NumbersType type;
  Environment environment;
  environment.AddVariable("o", Type::Object(type));
  CompileOptions options;
  options.attribute = [](const std::vector<std::string>&, const Type&) {
    return CompileOptions::Attribute::kAlways;
  };
  const std::string source = RandomNumber(*rc::gen::inRange(1, 6));
  RC_LOG() << source << "\n";
  const auto program = environment.Compile(source, options);
  RC_ASSERT(program.ok());
  const std::unique_ptr<Lanes> lanes = Lanes::Make(*program);
  RC_ASSERT(lanes != nullptr);
  Evaluation evaluation(*program);
  std::vector<std::vector<Value>> inputs(Lanes::kCount);
  for (size_t lane = 0; lane < Lanes::kCount; ++lane) {
    for (size_t i = 0; i < program->attributes().size(); ++i) {
      const int draw = *rc::gen::inRange(-3, 4);
      double* at = lanes->Attribute(i) + lane;
      switch (program->attributes()[i].type.kind()) {
        case Type::Kind::kBool:
          inputs[lane].push_back(Value::Bool(draw > 0));
          *at = draw > 0 ? 1 : 0;
          break;
        case Type::Kind::kInt:
          inputs[lane].push_back(Value::Int(draw));
          *at = draw;
          break;
        default:
          inputs[lane].push_back(Value::Double(draw / 2.0));
          *at = draw / 2.0;
      }
    }
  }
  const double* results = lanes->Run();
  for (size_t lane = 0; lane < Lanes::kCount; ++lane) {
    for (size_t i = 0; i < inputs[lane].size(); ++i) evaluation.SetAttribute(i, inputs[lane][i]);
    const Value& alone = evaluation.Run();
    RC_ASSERT(alone.kind() == Value::Kind::kDouble);
    RC_ASSERT(Value::Double(results[lane]).ToString() == alone.ToString());
  }
}

}  // namespace
}  // namespace drydock::cel

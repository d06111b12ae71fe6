// The compiler. Each expression gets a register; constants are worked out here; what can fail
// inside of `&&`, `||`, `all` and `exists` has a handler, so that evaluation pays for errors only
// when there are some.
#include "src/cel/compiler.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/cel/code.h"
#include "src/cel/issues.h"

namespace drydock::cel {
namespace {

using Kind = Type::Kind;
using Register = uint16_t;

constexpr size_t kMaxCode = 60000;
constexpr size_t kMaxRegisters = 60000;
// What working out constants may take, for each of them.
constexpr uint64_t kFoldingBudget = 1000;

struct TypedOp {
  absl::string_view name;
  Kind kind;
  Op op;
  bool swapped = false;  // a > b is b < a.
};
constexpr TypedOp kTypedOps[] = {
    {op::kAdd, Kind::kInt, Op::kAddInt},
    {op::kSubtract, Kind::kInt, Op::kSubtractInt},
    {op::kMultiply, Kind::kInt, Op::kMultiplyInt},
    {op::kDivide, Kind::kInt, Op::kDivideInt},
    {op::kModulo, Kind::kInt, Op::kModuloInt},
    {op::kLess, Kind::kInt, Op::kLessInt},
    {op::kLessEqual, Kind::kInt, Op::kLessEqualInt},
    {op::kGreater, Kind::kInt, Op::kLessInt, true},
    {op::kGreaterEqual, Kind::kInt, Op::kLessEqualInt, true},
    {op::kAdd, Kind::kUint, Op::kAddUint},
    {op::kSubtract, Kind::kUint, Op::kSubtractUint},
    {op::kMultiply, Kind::kUint, Op::kMultiplyUint},
    {op::kLess, Kind::kUint, Op::kLessUint},
    {op::kLessEqual, Kind::kUint, Op::kLessEqualUint},
    {op::kGreater, Kind::kUint, Op::kLessUint, true},
    {op::kGreaterEqual, Kind::kUint, Op::kLessEqualUint, true},
    {op::kAdd, Kind::kDouble, Op::kAddDouble},
    {op::kSubtract, Kind::kDouble, Op::kSubtractDouble},
    {op::kMultiply, Kind::kDouble, Op::kMultiplyDouble},
    {op::kDivide, Kind::kDouble, Op::kDivideDouble},
    {op::kLess, Kind::kDouble, Op::kLessDouble},
    {op::kLessEqual, Kind::kDouble, Op::kLessEqualDouble},
    {op::kGreater, Kind::kDouble, Op::kLessDouble, true},
    {op::kGreaterEqual, Kind::kDouble, Op::kLessEqualDouble, true},
};

std::optional<Op> TypedEquality(Kind kind) {
  switch (kind) {
    case Kind::kInt:
      return Op::kEqualInt;
    case Kind::kUint:
      return Op::kEqualUint;
    case Kind::kDouble:
      return Op::kEqualDouble;
    case Kind::kBool:
      return Op::kEqualBool;
    case Kind::kString:
    case Kind::kBytes:
      return Op::kEqualText;
    default:
      return std::nullopt;
  }
}

class Compiler {
 public:
  Compiler(const Ast& ast, const Checked& checked, const Environment& environment,
           const CompileOptions& options)
      : ast_(ast),
        checked_(checked),
        environment_(environment),
        options_(options),
        code_(std::make_shared<Code>()),
        folded_(ast.size),
        locals_(ast.size) {}

  absl::StatusOr<Program> Run() {
    for (const Environment::Variable& variable : environment_.variables()) {
      code_->variables.push_back(variable.type);
      NewRegister();
    }
    code_->used_variables.resize(code_->variables.size());
    // Attributes have the registers after the variables, so they are found first.
    FindAttributes(*ast_.root);
    const Register result = Operand(*ast_.root);
    if (options_.result.has_value() && type(*ast_.root).is_dyn())
      CheckType(result, *options_.result);
    Emit(Op::kReturn, 0, result);
    code_->type = type(*ast_.root);
    code_->regex = environment_.regex();
    code_->base_cost += code_->instructions.size();
    if (!issues_.empty()) return ToStatus(issues_, ast_.source);
    if (code_->instructions.size() > kMaxCode || code_->registers.size() > kMaxRegisters) {
      return absl::ResourceExhaustedError("expression is too large");
    }
    return Program(std::move(code_));
  }

 private:
  struct Folded {
    enum class State : uint8_t { kUnknown, kNo, kYes } state = State::kUnknown;
    Value value;
  };

  const CheckedNode& node(const Expr& expr) const { return checked_.nodes[expr.id]; }
  const Type& type(const Expr& expr) const { return node(expr).type; }
  std::vector<Instruction>& instructions() { return code_->instructions; }

  Register NewRegister() {
    code_->registers.emplace_back();
    // Out of range numbers are never used: Run refuses the program.
    return static_cast<Register>(code_->registers.size() - 1);
  }
  Register Constant(const Value& value) {
    code_->registers.push_back(value);
    return static_cast<Register>(code_->registers.size() - 1);
  }
  void Emit(Op op, size_t to, size_t a = 0, size_t b = 0) {
    instructions().push_back(
        {op, static_cast<uint16_t>(to), static_cast<uint16_t>(a), static_cast<uint16_t>(b)});
  }
  // A jump whose target is set when it is known.
  size_t EmitJump(Op op, Register condition = 0) {
    Emit(op, 0, condition);
    return instructions().size() - 1;
  }
  void Land(size_t jump) { instructions()[jump].to = static_cast<uint16_t>(instructions().size()); }
  bool CanFailSince(size_t begin) {
    return std::any_of(instructions().begin() + static_cast<std::ptrdiff_t>(begin),
                       instructions().end(), [](const Instruction& i) { return CanFail(i.op); });
  }
  // Makes an error of what is not of the type that everybody counts on: the host may give anything
  // inside of lists, maps and objects, and so may expressions by way of dyn.
  void CheckType(Register at, const Type& type) {
    if (type.is_dyn()) return;
    const auto known = std::find(code_->types.begin(), code_->types.end(), type);
    Emit(Op::kCheckType, 0, at, static_cast<size_t>(known - code_->types.begin()));
    if (known == code_->types.end()) code_->types.push_back(type);
  }
  // Puts an instruction before those from `at` on, which only jump among themselves.
  void Insert(size_t at, const Instruction& instruction) {
    const auto moved = [at](uint16_t position) {
      return static_cast<uint16_t>(position >= at ? position + 1 : position);
    };
    instructions().insert(instructions().begin() + static_cast<std::ptrdiff_t>(at), instruction);
    for (size_t i = at + 1; i < instructions().size(); ++i) {
      Instruction& later = instructions()[i];
      const bool jumps =
          later.op == Op::kJump || later.op == Op::kJumpIfFalse || later.op == Op::kJumpIfTrue;
      if (jumps) later.to = moved(later.to);
    }
    for (auto handler = code_->handlers.rbegin();
         handler != code_->handlers.rend() && handler->begin >= at; ++handler) {
      handler->begin = moved(handler->begin);
      handler->end = moved(handler->end);
      handler->target = moved(handler->target);
    }
  }
  void AddHandler(size_t begin, size_t end, size_t target, Register error) {
    code_->handlers.push_back({static_cast<uint16_t>(begin), static_cast<uint16_t>(end),
                               static_cast<uint16_t>(target), error});
  }

  // The path of an expression like node.labels["a"].b, from a variable.
  bool PathOf(const Expr& expr, std::vector<std::string>* path) const {
    if (expr.kind == Expr::Kind::kIdent) {
      if (node(expr).meaning != CheckedNode::Meaning::kVariable) return false;
      path->push_back(expr.name);
      return true;
    }
    if (expr.kind == Expr::Kind::kSelect) {
      if (!PathOf(*expr.children[0], path)) return false;
      path->push_back(expr.name);
      return true;
    }
    if (expr.kind != Expr::Kind::kCall || expr.name != op::kIndex) return false;
    const Expr& index = *expr.children[1];
    if (index.kind != Expr::Kind::kLiteral || index.literal.kind() != Value::Kind::kString) {
      return false;
    }
    if (!PathOf(*expr.children[0], path)) return false;
    path->emplace_back(index.literal.text());
    return true;
  }

  void FindAttributes(const Expr& expr) {
    std::vector<std::string> path;
    if (options_.attribute && PathOf(expr, &path) && path.size() > 1) {
      auto& attributes = code_->attributes;
      const auto known =
          std::find_if(attributes.begin(), attributes.end(),
                       [&](const Program::Attribute& other) { return other.path == path; });
      const auto number = static_cast<size_t>(known - attributes.begin());
      if (known == attributes.end()) {
        using Attribute = CompileOptions::Attribute;
        const Attribute answer = options_.attribute(path, type(expr));
        if (answer != Attribute::kNo) {
          attributes.push_back({std::move(path), type(expr), answer == Attribute::kMayBeError});
          NewRegister();
        }
      }
      if (number < attributes.size()) {
        attribute_of_.resize(ast_.size, -1);
        attribute_of_[expr.id] = static_cast<int>(number);
        return;
      }
    }
    for (const ExprPtr& child : expr.children) FindAttributes(*child);
  }

  // The value of what does not depend on variables. Errors are left for the evaluation, which may
  // never come to them.
  const Value* Fold(const Expr& expr) {
    Folded& folded = folded_[expr.id];
    if (folded.state == Folded::State::kUnknown) {
      const std::optional<Value> value = TryFold(expr);
      folded.state =
          value.has_value() && !value->is_error() ? Folded::State::kYes : Folded::State::kNo;
      if (value.has_value()) folded.value = *value;
    }
    return folded.state == Folded::State::kYes ? &folded.value : nullptr;
  }

  std::optional<Value> TryFold(const Expr& expr) {
    if (node(expr).meaning == CheckedNode::Meaning::kConstant) return node(expr).constant;
    if (expr.kind == Expr::Kind::kLiteral) return expr.literal;
    if (expr.kind != Expr::Kind::kList && expr.kind != Expr::Kind::kMap &&
        expr.kind != Expr::Kind::kCall) {
      return std::nullopt;
    }
    std::vector<Value> values;
    for (size_t i = node(expr).namespaced ? 1 : 0; i < expr.children.size(); ++i) {
      const Value* value = Fold(*expr.children[i]);
      if (value == nullptr) return std::nullopt;
      values.push_back(*value);
    }
    if (expr.kind == Expr::Kind::kList) return Value::List(std::move(values));
    if (expr.kind == Expr::Kind::kMap) {
      std::vector<std::pair<Value, Value>> entries;
      for (size_t i = 0; i + 1 < values.size(); i += 2) {
        if (!IsKey(values[i])) return std::nullopt;
        entries.emplace_back(values[i], values[i + 1]);
      }
      return Value::Map(std::move(entries));
    }
    if (node(expr).overloads.size() != 1 || node(expr).overloads[0]->pattern) return std::nullopt;
    const Overload& overload = *node(expr).overloads[0];
    std::vector<uint16_t> numbers;
    for (size_t i = 0; i < values.size(); ++i) {
      if (!Accepts(overload.parameters[i], values[i])) return std::nullopt;
      numbers.push_back(static_cast<uint16_t>(i));
    }
    Meter meter(kFoldingBudget);
    Value value = overload.function(
        Arguments(values.data(), numbers.data(), values.size(), &meter, nullptr, nullptr));
    if (meter.exceeded()) return std::nullopt;
    return value;
  }

  // The register that has the value of `expr` once what is emitted here has run.
  Register Operand(const Expr& expr) {
    if (const Value* constant = Fold(expr)) return Constant(*constant);
    if (!attribute_of_.empty() && attribute_of_[expr.id] >= 0) {
      const auto number = static_cast<size_t>(attribute_of_[expr.id]);
      const auto from = static_cast<Register>(code_->variables.size() + number);
      if (code_->attributes[number].may_be_error) Emit(Op::kRaise, 0, from);
      return from;
    }
    if (node(expr).meaning == CheckedNode::Meaning::kVariable) {
      code_->used_variables[static_cast<size_t>(node(expr).number)] = true;
      return static_cast<Register>(node(expr).number);
    }
    if (node(expr).meaning == CheckedNode::Meaning::kLocal) {
      return locals_[static_cast<size_t>(node(expr).number)];
    }
    const Register to = NewRegister();
    Into(expr, to);
    return to;
  }

  void OperandInto(const Expr& expr, Register to) {
    const Register from = Operand(expr);
    Emit(Op::kMove, to, from);
  }

  // REQUIRES: `to` is a register made for the type of `expr`, which is not folded.
  void Into(const Expr& expr, Register to) {
    switch (expr.kind) {
      case Expr::Kind::kSelect:
      case Expr::Kind::kHas:
        Select(expr, to);
        break;
      case Expr::Kind::kCall:
        CallInto(expr, to);
        break;
      case Expr::Kind::kList:
        code_->base_cost += 10;
        Emit(Op::kNewList, to, expr.children.size());
        for (const ExprPtr& child : expr.children) {
          const Register item = Operand(*child);
          Emit(Op::kAppend, to, item);
        }
        break;
      case Expr::Kind::kMap:
        code_->base_cost += 30;
        Emit(Op::kNewMap, to);
        for (size_t i = 0; i + 1 < expr.children.size(); i += 2) {
          const Register key = Operand(*expr.children[i]);
          const Register value = Operand(*expr.children[i + 1]);
          Emit(Op::kPut, to, key, value);
        }
        break;
      case Expr::Kind::kMacro:
        MacroInto(expr, to);
        break;
      default:
        break;  // The checker leaves nothing else.
    }
  }

  void Select(const Expr& expr, Register to) {
    const bool has = expr.kind == Expr::Kind::kHas;
    const Register of = Operand(*expr.children[0]);
    if (node(expr).meaning == CheckedNode::Meaning::kField) {
      Emit(has ? Op::kHasField : Op::kGetField, to, of, static_cast<size_t>(node(expr).number));
    } else {
      const Register name = Constant(Value::String(expr.name));
      Emit(has ? Op::kHas : Op::kSelect, to, of, name);
    }
    if (!has) CheckType(to, type(expr));
  }

  void CheckBool(const Expr& expr, Register at) {
    if (type(expr).kind() != Kind::kBool) Emit(Op::kCheckBool, 0, at);
  }

  void CallInto(const Expr& expr, Register to) {
    if (expr.name == op::kAnd || expr.name == op::kOr) return Logic(expr, to);
    if (expr.name == op::kConditional) return Conditional(expr, to);
    if (expr.name == op::kNot) {
      const Register operand = Operand(*expr.children[0]);
      CheckBool(*expr.children[0], operand);
      return Emit(Op::kNot, to, operand);
    }
    if (expr.name == op::kEqual || expr.name == op::kNotEqual) return Equality(expr, to);
    if (expr.name == op::kIn || expr.name == op::kIndex) {
      const Register a = Operand(*expr.children[0]);
      const Register b = Operand(*expr.children[1]);
      Emit(expr.name == op::kIn ? Op::kIn : Op::kIndex, to, a, b);
      if (expr.name == op::kIndex) CheckType(to, type(expr));
      return;
    }
    if (TypedInto(expr, to)) return;
    FunctionInto(expr, to);
  }

  void Equality(const Expr& expr, Register to) {
    const Register a = Operand(*expr.children[0]);
    const Register b = Operand(*expr.children[1]);
    const Type& left = type(*expr.children[0]);
    const std::optional<Op> typed =
        left == type(*expr.children[1]) ? TypedEquality(left.kind()) : std::nullopt;
    Emit(typed.value_or(Op::kEqual), to, a, b);
    if (expr.name == op::kNotEqual) Emit(Op::kNot, to, to);
  }

  // Instructions for numbers of known types. False when there is none.
  bool TypedInto(const Expr& expr, Register to) {
    if (node(expr).overloads.size() != 1 || expr.children.empty()) return false;
    const Overload& overload = *node(expr).overloads[0];
    const Kind kind = type(*expr.children[0]).kind();
    if (expr.name == op::kNegate && (kind == Kind::kInt || kind == Kind::kDouble)) {
      const Register operand = Operand(*expr.children[0]);
      Emit(kind == Kind::kInt ? Op::kNegateInt : Op::kNegateDouble, to, operand);
      return true;
    }
    if (expr.name == "double" && kind == Kind::kInt && !expr.member) {
      const Register operand = Operand(*expr.children[0]);
      Emit(Op::kIntToDouble, to, operand);
      return true;
    }
    if (overload.parameters.size() != 2 || !(overload.parameters[0] == overload.parameters[1]) ||
        type(*expr.children[1]).kind() != kind) {
      return false;
    }
    for (const TypedOp& typed : kTypedOps) {
      if (typed.name != expr.name || typed.kind != kind) continue;
      const Register a = Operand(*expr.children[0]);
      const Register b = Operand(*expr.children[1]);
      Emit(typed.op, to, typed.swapped ? b : a, typed.swapped ? a : b);
      return true;
    }
    return false;
  }

  void FunctionInto(const Expr& expr, Register to) {
    CallSite site;
    bool known = node(expr).overloads.size() == 1;
    const size_t first = node(expr).namespaced ? 1 : 0;
    for (size_t i = first; i < expr.children.size(); ++i) {
      site.arguments.push_back(Operand(*expr.children[i]));
      // Null may stand for an object: the function must not see it.
      const Type& argument = type(*expr.children[i]);
      known = known && !argument.is_dyn() && argument.kind() != Kind::kNull;
    }
    for (const Overload* overload : node(expr).overloads) {
      // Lists and maps may hold anything: functions of generic types look for themselves.
      site.candidates.push_back(
          {known ? std::vector<Type>() : overload->parameters, overload->function});
      if (!overload->pattern || site.regex != nullptr) continue;
      const Value* pattern = Fold(*expr.children[first + 1]);
      if (pattern == nullptr || pattern->kind() != Value::Kind::kString) continue;
      absl::StatusOr<std::unique_ptr<const Regex>> compiled =
          environment_.regex()->Compile(pattern->text());
      if (compiled.ok()) {
        site.regex = *std::move(compiled);
      } else {
        issues_.push_back({expr.children[first + 1]->position,
                           absl::StrCat("error parsing regexp: ", compiled.status().message())});
      }
    }
    code_->calls.push_back(std::move(site));
    Emit(Op::kCall, to, code_->calls.size() - 1);
    CheckType(to, type(expr));
  }

  // a && b: false when one of them is false, whatever the other is; else the error of one of them,
  // if there is one; else true. Of ||, the same with true and false exchanged.
  void Logic(const Expr& expr, Register to) {
    const bool conjunction = expr.name == op::kAnd;
    const Op decided = conjunction ? Op::kJumpIfFalse : Op::kJumpIfTrue;
    const size_t begin = instructions().size();
    const Register a = Operand(*expr.children[0]);
    CheckBool(*expr.children[0], a);
    const bool fails = CanFailSince(begin);
    const Register error = fails ? NewRegister() : 0;
    if (fails) Insert(begin, {Op::kSetNull, error, 0, 0});
    const size_t end = instructions().size();
    const size_t first = EmitJump(decided, a);
    if (fails) AddHandler(begin + 1, end, instructions().size(), error);
    const Register b = Operand(*expr.children[1]);
    CheckBool(*expr.children[1], b);
    const size_t second = EmitJump(decided, b);
    if (fails) Emit(Op::kRaise, 0, error);
    Emit(Op::kSetBool, to, conjunction ? 1 : 0);
    const size_t done = EmitJump(Op::kJump);
    Land(first);
    Land(second);
    Emit(Op::kSetBool, to, conjunction ? 0 : 1);
    Land(done);
  }

  void Conditional(const Expr& expr, Register to) {
    const Register condition = Operand(*expr.children[0]);
    CheckBool(*expr.children[0], condition);
    const size_t otherwise = EmitJump(Op::kJumpIfFalse, condition);
    OperandInto(*expr.children[1], to);
    const size_t done = EmitJump(Op::kJump);
    Land(otherwise);
    OperandInto(*expr.children[2], to);
    Land(done);
  }

  // Loops over the items (of a map: the keys) of a range. `body` is compiled once, and costs its
  // instructions at each turn.
  template <typename Body>
  void Loop(const Expr& expr, Body body) {
    const Register range = Operand(*expr.children[0]);
    const Type& of = type(*expr.children[0]);
    if (of.is_dyn()) Emit(Op::kCheckRange, 0, range);
    const Type item = of.kind() == Kind::kList  ? of.element()
                      : of.kind() == Kind::kMap ? of.key()
                                                : Type::Dyn();
    const Register local = NewRegister();
    locals_[expr.id] = local;
    const Register counter = NewRegister();
    Emit(Op::kSetZero, counter);
    const size_t top = instructions().size();
    Emit(Op::kIterate, local, counter, range);
    const size_t end = EmitJump(Op::kJump);
    const size_t charge = instructions().size();
    const uint64_t outside = code_->base_cost;
    Emit(Op::kCharge, 0);
    CheckType(local, item);
    body(top);
    const uint64_t cost = instructions().size() - charge + (code_->base_cost - outside);
    instructions()[charge].a = static_cast<uint16_t>(cost >> 16);
    instructions()[charge].b = static_cast<uint16_t>(cost);
    Emit(Op::kJump, top);
    Land(end);
  }

  void MacroInto(const Expr& expr, Register to) {
    if (expr.name == "all" || expr.name == "exists") return Quantifier(expr, to);
    if (expr.name == "map" || expr.name == "filter") return Transform(expr, to);
    // exists_one: errors are not absorbed.
    const Register count = NewRegister();
    Emit(Op::kSetZero, count);
    Loop(expr, [&](size_t top) {
      const Register holds = Operand(*expr.children[1]);
      CheckBool(*expr.children[1], holds);
      Emit(Op::kJumpIfFalse, top, holds);
      Emit(Op::kIncrement, count);
    });
    const Register one = Constant(Value::Int(1));
    Emit(Op::kEqualInt, to, count, one);
  }

  void Quantifier(const Expr& expr, Register to) {
    const bool all = expr.name == "all";
    const Register error = NewRegister();
    Emit(Op::kSetNull, error);
    size_t decided = 0;
    Loop(expr, [&](size_t top) {
      const size_t begin = instructions().size();
      const Register holds = Operand(*expr.children[1]);
      CheckBool(*expr.children[1], holds);
      if (CanFailSince(begin)) AddHandler(begin, instructions().size(), top, error);
      decided = EmitJump(all ? Op::kJumpIfFalse : Op::kJumpIfTrue, holds);
    });
    Emit(Op::kRaise, 0, error);
    Emit(Op::kSetBool, to, all ? 1 : 0);
    const size_t done = EmitJump(Op::kJump);
    Land(decided);
    Emit(Op::kSetBool, to, all ? 0 : 1);
    Land(done);
  }

  void Transform(const Expr& expr, Register to) {
    code_->base_cost += 10;
    Emit(Op::kNewList, to);
    Loop(expr, [&](size_t top) {
      const bool filter = expr.name == "filter";
      if (filter || expr.children.size() == 3) {
        const Register holds = Operand(*expr.children[1]);
        CheckBool(*expr.children[1], holds);
        Emit(Op::kJumpIfFalse, top, holds);
      }
      const Register item = filter ? locals_[expr.id] : Operand(*expr.children.back());
      Emit(Op::kAppend, to, item);
    });
  }

  static bool IsKey(const Value& key) {
    return key.kind() == Value::Kind::kString || key.kind() == Value::Kind::kInt ||
           key.kind() == Value::Kind::kUint || key.kind() == Value::Kind::kBool;
  }

  const Ast& ast_;
  const Checked& checked_;
  const Environment& environment_;
  const CompileOptions& options_;
  std::shared_ptr<Code> code_;
  std::vector<Folded> folded_;
  std::vector<Register> locals_;   // By the id of the macro.
  std::vector<int> attribute_of_;  // By expression: its number, or -1.
  std::vector<Issue> issues_;
};

}  // namespace

absl::StatusOr<Program> MakeProgram(const Ast& ast, const Checked& checked,
                                    const Environment& environment, const CompileOptions& options) {
  return Compiler(ast, checked, environment, options).Run();
}

}  // namespace drydock::cel

// The checker: one pass from the leaves up, with the texts of cel-go.
#include "src/cel/checker.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/cel/issues.h"

namespace drydock::cel {
namespace {

using Kind = Type::Kind;

// What the parameters of a generic function stand for in one call.
class Bindings {
 public:
  // Whether a value of type `argument` can be given where `parameter` is wanted.
  bool Match(const Type& parameter, const Type& argument) {
    if (parameter.kind() == Kind::kParameter) return Bind(parameter.parameter(), argument);
    if (parameter.is_dyn() || argument.is_dyn()) return true;
    if (argument.kind() == Kind::kNull) return TakesNull(parameter);
    if (parameter.kind() != argument.kind()) return false;
    switch (parameter.kind()) {
      case Kind::kList:
        return Match(parameter.element(), argument.element());
      case Kind::kMap:
        return Match(parameter.key(), argument.key()) && Match(parameter.value(), argument.value());
      default:
        return parameter == argument;
    }
  }

  Type Substitute(const Type& type) const {
    switch (type.kind()) {
      case Kind::kParameter: {
        const auto& bound = bound_[static_cast<size_t>(type.parameter())];
        return bound.has_value() ? *bound : Type::Dyn();
      }
      case Kind::kList:
        return Type::List(Substitute(type.element()));
      case Kind::kMap:
        return Type::Map(Substitute(type.key()), Substitute(type.value()));
      default:
        return type;
    }
  }

 private:
  static bool TakesNull(const Type& type) {
    return type.kind() == Kind::kNull || type.kind() == Kind::kObject ||
           type.kind() == Kind::kTimestamp || type.kind() == Kind::kDuration;
  }

  bool Bind(int parameter, const Type& argument) {
    std::optional<Type>& bound = bound_[static_cast<size_t>(parameter)];
    if (!bound.has_value()) {
      bound = argument;
      return true;
    }
    const Type before = *bound;
    if (!Match(before, argument) && !Match(argument, before)) return false;
    // The less that is known, the wider: a value that may be null is no object to count on.
    const bool null = (before.kind() == Kind::kNull) != (argument.kind() == Kind::kNull);
    if (argument.is_dyn() || null) bound = Type::Dyn();
    return true;
  }

  std::optional<Type> bound_[2];
};

bool Assignable(const Type& to, const Type& from) { return Bindings().Match(to, from); }

std::optional<Value> TypeConstant(absl::string_view name) {
  for (const char* known :
       {"bool", "int", "uint", "double", "string", "bytes", "list", "map", "type", "null_type",
        "google.protobuf.Timestamp", "google.protobuf.Duration"}) {
    if (name == known) return Value::TypeNamed(known);
  }
  return std::nullopt;
}

// "a.b.c" when the expression is a chain of plain names.
std::optional<std::string> DottedName(const Expr& expr) {
  if (expr.kind == Expr::Kind::kIdent) return expr.name;
  if (expr.kind != Expr::Kind::kSelect) return std::nullopt;
  const std::optional<std::string> before = DottedName(*expr.children[0]);
  if (!before.has_value()) return std::nullopt;
  return absl::StrCat(*before, ".", expr.name);
}

class Checker {
 public:
  Checker(const Ast& ast, const Environment& environment) : environment_(environment) {
    checked_.nodes.resize(ast.size);
  }

  Type Visit(const Expr& expr) {
    Type type = TypeOf(expr);
    checked_.nodes[expr.id].type = type;
    return type;
  }
  std::vector<Issue>& issues() { return issues_; }
  Checked Take() { return std::move(checked_); }

 private:
  struct Local {
    absl::string_view name;
    Type type;
    uint32_t macro;
  };

  CheckedNode& node(const Expr& expr) { return checked_.nodes[expr.id]; }

  // The type of what is wrong is dyn, so that it is told once.
  Type Fail(const Position& position, std::string message) {
    issues_.push_back({position, std::move(message)});
    return Type::Dyn();
  }
  Type Undeclared(const Position& position, absl::string_view name) {
    return Fail(position, absl::StrCat("undeclared reference to '", name, "' (in container '')"));
  }

  Type TypeOf(const Expr& expr) {
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
        return LiteralType(expr.literal);
      case Expr::Kind::kIdent:
        return VisitIdent(expr);
      case Expr::Kind::kSelect:
        return VisitSelect(expr);
      case Expr::Kind::kHas:
        VisitField(expr);
        return Type::Bool();
      case Expr::Kind::kCall:
        return VisitCall(expr);
      case Expr::Kind::kList:
        return VisitList(expr);
      case Expr::Kind::kMap:
        return VisitMap(expr);
      case Expr::Kind::kStruct:
        for (const ExprPtr& child : expr.children) Visit(*child);
        return Undeclared(expr.position, expr.name);
      case Expr::Kind::kMacro:
        return VisitMacro(expr);
    }
    return Type::Dyn();
  }

  static Type LiteralType(const Value& literal) {
    switch (literal.kind()) {
      case Value::Kind::kBool:
        return Type::Bool();
      case Value::Kind::kInt:
        return Type::Int();
      case Value::Kind::kUint:
        return Type::Uint();
      case Value::Kind::kDouble:
        return Type::Double();
      case Value::Kind::kString:
        return Type::String();
      case Value::Kind::kBytes:
        return Type::Bytes();
      default:
        return Type::Null();
    }
  }

  const Local* FindLocal(absl::string_view name) const {
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
      if (local->name == name) return &*local;
    }
    return nullptr;
  }

  Type VisitIdent(const Expr& expr) {
    if (const Local* local = FindLocal(expr.name)) {
      node(expr).meaning = CheckedNode::Meaning::kLocal;
      node(expr).number = static_cast<int>(local->macro);
      return local->type;
    }
    if (const std::optional<uint32_t> variable = environment_.FindVariable(expr.name)) {
      node(expr).meaning = CheckedNode::Meaning::kVariable;
      node(expr).number = static_cast<int>(*variable);
      return environment_.variables()[*variable].type;
    }
    if (std::optional<Value> constant = TypeConstant(expr.name)) {
      return Constant(expr, *std::move(constant));
    }
    return Undeclared(expr.position, expr.name);
  }

  Type Constant(const Expr& expr, Value constant) {
    node(expr).meaning = CheckedNode::Meaning::kConstant;
    node(expr).constant = std::move(constant);
    return Type::TypeOfTypes();
  }

  Type VisitSelect(const Expr& expr) {
    // The names of some types have dots.
    if (const std::optional<std::string> name = DottedName(expr)) {
      const absl::string_view first = absl::string_view(*name).substr(0, name->find('.'));
      if (FindLocal(first) == nullptr && !environment_.FindVariable(first).has_value()) {
        if (std::optional<Value> constant = TypeConstant(*name)) {
          return Constant(expr, *std::move(constant));
        }
      }
    }
    return VisitField(expr);
  }

  Type VisitField(const Expr& expr) {
    const Type of = Visit(*expr.children[0]);
    switch (of.kind()) {
      case Kind::kDyn:
        return Type::Dyn();
      case Kind::kMap:
        if (Assignable(of.key(), Type::String())) return of.value();
        return Fail(expr.position,
                    absl::StrCat("type '", of.ToString(), "' does not support field selection"));
      case Kind::kObject: {
        const std::optional<ObjectType::Field> field = of.object().FindField(expr.name);
        if (!field.has_value()) {
          return Fail(expr.position, absl::StrCat("undefined field '", expr.name, "'"));
        }
        node(expr).meaning = CheckedNode::Meaning::kField;
        node(expr).number = field->number;
        return field->type;
      }
      default:
        return Fail(expr.position,
                    absl::StrCat("type '", of.ToString(), "' does not support field selection"));
    }
  }

  Type VisitCall(const Expr& expr) {
    size_t first = 0;
    std::string name = expr.name;
    if (expr.member) {
      // A function with a namespace, unless the target means something.
      const std::optional<std::string> target = DottedName(*expr.children[0]);
      if (target.has_value() && FindLocal(*target) == nullptr &&
          !environment_.FindVariable(*target).has_value()) {
        const std::string whole = absl::StrCat(*target, ".", expr.name);
        if (environment_.FindFunction(whole) != nullptr) {
          node(expr).namespaced = true;
          name = whole;
          first = 1;
        }
      }
    }
    std::vector<Type> arguments;
    for (size_t i = first; i < expr.children.size(); ++i) {
      arguments.push_back(Visit(*expr.children[i]));
    }
    if (const std::optional<Type> known = VisitOperator(expr, arguments)) return *known;
    const std::vector<Overload>* overloads = environment_.FindFunction(name);
    if (overloads == nullptr) return Undeclared(expr.position, name);
    const bool member = expr.member && !node(expr).namespaced;
    std::optional<Type> result;
    for (const Overload& overload : *overloads) {
      if (overload.member != member || overload.parameters.size() != arguments.size()) continue;
      Bindings bindings;
      bool matches = true;
      for (size_t i = 0; matches && i < arguments.size(); ++i) {
        matches = bindings.Match(overload.parameters[i], arguments[i]);
      }
      if (!matches) continue;
      const Type type = bindings.Substitute(overload.result);
      result = !result.has_value() || *result == type ? type : Type::Dyn();
      node(expr).overloads.push_back(&overload);
    }
    if (!result.has_value()) return NoOverload(expr, name, arguments, member);
    return *result;
  }

  Type NoOverload(const Expr& expr, absl::string_view name, const std::vector<Type>& arguments,
                  bool member) {
    const auto print = [](std::string* out, const Type& type) { out->append(type.ToString()); };
    const std::string list =
        absl::StrJoin(arguments.begin() + (member ? 1 : 0), arguments.end(), ", ", print);
    const std::string applied = member ? absl::StrCat(arguments[0].ToString(), ".(", list, ")")
                                       : absl::StrCat("(", list, ")");
    return Fail(expr.position, absl::StrCat("found no matching overload for '", name,
                                            "' applied to '", applied, "'"));
  }

  // Operators that are not functions of the environment: they do not always evaluate their
  // operands, or take any type.
  std::optional<Type> VisitOperator(const Expr& expr, const std::vector<Type>& arguments) {
    const Type any = Type::Parameter(0);
    const auto typed = [&](std::vector<Type> parameters, const Type& result) {
      Bindings bindings;
      for (size_t i = 0; i < parameters.size(); ++i) {
        if (!bindings.Match(parameters[i], arguments[i])) {
          return NoOverload(expr, expr.name, arguments, false);
        }
      }
      return bindings.Substitute(result);
    };
    if (expr.name == op::kAnd || expr.name == op::kOr) {
      return typed({Type::Bool(), Type::Bool()}, Type::Bool());
    }
    if (expr.name == op::kNot) return typed({Type::Bool()}, Type::Bool());
    if (expr.name == op::kConditional) return typed({Type::Bool(), any, any}, any);
    if (expr.name == op::kEqual || expr.name == op::kNotEqual) {
      return typed({any, any}, Type::Bool());
    }
    if (expr.name == op::kIn) {
      const bool map = arguments[1].kind() == Kind::kMap;
      return typed({any, map ? Type::Map(any, Type::Parameter(1)) : Type::List(any)}, Type::Bool());
    }
    if (expr.name == op::kIndex) {
      if (arguments[0].is_dyn()) return Type::Dyn();
      if (arguments[0].kind() == Kind::kMap) {
        return typed({Type::Map(any, Type::Parameter(1)), any}, Type::Parameter(1));
      }
      return typed({Type::List(any), Type::Int()}, any);
    }
    return std::nullopt;
  }

  // Literals have items of one type (Kubernetes asks cel-go for that), unless some are dyn.
  Type Join(const Expr& item, std::optional<Type>* joined) {
    const Type type = Visit(item);
    if (!joined->has_value()) {
      *joined = type;
    } else if (!Assignable(**joined, type)) {
      Fail(item.position, absl::StrCat("expected type '", (*joined)->ToString(), "' but found '",
                                       type.ToString(), "'"));
    } else if (type.is_dyn() || type.kind() == Kind::kNull) {
      *joined = type.kind() == (*joined)->kind() ? type : Type::Dyn();
    }
    return type;
  }

  Type VisitList(const Expr& expr) {
    std::optional<Type> element;
    for (const ExprPtr& child : expr.children) Join(*child, &element);
    return Type::List(element.value_or(Type::Dyn()));
  }

  Type VisitMap(const Expr& expr) {
    std::optional<Type> key;
    std::optional<Type> value;
    for (size_t i = 0; i < expr.children.size(); ++i) {
      Join(*expr.children[i], i % 2 == 0 ? &key : &value);
    }
    return Type::Map(key.value_or(Type::Dyn()), value.value_or(Type::Dyn()));
  }

  Type VisitMacro(const Expr& expr) {
    const Type range = Visit(*expr.children[0]);
    Type item;
    if (range.kind() == Kind::kList) {
      item = range.element();
    } else if (range.kind() == Kind::kMap) {
      item = range.key();
    } else if (!range.is_dyn()) {
      Fail(expr.children[0]->position,
           absl::StrCat("expression of type '", range.ToString(),
                        "' cannot be range of a comprehension (must be list, map, or dynamic)"));
    }
    locals_.push_back({expr.variable, item, expr.id});
    std::vector<Type> bodies;
    for (size_t i = 1; i < expr.children.size(); ++i) bodies.push_back(Visit(*expr.children[i]));
    locals_.pop_back();
    const bool maps = expr.name == "map";
    if ((!maps || bodies.size() == 2) && !Assignable(Type::Bool(), bodies[0])) {
      // As if it had been written with the operator that the macro stands for.
      if (expr.name == "all") return NoOverload(expr, op::kAnd, {Type::Bool(), bodies[0]}, false);
      if (expr.name == "exists") return NoOverload(expr, op::kOr, {Type::Bool(), bodies[0]}, false);
      const Type result = expr.name == "filter" ? Type::List(item)
                          : maps                ? Type::List(bodies[1])
                                                : Type::Int();
      return NoOverload(expr, op::kConditional, {bodies[0], result, result}, false);
    }
    if (maps) return Type::List(bodies.back());
    return expr.name == "filter" ? Type::List(item) : Type::Bool();
  }

  const Environment& environment_;
  Checked checked_;
  std::vector<Local> locals_;
  std::vector<Issue> issues_;
};

}  // namespace

absl::StatusOr<Checked> Check(const Ast& ast, const Environment& environment) {
  Checker checker(ast, environment);
  checker.Visit(*ast.root);
  if (!checker.issues().empty()) {
    std::stable_sort(checker.issues().begin(), checker.issues().end(),
                     [](const Issue& a, const Issue& b) {
                       return std::pair(a.position.line, a.position.column) <
                              std::pair(b.position.line, b.position.column);
                     });
    return ToStatus(checker.issues(), ast.source);
  }
  return checker.Take();
}

}  // namespace drydock::cel

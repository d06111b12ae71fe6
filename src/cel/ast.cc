// Printing and comparing trees.
#include "src/cel/ast.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace drydock::cel {
namespace {

struct BinaryOperator {
  absl::string_view name;
  absl::string_view symbol;
  int precedence;
};

// How tightly an expression binds; operands that bind less get parentheses.
enum Precedence : int {
  kConditional = 1,
  kOr,
  kAnd,
  kRelation,
  kSum,
  kProduct,
  kUnary,
  kPrimary,
};

constexpr BinaryOperator kBinary[] = {
    {op::kOr, "||", kOr},           {op::kAnd, "&&", kAnd},
    {op::kEqual, "==", kRelation},  {op::kNotEqual, "!=", kRelation},
    {op::kLess, "<", kRelation},    {op::kLessEqual, "<=", kRelation},
    {op::kGreater, ">", kRelation}, {op::kGreaterEqual, ">=", kRelation},
    {op::kIn, "in", kRelation},     {op::kAdd, "+", kSum},
    {op::kSubtract, "-", kSum},     {op::kMultiply, "*", kProduct},
    {op::kDivide, "/", kProduct},   {op::kModulo, "%", kProduct},
};

const BinaryOperator* FindBinary(const Expr& expr) {
  if (expr.kind != Expr::Kind::kCall || expr.children.size() != 2) return nullptr;
  for (const BinaryOperator& binary : kBinary) {
    if (binary.name == expr.name) return &binary;
  }
  return nullptr;
}

bool IsNegative(const Value& literal) {
  if (literal.kind() == Value::Kind::kInt) return literal.int_value() < 0;
  return literal.kind() == Value::Kind::kDouble && std::signbit(literal.double_value());
}

class Printer {
 public:
  void Write(const Expr& expr, int at_least) {
    const bool parenthesised = PrecedenceOf(expr) < at_least;
    if (parenthesised) out_ += "(";
    WriteBare(expr);
    if (parenthesised) out_ += ")";
  }
  std::string Take() { return std::move(out_); }

 private:
  static int PrecedenceOf(const Expr& expr) {
    if (const BinaryOperator* binary = FindBinary(expr)) return binary->precedence;
    if (expr.kind == Expr::Kind::kLiteral) return IsNegative(expr.literal) ? kUnary : kPrimary;
    if (expr.kind != Expr::Kind::kCall) return kPrimary;
    if (expr.name == op::kConditional) return kConditional;
    return expr.name == op::kNegate || expr.name == op::kNot ? kUnary : kPrimary;
  }

  void WriteBare(const Expr& expr) {
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
        out_ += expr.literal.ToString();
        break;
      case Expr::Kind::kIdent:
        out_ += expr.name;
        break;
      case Expr::Kind::kSelect:
        Write(*expr.children[0], kPrimary);
        absl::StrAppend(&out_, ".", expr.name);
        break;
      case Expr::Kind::kHas:
        out_ += "has(";
        Write(*expr.children[0], kPrimary);
        absl::StrAppend(&out_, ".", expr.name, ")");
        break;
      case Expr::Kind::kCall:
        WriteCall(expr);
        break;
      case Expr::Kind::kList:
        out_ += "[";
        WriteList(expr, 0);
        out_ += "]";
        break;
      case Expr::Kind::kMap:
        out_ += "{";
        for (size_t i = 0; i + 1 < expr.children.size(); i += 2) {
          if (i > 0) out_ += ", ";
          Write(*expr.children[i], kConditional);
          out_ += ": ";
          Write(*expr.children[i + 1], kConditional);
        }
        out_ += "}";
        break;
      case Expr::Kind::kStruct:
        absl::StrAppend(&out_, expr.name, "{");
        for (size_t i = 0; i < expr.children.size(); ++i) {
          absl::StrAppend(&out_, i > 0 ? ", " : "", expr.fields[i], ": ");
          Write(*expr.children[i], kConditional);
        }
        out_ += "}";
        break;
      case Expr::Kind::kMacro:
        Write(*expr.children[0], kPrimary);
        absl::StrAppend(&out_, ".", expr.name, "(", expr.variable);
        for (size_t i = 1; i < expr.children.size(); ++i) {
          out_ += ", ";
          Write(*expr.children[i], kConditional);
        }
        out_ += ")";
        break;
    }
  }

  void WriteCall(const Expr& expr) {
    if (const BinaryOperator* binary = FindBinary(expr)) {
      // All are left-associative.
      Write(*expr.children[0], binary->precedence);
      absl::StrAppend(&out_, " ", binary->symbol, " ");
      Write(*expr.children[1], binary->precedence + 1);
    } else if (expr.name == op::kConditional) {
      Write(*expr.children[0], kOr);
      out_ += " ? ";
      Write(*expr.children[1], kOr);
      out_ += " : ";
      Write(*expr.children[2], kConditional);
    } else if (expr.name == op::kNegate || expr.name == op::kNot) {
      out_ += expr.name == op::kNot ? "!" : "-";
      const size_t before = out_.size();
      Write(*expr.children[0], kPrimary);
      // "-1" and "-1.foo()" would be read as other trees.
      if (out_[before] >= '0' && out_[before] <= '9') {
        out_.insert(before, "(");
        out_ += ")";
      }
    } else if (expr.name == op::kIndex) {
      Write(*expr.children[0], kPrimary);
      out_ += "[";
      Write(*expr.children[1], kConditional);
      out_ += "]";
    } else if (expr.member) {
      Write(*expr.children[0], kPrimary);
      absl::StrAppend(&out_, ".", expr.name, "(");
      WriteList(expr, 1);
      out_ += ")";
    } else {
      absl::StrAppend(&out_, expr.name, "(");
      WriteList(expr, 0);
      out_ += ")";
    }
  }

  void WriteList(const Expr& expr, size_t first) {
    for (size_t i = first; i < expr.children.size(); ++i) {
      if (i > first) out_ += ", ";
      Write(*expr.children[i], kConditional);
    }
  }

  std::string out_;
};

bool SameLiteral(const Value& a, const Value& b) {
  return a.kind() == b.kind() && a.ToString() == b.ToString();
}

}  // namespace

std::string Print(const Expr& expr) {
  Printer printer;
  printer.Write(expr, kConditional);
  return printer.Take();
}

bool SameExpr(const Expr& a, const Expr& b) {
  if (a.kind != b.kind || a.member != b.member || a.name != b.name || a.variable != b.variable ||
      a.fields != b.fields || a.children.size() != b.children.size() ||
      !SameLiteral(a.literal, b.literal)) {
    return false;
  }
  for (size_t i = 0; i < a.children.size(); ++i) {
    if (!SameExpr(*a.children[i], *b.children[i])) return false;
  }
  return true;
}

}  // namespace drydock::cel

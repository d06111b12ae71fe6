// The parser: recursive descent, one function for each level of the grammar.
#include "src/cel/parser.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/api/codec/utf8.h"
#include "src/cel/issues.h"
#include "src/cel/lexer.h"

namespace drydock::cel {
namespace {

constexpr absl::string_view kReserved[] = {
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
constexpr absl::string_view kKeywords[] = {"true", "false", "null", "in"};

struct Level {
  absl::string_view symbol;
  absl::string_view name;
};
constexpr Level kRelations[] = {
    {"==", op::kEqual}, {"!=", op::kNotEqual}, {"<=", op::kLessEqual}, {">=", op::kGreaterEqual},
    {"<", op::kLess},   {">", op::kGreater},   {"in", op::kIn}};
constexpr Level kSums[] = {{"+", op::kAdd}, {"-", op::kSubtract}};
constexpr Level kProducts[] = {{"*", op::kMultiply}, {"/", op::kDivide}, {"%", op::kModulo}};

bool IsOneOf(absl::string_view word, const absl::string_view* begin, const absl::string_view* end) {
  return std::find(begin, end, word) != end;
}

class Parser {
 public:
  Parser(absl::string_view source, std::vector<Issue>* issues)
      : tokens_(Tokenize(source, issues)), issues_(issues) {}

  // Null when there was an issue.
  ExprPtr Run() {
    if (!issues_->empty()) return nullptr;
    ExprPtr expr = Conditional();
    if (expr != nullptr && next().kind != Token::Kind::kEnd) {
      return Unexpected("expecting end of expression");
    }
    return expr;
  }
  uint32_t size() const { return next_id_; }

 private:
  // Recursion is bounded where it can happen: at nested expressions and chains of operators.
  class Nesting {
   public:
    explicit Nesting(int* depth) : depth_(depth) { ++*depth_; }
    ~Nesting() { --*depth_; }
    bool TooDeep() const { return *depth_ > kMaxDepth; }

   private:
    int* depth_;
  };

  const Token& next() const { return tokens_[at_]; }
  Token Take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool IsNext(absl::string_view text) const {
    const Token& token = next();
    return (token.kind == Token::Kind::kSymbol || token.kind == Token::Kind::kIdent) &&
           token.text == text;
  }
  bool Accept(absl::string_view text) {
    if (!IsNext(text)) return false;
    Take();
    return true;
  }

  std::nullptr_t Fail(const Position& at, std::string message) {
    if (issues_->empty()) issues_->push_back({at, std::move(message)});
    return nullptr;
  }
  std::nullptr_t Unexpected(absl::string_view expected) {
    const Token& token = next();
    return Fail(token.position, absl::StrCat("Syntax error: mismatched input '",
                                             token.kind == Token::Kind::kEnd ? "<EOF>" : token.text,
                                             "' ", expected));
  }
  std::nullptr_t TooDeep() {
    return Fail(next().position, absl::StrCat("expression recursion limit exceeded: ", kMaxDepth));
  }

  ExprPtr New(Expr::Kind kind, const Position& position) {
    if (next_id_ >= kMaxExprs) {
      return Fail(position, absl::StrCat("expression size exceeds limit: ", kMaxExprs, " terms"));
    }
    auto expr = std::make_unique<Expr>();
    expr->kind = kind;
    expr->id = next_id_++;
    expr->position = position;
    return expr;
  }
  // Gives `expr` its children. Null when one of them or `expr` is, or when the tree gets too deep:
  // later passes descend it by recursion.
  ExprPtr Adopt(ExprPtr expr, std::vector<ExprPtr> children) {
    if (expr == nullptr) return nullptr;
    for (const ExprPtr& child : children) {
      if (child == nullptr) return nullptr;
      expr->depth = std::max(expr->depth, child->depth + 1);
    }
    if (expr->depth > kMaxDepth) return TooDeep();
    expr->children = std::move(children);
    return expr;
  }
  ExprPtr Call(absl::string_view name, const Position& position, std::vector<ExprPtr> children) {
    ExprPtr expr = New(Expr::Kind::kCall, position);
    if (expr != nullptr) expr->name = std::string(name);
    return Adopt(std::move(expr), std::move(children));
  }
  static std::vector<ExprPtr> Children(ExprPtr a, ExprPtr b) {
    std::vector<ExprPtr> children;
    children.push_back(std::move(a));
    children.push_back(std::move(b));
    return children;
  }

  ExprPtr Conditional() {
    const Nesting nesting(&depth_);
    if (nesting.TooDeep()) return TooDeep();
    ExprPtr condition = Or();
    if (condition == nullptr || !IsNext("?")) return condition;
    const Position position = Take().position;
    ExprPtr yes = Or();
    if (yes == nullptr) return nullptr;
    if (!Accept(":")) return Unexpected("expecting ':'");
    ExprPtr no = Conditional();
    if (no == nullptr) return nullptr;
    std::vector<ExprPtr> children = Children(std::move(condition), std::move(yes));
    children.push_back(std::move(no));
    return Call(op::kConditional, position, std::move(children));
  }

  ExprPtr Or() { return Logical("||", op::kOr, &Parser::And); }
  ExprPtr And() { return Logical("&&", op::kAnd, &Parser::Relation); }

  // Long chains are made into balanced trees, as cel-go does: a rule of two hundred conditions is
  // not deep.
  ExprPtr Logical(absl::string_view symbol, absl::string_view name, ExprPtr (Parser::*operand)()) {
    ExprPtr first = (this->*operand)();
    if (first == nullptr || !IsNext(symbol)) return first;
    std::vector<ExprPtr> operands;
    std::vector<Position> positions;
    operands.push_back(std::move(first));
    while (IsNext(symbol)) {
      positions.push_back(Take().position);
      operands.push_back((this->*operand)());
      if (operands.back() == nullptr) return nullptr;
    }
    if (operands.size() <= 8) return LeftDeep(name, &operands, positions);
    return Balanced(name, &operands, positions, 0, positions.size());
  }
  ExprPtr LeftDeep(absl::string_view name, std::vector<ExprPtr>* operands,
                   const std::vector<Position>& positions) {
    ExprPtr left = std::move((*operands)[0]);
    for (size_t i = 0; i < positions.size(); ++i) {
      left = Call(name, positions[i], Children(std::move(left), std::move((*operands)[i + 1])));
      if (left == nullptr) return nullptr;
    }
    return left;
  }
  // Of the operators [begin, end) and the operands [begin, end].
  ExprPtr Balanced(absl::string_view name, std::vector<ExprPtr>* operands,
                   const std::vector<Position>& positions, size_t begin, size_t end) {
    if (begin == end) return std::move((*operands)[begin]);
    const size_t middle = begin + (end - begin) / 2;
    ExprPtr left = Balanced(name, operands, positions, begin, middle);
    ExprPtr right = Balanced(name, operands, positions, middle + 1, end);
    return Call(name, positions[middle], Children(std::move(left), std::move(right)));
  }

  ExprPtr Relation() { return Binary(kRelations, &Parser::Sum); }
  ExprPtr Sum() { return Binary(kSums, &Parser::Product); }
  ExprPtr Product() { return Binary(kProducts, &Parser::Unary); }

  template <size_t N>
  ExprPtr Binary(const Level (&levels)[N], ExprPtr (Parser::*operand)()) {
    ExprPtr left = (this->*operand)();
    while (left != nullptr) {
      const auto* level = std::find_if(std::begin(levels), std::end(levels),
                                       [&](const Level& l) { return IsNext(l.symbol); });
      if (level == std::end(levels)) return left;
      const Position position = Take().position;
      ExprPtr right = (this->*operand)();
      left = Call(level->name, position, Children(std::move(left), std::move(right)));
    }
    return nullptr;
  }

  ExprPtr Unary() {
    if (IsNext("-") && tokens_[at_ + 1].kind == Token::Kind::kNumber) {
      const Position position = Take().position;
      const Token number = Take();
      return Member(NegativeNumber(position, number));
    }
    if (!IsNext("-") && !IsNext("!")) return Member(Primary());
    const Nesting nesting(&depth_);
    if (nesting.TooDeep()) return TooDeep();
    const Token sign = Take();
    std::vector<ExprPtr> operand;
    operand.push_back(Unary());
    return Call(sign.text == "!" ? op::kNot : op::kNegate, sign.position, std::move(operand));
  }

  ExprPtr NegativeNumber(const Position& position, const Token& number) {
    ExprPtr expr = New(Expr::Kind::kLiteral, position);
    if (expr == nullptr) return nullptr;
    switch (number.value.kind()) {
      case Value::Kind::kNull:
        expr->literal = Value::Int(std::numeric_limits<int64_t>::min());
        return expr;
      case Value::Kind::kInt:
        expr->literal = Value::Int(-number.value.int_value());
        return expr;
      case Value::Kind::kDouble:
        expr->literal = Value::Double(-number.value.double_value());
        return expr;
      default:
        return Fail(position, "Syntax error: a uint has no sign");
    }
  }

  ExprPtr Member(ExprPtr expr) {
    while (expr != nullptr && (IsNext(".") || IsNext("["))) {
      const Token open = Take();
      if (open.text == "[") {
        ExprPtr index = Conditional();
        if (index == nullptr) return nullptr;
        if (!Accept("]")) return Unexpected("expecting ']'");
        expr = Call(op::kIndex, open.position, Children(std::move(expr), std::move(index)));
        continue;
      }
      const Token name = Take();
      if (name.kind != Token::Kind::kIdent ||
          IsOneOf(name.text, std::begin(kKeywords), std::end(kKeywords))) {
        return Fail(name.position, absl::StrCat("Syntax error: no viable alternative at input '.",
                                                name.text, "'"));
      }
      if (IsNext("(")) {
        expr = MemberCall(std::move(expr), std::string(name.text));
        continue;
      }
      ExprPtr select = New(Expr::Kind::kSelect, open.position);
      if (select != nullptr) select->name = std::string(name.text);
      std::vector<ExprPtr> operand;
      operand.push_back(std::move(expr));
      expr = Adopt(std::move(select), std::move(operand));
    }
    return expr;
  }

  ExprPtr MemberCall(ExprPtr target, std::string name) {
    const Position position = Take().position;
    std::vector<ExprPtr> children;
    children.push_back(std::move(target));
    if (!List(")", &children)) return nullptr;
    const size_t arguments = children.size() - 1;
    const bool folds = name == "all" || name == "exists" || name == "exists_one" ||
                       name == "existsOne" || name == "filter";
    if ((folds && arguments == 2) || (name == "map" && (arguments == 2 || arguments == 3))) {
      if (children[1]->kind != Expr::Kind::kIdent) {
        return Fail(children[1]->position, "argument must be a simple name");
      }
      ExprPtr macro = New(Expr::Kind::kMacro, position);
      if (macro == nullptr) return nullptr;
      macro->name = std::move(name);
      macro->variable = children[1]->name;
      children.erase(children.begin() + 1);
      return Adopt(std::move(macro), std::move(children));
    }
    ExprPtr call = Call(name, position, std::move(children));
    if (call != nullptr) call->member = true;
    return call;
  }

  // Expressions up to `close`, which is taken. False when there was an issue.
  bool List(absl::string_view close, std::vector<ExprPtr>* items) {
    while (!Accept(close)) {
      items->push_back(Conditional());
      if (items->back() == nullptr) return false;
      if (Accept(",")) {
        if (close == ")" && IsNext(close)) {
          Unexpected("expecting an argument");
          return false;
        }
        continue;
      }
      if (!IsNext(close)) {
        Unexpected(absl::StrCat("expecting '", close, "'"));
        return false;
      }
    }
    return true;
  }

  ExprPtr Primary() {
    const Token token = next();
    if (token.kind == Token::Kind::kNumber || token.kind == Token::Kind::kLiteral) {
      Take();
      if (token.kind == Token::Kind::kNumber && token.value.kind() == Value::Kind::kNull) {
        return Fail(token.position, "Syntax error: invalid int literal");
      }
      return Literal(token.position, token.value);
    }
    if (token.kind == Token::Kind::kIdent || IsNext(".")) return Name();
    if (Accept("(")) {
      ExprPtr inner = Conditional();
      if (inner == nullptr) return nullptr;
      if (!Accept(")")) return Unexpected("expecting ')'");
      return inner;
    }
    if (Accept("[")) {
      std::vector<ExprPtr> items;
      if (!List("]", &items)) return nullptr;
      return Adopt(New(Expr::Kind::kList, token.position), std::move(items));
    }
    if (Accept("{")) return MapEntries(token.position);
    return Unexpected("expecting an expression");
  }

  ExprPtr Literal(const Position& position, Value value) {
    ExprPtr expr = New(Expr::Kind::kLiteral, position);
    if (expr != nullptr) expr->literal = std::move(value);
    return expr;
  }

  // An identifier, a global call, `has`, a struct.
  ExprPtr Name() {
    Accept(".");  // The root of names: there are no containers.
    if (next().kind != Token::Kind::kIdent || next().text == "in") {
      return Unexpected("expecting an identifier");
    }
    const Token name = Take();
    if (name.text == "true" || name.text == "false") {
      return Literal(name.position, Value::Bool(name.text == "true"));
    }
    if (name.text == "null") return Literal(name.position, Value::Null());
    if (IsOneOf(name.text, std::begin(kReserved), std::end(kReserved))) {
      return Fail(name.position, absl::StrCat("reserved identifier: ", name.text));
    }
    if (IsNext("(")) return GlobalCall(std::string(name.text));
    if (const std::optional<size_t> more = StructName(); more.has_value()) {
      std::string whole(name.text);
      for (size_t i = 0; i < *more; ++i) absl::StrAppend(&whole, Take().text);
      return Struct(std::move(whole));
    }
    ExprPtr ident = New(Expr::Kind::kIdent, name.position);
    if (ident != nullptr) ident->name = std::string(name.text);
    return ident;
  }

  // How many more tokens the dotted name of a struct has; nothing when no brace follows it.
  std::optional<size_t> StructName() const {
    size_t i = at_;
    while (tokens_[i].kind == Token::Kind::kSymbol && tokens_[i].text == "." &&
           tokens_[i + 1].kind == Token::Kind::kIdent) {
      i += 2;
    }
    if (tokens_[i].kind != Token::Kind::kSymbol || tokens_[i].text != "{") return std::nullopt;
    return i - at_;
  }

  ExprPtr GlobalCall(std::string name) {
    const Position position = Take().position;
    std::vector<ExprPtr> children;
    if (!List(")", &children)) return nullptr;
    if (name == "has" && children.size() == 1) {
      ExprPtr selected = std::move(children[0]);
      if (selected->kind != Expr::Kind::kSelect) {
        return Fail(position, "invalid argument to has() macro");
      }
      selected->kind = Expr::Kind::kHas;
      return selected;
    }
    return Call(name, position, std::move(children));
  }

  ExprPtr Struct(std::string name) {
    const Position position = Take().position;
    ExprPtr expr = New(Expr::Kind::kStruct, position);
    if (expr == nullptr) return nullptr;
    expr->name = std::move(name);
    std::vector<ExprPtr> values;
    while (!Accept("}")) {
      const Token field = Take();
      if (field.kind != Token::Kind::kIdent) {
        return Fail(field.position, "Syntax error: expecting a field name");
      }
      if (!Accept(":")) return Unexpected("expecting ':'");
      expr->fields.emplace_back(field.text);
      values.push_back(Conditional());
      if (values.back() == nullptr) return nullptr;
      if (!Accept(",") && !IsNext("}")) return Unexpected("expecting '}'");
    }
    return Adopt(std::move(expr), std::move(values));
  }

  ExprPtr MapEntries(const Position& position) {
    std::vector<ExprPtr> entries;
    while (!Accept("}")) {
      for (const bool key : {true, false}) {
        entries.push_back(Conditional());
        if (entries.back() == nullptr) return nullptr;
        if (key && !Accept(":")) return Unexpected("expecting ':'");
      }
      if (!Accept(",") && !IsNext("}")) return Unexpected("expecting '}'");
    }
    return Adopt(New(Expr::Kind::kMap, position), std::move(entries));
  }

  const std::vector<Token> tokens_;
  std::vector<Issue>* issues_;
  size_t at_ = 0;
  int depth_ = 0;
  uint32_t next_id_ = 0;
};

}  // namespace

absl::StatusOr<Ast> Parse(absl::string_view source) {
  if (!api::IsUtf8(source)) return absl::InvalidArgumentError("expression is not valid UTF-8");
  if (const size_t size = CharacterCount(source); size > kMaxSourceCharacters) {
    return absl::InvalidArgumentError(
        absl::StrCat("expression code point size exceeds limit: size: ", size, ", limit ",
                     kMaxSourceCharacters));
  }
  std::vector<Issue> issues;
  Ast ast;
  ast.source = std::string(source);
  Parser parser(ast.source, &issues);
  ast.root = parser.Run();
  if (!issues.empty()) return ToStatus(issues, source);
  ast.size = parser.size();
  return ast;
}

}  // namespace drydock::cel

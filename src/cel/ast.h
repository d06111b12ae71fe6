// Expressions as trees.
//
// Macros stay what they were written as (`kHas`, `kMacro`) and operators are calls with cel-go's
// names (`_+_`, `_?_:_`), so that a tree prints as source again and messages name what the reader
// wrote.
#ifndef DRYDOCK_SRC_CEL_AST_H_
#define DRYDOCK_SRC_CEL_AST_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/cel/value.h"

namespace drydock::cel {

// Lines and columns count from 1; columns count characters.
struct Position {
  int line = 1;
  int column = 1;
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Expr {
  enum class Kind : uint8_t {
    kLiteral,
    kIdent,   // `name`
    kSelect,  // children[0].name
    kHas,     // has(children[0].name)
    kCall,    // name(children...), or children[0].name(children[1]...) when `member`.
    kList,    // [children...]
    kMap,     // {children[0]: children[1], ...}
    kStruct,  // name{fields[0]: children[0], ...}
    kMacro,   // children[0].name(variable, children[1]...): all, exists, exists_one, map, filter.
  };

  Kind kind = Kind::kLiteral;
  bool member = false;
  int depth = 1;  // Of the tree below it.
  // Numbers of one tree are dense: what later passes find out is kept in tables beside it.
  uint32_t id = 0;
  // Where messages about it point: at the operator, the dot, the opening bracket.
  Position position;
  Value literal;
  std::string name;
  std::string variable;
  std::vector<std::string> fields;
  std::vector<ExprPtr> children;
};

// What a source text was parsed to.
struct Ast {
  ExprPtr root;
  uint32_t size = 0;  // Ids are below.
  std::string source;
};

// The operators' names.
namespace op {
inline constexpr absl::string_view kConditional = "_?_:_";
inline constexpr absl::string_view kOr = "_||_";
inline constexpr absl::string_view kAnd = "_&&_";
inline constexpr absl::string_view kEqual = "_==_";
inline constexpr absl::string_view kNotEqual = "_!=_";
inline constexpr absl::string_view kLess = "_<_";
inline constexpr absl::string_view kLessEqual = "_<=_";
inline constexpr absl::string_view kGreater = "_>_";
inline constexpr absl::string_view kGreaterEqual = "_>=_";
inline constexpr absl::string_view kIn = "@in";
inline constexpr absl::string_view kAdd = "_+_";
inline constexpr absl::string_view kSubtract = "_-_";
inline constexpr absl::string_view kMultiply = "_*_";
inline constexpr absl::string_view kDivide = "_/_";
inline constexpr absl::string_view kModulo = "_%_";
inline constexpr absl::string_view kNegate = "-_";
inline constexpr absl::string_view kNot = "!_";
inline constexpr absl::string_view kIndex = "_[_]";
}  // namespace op

// As source text, in one line and with no more parentheses than needed. Parsing it gives an equal
// tree.
std::string Print(const Expr& expr);

// Equal but for positions and ids.
bool SameExpr(const Expr& a, const Expr& b);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_AST_H_

// Types of expressions, and what their names mean.
#ifndef DRYDOCK_SRC_CEL_CHECKER_H_
#define DRYDOCK_SRC_CEL_CHECKER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "src/cel/ast.h"
#include "src/cel/environment.h"

namespace drydock::cel {

// What the checker found out about an expression.
struct CheckedNode {
  enum class Meaning : uint8_t {
    kPlain,     // What its kind says.
    kVariable,  // `number`: the environment's.
    kLocal,     // `number`: the id of the macro that declares it.
    kConstant,  // `constant`, a type.
    kField,     // Of an object of known type. `number`: the field's.
  };

  Type type;
  Meaning meaning = Meaning::kPlain;
  int number = 0;
  Value constant;
  // Of a call: the overloads that come into question, more than one when the types of arguments
  // are only known at run time. Empty for operators that the compiler knows (logic, equality, `in`,
  // indices). Owned by the environment.
  std::vector<const Overload*> overloads;
  // A member call that is a call of a function with a namespace: the target is no argument.
  bool namespaced = false;
};

struct Checked {
  std::vector<CheckedNode> nodes;  // By `Expr::id`.
};

// Errors are `ToStatus` of issues.h, all that were found.
absl::StatusOr<Checked> Check(const Ast& ast, const Environment& environment);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_CHECKER_H_

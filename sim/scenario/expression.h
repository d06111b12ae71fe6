// What a check expects, as an expression over the state of the cluster:
//
//   available(deployment/web) >= 80 and pending() == 0
//   converged
//
//   expression := comparison { "and" comparison }
//   comparison := operand [ ("==" | "!=" | ">=" | "<=" | ">" | "<") operand ]
//   operand    := NUMBER | NAME [ "(" [ARGUMENT] ")" ]
//
// A lone operand holds when it is not 0. Arguments are taken as they stand, up to
// the closing parenthesis.
#ifndef DRYDOCK_SIM_SCENARIO_EXPRESSION_H_
#define DRYDOCK_SIM_SCENARIO_EXPRESSION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::sim {

// Gives functions their values.
class Observations {
 public:
  virtual ~Observations() = default;
  // kInvalidArgument for a name it does not know and for an argument that makes no
  // sense.
  virtual absl::StatusOr<double> Value(const std::string& name,
                                       const std::string& argument) const = 0;
};

class Expression {
 public:
  // Errors say what was expected, and at which column.
  static absl::StatusOr<Expression> Parse(absl::string_view text);

  struct Outcome {
    bool holds = false;
    std::string seen;  // "available(deployment/web) is 79", for the report.
  };
  absl::StatusOr<Outcome> Evaluate(const Observations& observations) const;

  const std::string& text() const { return text_; }

  // One operand: a number, or a function and its argument.
  struct Operand {
    bool is_number = false;
    double number = 0;
    std::string name;
    std::string argument;
  };
  struct Comparison {
    Operand left;
    std::string op;  // Empty: `left` alone.
    Operand right;
  };

 private:
  std::string text_;
  std::vector<Comparison> comparisons_;  // All must hold.
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_SCENARIO_EXPRESSION_H_

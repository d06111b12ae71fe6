// CEL, the Common Expression Language, as Kubernetes uses it.
//
// An `Environment` says what expressions may mention: variables with their types, and functions.
// It parses and checks an expression, so that a wrong name or type is an error before anything
// runs, and gives a `Program` (program.h), in which every name has become a number.
//
//   Environment environment;
//   const uint32_t replicas = environment.AddVariable("replicas", Type::Int());
//   absl::StatusOr<Program> program = environment.Compile("replicas * 2 > 10", {Type::Bool()});
//   Evaluation evaluation(*program);
//   evaluation.Set(replicas, Value::Int(6));
//   evaluation.Run();  // true
//
// There are the standard's operators, macros and functions, and Kubernetes' libraries of lists,
// strings, quantities and sets; those of regular expressions where an engine is given. Comparisons
// across the types of numbers are on, literals of lists and maps have items of one type, and times
// are in UTC unless a function is given an offset. Not there: optionals, messages made by
// expressions, `format`, URLs, IP addresses, semantic versions.
#ifndef DRYDOCK_SRC_CEL_ENVIRONMENT_H_
#define DRYDOCK_SRC_CEL_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/cel/ast.h"
#include "src/cel/function.h"
#include "src/cel/program.h"
#include "src/cel/regex.h"
#include "src/cel/type.h"

namespace drydock::cel {

struct CompileOptions {
  // The type that the expression must have. Not given: any.
  std::optional<Type> result;

  // What is inside of variables may be loaded by the host in one go, and then costs nothing to
  // read (Program::attributes).
  enum class Attribute : uint8_t {
    kNo,          // Read by way of its variable.
    kAlways,      // Set by the host to a value.
    kMayBeError,  // Set by the host to a value, or to the error of what is not there.
  };
  // Called for each expression like `node.labels["a/b"].c` with its path, {"node", "labels", "a/b",
  // "c"}, the longest first, and its type.
  std::function<Attribute(const std::vector<std::string>& path, const Type& type)> attribute;
};

class Environment {
 public:
  // `regex` outlives the environment and its programs. Without one there are no `matches`, `find`
  // and `findAll`.
  explicit Environment(const RegexEngine* regex = nullptr);

  // Gives the number by which `Evaluation::Set` knows it. REQUIRES: a name that is not taken.
  uint32_t AddVariable(std::string name, Type type);
  void AddFunction(Overload overload);

  // InvalidArgument, with line and column and in cel-go's words, when `source` is no expression,
  // or one that could not work. Programs do not refer to the environment.
  absl::StatusOr<Program> Compile(absl::string_view source,
                                  const CompileOptions& options = {}) const;

  struct Variable {
    std::string name;
    Type type;
  };

  // For the checker and the compiler.
  const std::vector<Variable>& variables() const { return variables_; }
  std::optional<uint32_t> FindVariable(absl::string_view name) const;
  // The ways to call a function; null when there is none of the name.
  const std::vector<Overload>* FindFunction(absl::string_view name) const;
  const RegexEngine* regex() const { return regex_; }

 private:
  const RegexEngine* regex_;
  std::vector<Variable> variables_;
  absl::btree_map<std::string, std::vector<Overload>> functions_;
};

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_ENVIRONMENT_H_

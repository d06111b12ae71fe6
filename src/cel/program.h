// A compiled expression, and what evaluates it.
//
// A program is a flat list of instructions over registers. Variables, constants and intermediate
// values each have a register, so that nothing is looked up by name; arithmetic, comparisons and
// logic on types known while compiling allocate nothing and cannot be told apart from hand-written
// code in what they compute.
//
// Every evaluation has a budget of steps: each instruction outside of macros is one, whether or not
// it is reached; each turn of a macro costs the instructions of its body; making a list or a map
// costs 10 or 30 more; functions cost a step for each ten bytes of text or each item that they look
// at or make. cel-go's costs are of the same kind and size, so Kubernetes' limit for one expression
// is the default here.
#ifndef DRYDOCK_SRC_CEL_PROGRAM_H_
#define DRYDOCK_SRC_CEL_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/cel/function.h"
#include "src/cel/type.h"
#include "src/cel/value.h"

namespace drydock::cel {

struct Code;

inline constexpr uint64_t kDefaultBudget = 10000000;

// Immutable and cheap to copy.
class Program {
 public:
  // Something inside of a variable that the host sets (CompileOptions::attribute).
  struct Attribute {
    std::vector<std::string> path;
    Type type;
    bool may_be_error = false;
  };

  explicit Program(std::shared_ptr<const Code> code) : code_(std::move(code)) {}

  const Type& type() const;
  // In the order of their numbers.
  const std::vector<Attribute>& attributes() const;
  // Whether the expression mentions a variable other than through attributes.
  bool UsesVariable(uint32_t number) const;
  // Steps that every evaluation takes at the least.
  uint64_t base_cost() const;

  const Code& code() const { return *code_; }

 private:
  std::shared_ptr<const Code> code_;
};

// Evaluates a program, again and again, in the same registers. Not to be used by two threads at a
// time. What the values of variables borrow must outlive each Run and the use of its result.
class Evaluation {
 public:
  explicit Evaluation(Program program, uint64_t budget = kDefaultBudget);
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;
  ~Evaluation();

  // A variable by the number that Environment::AddVariable gave; null until it is set. REQUIRES: a
  // value of the declared type, no error.
  void Set(uint32_t variable, Value value);
  // An attribute by its number, likewise.
  void SetAttribute(size_t attribute, Value value);
  // The same for a number, without looking at what was there. REQUIRES: an attribute of type
  // double.
  void SetAttributeDouble(size_t attribute, double value) {
    attributes_[attribute].SetDouble(value);
  }

  // The value, or an error value. Valid until the next Run.
  const Value& Run();
  // What the last Run took.
  uint64_t steps() const { return meter_.used(); }

 private:
  // What becomes of an error at instruction `at`: `next` is where to go on, or nowhere.
  const Value& Fail(size_t at, Value error, size_t* next);

  const Program program_;
  const Code& code_;
  std::vector<Value> registers_;
  Value* attributes_;
  Meter meter_;
  Value error_;
};

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_PROGRAM_H_

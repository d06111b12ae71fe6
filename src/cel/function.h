// Functions: what they are called with, how they are declared.
#ifndef DRYDOCK_SRC_CEL_FUNCTION_H_
#define DRYDOCK_SRC_CEL_FUNCTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/cel/regex.h"
#include "src/cel/type.h"
#include "src/cel/value.h"

namespace drydock::cel {

// The message of an evaluation that has used up its budget.
inline constexpr absl::string_view kBudgetExceeded =
    "operation cancelled: actual cost limit exceeded";

// Counts the steps of an evaluation.
class Meter {
 public:
  explicit Meter(uint64_t limit) : limit_(limit) {}

  void Reset() { used_ = 0; }
  // False, and for good, when the budget is exceeded. A function whose work or result grows with
  // its arguments asks before it begins.
  bool Charge(uint64_t steps) {
    used_ = used_ + steps < used_ ? ~uint64_t{0} : used_ + steps;
    return used_ <= limit_;
  }
  bool exceeded() const { return used_ > limit_; }
  uint64_t used() const { return used_; }

 private:
  uint64_t limit_;
  uint64_t used_ = 0;
};

// The arguments of a call, none of them an error; of a member call, the target is the first.
class Arguments {
 public:
  // Argument i is registers[numbers[i]].
  Arguments(const Value* registers, const uint16_t* numbers, size_t size, Meter* meter,
            const Regex* regex, const RegexEngine* engine)
      : registers_(registers),
        numbers_(numbers),
        size_(size),
        meter_(meter),
        regex_(regex),
        engine_(engine) {}

  const Value& operator[](size_t i) const { return registers_[numbers_[i]]; }
  size_t size() const { return size_; }

  // See Meter. Texts cost a step for each ten bytes, lists one for each element.
  bool Charge(uint64_t steps) const { return meter_->Charge(steps); }
  bool ChargeText(size_t bytes) const { return Charge(bytes / 10); }

  // The second argument as a pattern, if it is a constant.
  const Regex* regex() const { return regex_; }
  // Null only where no function with patterns can be called.
  const RegexEngine* engine() const { return engine_; }

 private:
  const Value* registers_;
  const uint16_t* numbers_;
  size_t size_;
  Meter* meter_;
  const Regex* regex_;
  const RegexEngine* engine_;
};

// A pure function of its arguments. Gives an error value when it fails.
using Function = Value (*)(const Arguments& arguments);

// One way to call a function. Parameters of the same `Type::Parameter` take one type in a call.
struct Overload {
  std::string name;  // "size", "_+_"; with a dot for namespaces: "sets.contains".
  bool member = false;
  std::vector<Type> parameters;
  Type result;
  Function function = nullptr;
  bool pattern = false;  // The second parameter is a regular expression.
};

// CEL's standard functions and operators, and those that Kubernetes adds. A function of more
// than one overload is chosen by the types of its arguments, while compiling where they are known.
void AddArithmetic(std::vector<Overload>* functions);     // + - * / % and the order of values.
void AddConversions(std::vector<Overload>* functions);    // int(), string(), type(), ...
void AddTimeFunctions(std::vector<Overload>* functions);  // getHours(), ...
void AddStringFunctions(std::vector<Overload>* functions);
void AddListFunctions(std::vector<Overload>* functions);  // size(), sum(), sets.contains(), ...
void AddRegexFunctions(std::vector<Overload>* functions);
void AddQuantityFunctions(std::vector<Overload>* functions);

// Quantities, as values of expressions.
const ObjectType& QuantityType();

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_FUNCTION_H_

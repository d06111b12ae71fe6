// What a program consists of: the compiler writes it, the evaluator reads it.
#ifndef DRYDOCK_SRC_CEL_CODE_H_
#define DRYDOCK_SRC_CEL_CODE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/cel/function.h"
#include "src/cel/program.h"
#include "src/cel/regex.h"
#include "src/cel/type.h"
#include "src/cel/value.h"

namespace drydock::cel {

// What an instruction does with its operands: registers `to`, `a` and `b`, unless it says other.
enum class Op : uint16_t {
  kReturn,       // a
  kMove,         // to = a
  kSetBool,      // to = (a != 0)
  kSetNull,      // to = null
  kJump,         // to: where.
  kJumpIfFalse,  // to: where, a: a bool.
  kJumpIfTrue,
  kCheckBool,  // Fails unless a is a bool.
  kCheckType,  // Fails unless a is of the type b.
  kRaise,      // Fails with a, if that is an error.
  kNot,

  // Of known types.
  kAddInt,
  kSubtractInt,
  kMultiplyInt,
  kDivideInt,
  kModuloInt,
  kNegateInt,
  kEqualInt,
  kLessInt,
  kLessEqualInt,
  kAddUint,
  kSubtractUint,
  kMultiplyUint,
  kEqualUint,
  kLessUint,
  kLessEqualUint,
  kAddDouble,
  kSubtractDouble,
  kMultiplyDouble,
  kDivideDouble,
  kNegateDouble,
  kEqualDouble,
  kLessDouble,
  kLessEqualDouble,
  kIntToDouble,
  kEqualBool,
  kEqualText,

  // Of any types.
  kEqual,
  kIn,
  kIndex,
  kGetField,  // b: the field's number.
  kHasField,
  kSelect,  // b: the name, a string.
  kHas,
  kCall,  // a: a call.

  kNewList,  // a: its expected size.
  kAppend,   // Adds a to the list `to`.
  kNewMap,
  kPut,  // Adds b under the key a to the map `to`.

  kCheckRange,  // Fails unless a is a list or a map.
  kSetZero,
  kIterate,    // to = the next item of b, of which a counts; else the next instruction, a jump.
  kIncrement,  // to = to + 1
  kCharge,     // a * 65536 + b steps.
};

struct Instruction {
  Op op = Op::kReturn;
  uint16_t to = 0;
  uint16_t a = 0;
  uint16_t b = 0;
};

// Where evaluation goes on when an instruction in [begin, end) fails. Inner ones come first.
struct Handler {
  uint16_t begin = 0;
  uint16_t end = 0;
  uint16_t target = 0;
  uint16_t error = 0;  // The register that keeps the error.
};

struct CallSite {
  struct Candidate {
    std::vector<Type> parameters;  // Empty when they need not be looked at.
    Function function = nullptr;
  };
  std::vector<uint16_t> arguments;
  std::vector<Candidate> candidates;
  std::unique_ptr<const Regex> regex;
};

// Registers: the environment's variables, the attributes, constants and temporary values.
struct Code {
  std::vector<Instruction> instructions;
  std::vector<Handler> handlers;
  std::vector<CallSite> calls;
  std::vector<Type> types;
  std::vector<Value> registers;  // What they begin with: constants.
  std::vector<bool> used_variables;
  std::vector<Type> variables;
  std::vector<Program::Attribute> attributes;
  Type type;
  uint64_t base_cost = 0;
  const RegexEngine* regex = nullptr;
};

// Whether an instruction may fail.
bool CanFail(Op op);

// Whether a value could be what a parameter of that type takes, by its kind.
bool Accepts(const Type& type, const Value& value);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_CODE_H_

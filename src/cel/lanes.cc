// Programs that only jump forward need no control flow: every evaluation does every instruction,
// and those that had jumped over one do not keep what it has changed. Only two instructions write
// to a register that another one writes to as well (kMove, kSetBool); what the others write is read
// by nobody who has jumped over them.
#include "src/cel/lanes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "src/cel/code.h"

namespace drydock::cel {
namespace {

constexpr int64_t kExactInts = int64_t{1} << 53;

// Whether doubles can do what the instruction does.
bool Suits(Op op) {
  switch (op) {
    case Op::kReturn:
    case Op::kMove:
    case Op::kSetBool:
    case Op::kJump:
    case Op::kJumpIfFalse:
    case Op::kJumpIfTrue:
    case Op::kNot:
    case Op::kEqualInt:
    case Op::kLessInt:
    case Op::kLessEqualInt:
    case Op::kAddDouble:
    case Op::kSubtractDouble:
    case Op::kMultiplyDouble:
    case Op::kDivideDouble:
    case Op::kNegateDouble:
    case Op::kEqualDouble:
    case Op::kLessDouble:
    case Op::kLessEqualDouble:
    case Op::kIntToDouble:
    case Op::kEqualBool:
      return true;
    default:
      return false;
  }
}

bool SuitsType(const Type& type) {
  return type.kind() == Type::Kind::kDouble || type.kind() == Type::Kind::kBool ||
         type.kind() == Type::Kind::kInt;
}

bool SuitsConstant(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:  // Not a constant: a register of something that is worked out.
    case Value::Kind::kBool:
    case Value::Kind::kDouble:
      return true;
    case Value::Kind::kInt:
      return value.int_value() > -kExactInts && value.int_value() < kExactInts;
    default:
      return false;
  }
}

double NumberOf(const Value& constant) {
  switch (constant.kind()) {
    case Value::Kind::kBool:
      return constant.bool_value() ? 1 : 0;
    case Value::Kind::kInt:
      return static_cast<double>(constant.int_value());
    case Value::Kind::kDouble:
      return constant.double_value();
    default:
      return 0;
  }
}

template <typename Compute>
void ForEach(double* to, const double* a, const double* b, Compute compute) {
  for (size_t i = 0; i < Lanes::kCount; ++i) to[i] = compute(a[i], b[i]);
}

}  // namespace

std::unique_ptr<Lanes> Lanes::Make(const Program& program) {
  const Code& code = program.code();
  if (!SuitsType(code.type) || code.base_cost > kDefaultBudget) return nullptr;
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& instruction = code.instructions[i];
    const bool jumps = instruction.op == Op::kJump || instruction.op == Op::kJumpIfFalse ||
                       instruction.op == Op::kJumpIfTrue;
    if (!Suits(instruction.op) || (jumps && instruction.to <= i)) return nullptr;
  }
  for (uint32_t i = 0; i < code.variables.size(); ++i) {
    if (program.UsesVariable(i)) return nullptr;
  }
  for (const Program::Attribute& attribute : code.attributes) {
    if (!SuitsType(attribute.type) || attribute.may_be_error) return nullptr;
  }
  if (!std::all_of(code.registers.begin(), code.registers.end(), SuitsConstant)) return nullptr;
  return std::unique_ptr<Lanes>(new Lanes(program));
}

Lanes::Lanes(Program program)
    : program_(std::move(program)),
      first_attribute_(program_.code().variables.size()),
      lanes_(program_.code().registers.size()) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    std::fill_n(lanes_[i].values, kCount, NumberOf(program_.code().registers[i]));
  }
}

const double* Lanes::Run() {
  const std::vector<Instruction>& code = program_.code().instructions;
  std::fill_n(resume_, kCount, uint16_t{0});
  for (size_t at = 0; at < code.size(); ++at) {
    const Instruction& instruction = code[at];
    double* const to = lanes_[instruction.to].values;
    const double* const a = lanes_[instruction.a].values;
    const double* const b = lanes_[instruction.b].values;
    switch (instruction.op) {
      case Op::kReturn:
        return a;
      case Op::kMove:
        for (size_t i = 0; i < kCount; ++i) to[i] = resume_[i] <= at ? a[i] : to[i];
        break;
      case Op::kSetBool:
        for (size_t i = 0; i < kCount; ++i) {
          to[i] = resume_[i] <= at ? static_cast<double>(instruction.a) : to[i];
        }
        break;
      case Op::kJump:
        for (size_t i = 0; i < kCount; ++i) {
          resume_[i] = resume_[i] <= at ? instruction.to : resume_[i];
        }
        break;
      case Op::kJumpIfFalse:
        for (size_t i = 0; i < kCount; ++i) {
          resume_[i] = resume_[i] <= at && a[i] == 0 ? instruction.to : resume_[i];
        }
        break;
      case Op::kJumpIfTrue:
        for (size_t i = 0; i < kCount; ++i) {
          resume_[i] = resume_[i] <= at && a[i] != 0 ? instruction.to : resume_[i];
        }
        break;
      case Op::kNot:
        for (size_t i = 0; i < kCount; ++i) to[i] = 1 - a[i];
        break;
      case Op::kAddDouble:
        ForEach(to, a, b, [](double x, double y) { return x + y; });
        break;
      case Op::kSubtractDouble:
        ForEach(to, a, b, [](double x, double y) { return x - y; });
        break;
      case Op::kMultiplyDouble:
        ForEach(to, a, b, [](double x, double y) { return x * y; });
        break;
      case Op::kDivideDouble:
        ForEach(to, a, b, [](double x, double y) { return x / y; });
        break;
      case Op::kNegateDouble:
        for (size_t i = 0; i < kCount; ++i) to[i] = -a[i];
        break;
      case Op::kIntToDouble:
        std::copy_n(a, kCount, to);
        break;
      case Op::kEqualInt:
      case Op::kEqualDouble:
      case Op::kEqualBool:
        ForEach(to, a, b, [](double x, double y) { return x == y ? 1.0 : 0.0; });
        break;
      case Op::kLessInt:
      case Op::kLessDouble:
        ForEach(to, a, b, [](double x, double y) { return x < y ? 1.0 : 0.0; });
        break;
      case Op::kLessEqualInt:
      case Op::kLessEqualDouble:
        ForEach(to, a, b, [](double x, double y) { return x <= y ? 1.0 : 0.0; });
        break;
      default:
        break;  // Make has refused it.
    }
  }
  return nullptr;
}

}  // namespace drydock::cel

// The evaluator: one loop over instructions.
#include "src/cel/program.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/cel/checked_math.h"
#include "src/cel/code.h"
#include "src/rt/check.h"

namespace drydock::cel {
namespace {

constexpr size_t kNowhere = ~size_t{0};
constexpr absl::string_view kNoOverload = "no such overload";

// A list or map while it is made: nobody else has it yet.
class NewList final : public ListValue {
 public:
  explicit NewList(size_t expected) { items.reserve(expected); }
  size_t size() const override { return items.size(); }
  Value At(size_t index) const override { return items[index]; }

  std::vector<Value> items;
};

class NewMap final : public MapValue {
 public:
  size_t size() const override { return entries.size(); }
  Value KeyAt(size_t index) const override { return entries[index].first; }
  bool Find(const Value& key, Value* value) const override {
    for (const auto& [known, of_key] : entries) {
      if (!Equal(known, key)) continue;
      *value = of_key;
      return true;
    }
    return false;
  }

  std::vector<std::pair<Value, Value>> entries;
};

bool IsKey(const Value& key) {
  using Kind = Value::Kind;
  return key.kind() == Kind::kString || key.kind() == Kind::kInt || key.kind() == Kind::kUint ||
         key.kind() == Kind::kBool;
}

Value NoSuchKey(const Value& key) {
  const bool text = key.kind() == Value::Kind::kString;
  return Value::Error(
      absl::StrCat("no such key: ", text ? std::string(key.text()) : key.ToString()));
}

Value Index(const Value& of, const Value& index) {
  if (of.kind() == Value::Kind::kMap) {
    Value value;
    return of.map().Find(index, &value) ? value : NoSuchKey(index);
  }
  if (of.kind() != Value::Kind::kList) return Value::Error(kNoOverload);
  const std::optional<int64_t> at = ExactInt(index);
  if (!at.has_value()) {
    return Value::Error(absl::StrCat("unsupported index type '", index.TypeName(), "' in list"));
  }
  if (*at < 0 || static_cast<uint64_t>(*at) >= of.list().size()) {
    return Value::Error(absl::StrCat("index out of bounds: ", *at));
  }
  return of.list().At(static_cast<size_t>(*at));
}

// of.name, where the type of `of` was not known.
Value SelectIn(const Value& of, const Value& name) {
  if (of.kind() == Value::Kind::kMap) return Index(of, name);
  if (of.kind() != Value::Kind::kObject) {
    return Value::Error(
        absl::StrCat("type '", of.TypeName(), "' does not support field selection"));
  }
  const std::optional<ObjectType::Field> field = of.object().type().FindField(name.text());
  if (!field.has_value()) return Value::Error(absl::StrCat("no such field '", name.text(), "'"));
  return of.object().Get(field->number);
}

Value HasIn(const Value& of, const Value& name) {
  if (of.kind() == Value::Kind::kMap) {
    Value value;
    return Value::Bool(of.map().Find(name, &value));
  }
  if (of.kind() != Value::Kind::kObject) {
    return Value::Error(
        absl::StrCat("type '", of.TypeName(), "' does not support field selection"));
  }
  const std::optional<ObjectType::Field> field = of.object().type().FindField(name.text());
  if (!field.has_value()) return Value::Error(absl::StrCat("no such field '", name.text(), "'"));
  return Value::Bool(of.object().Has(field->number));
}

Value In(const Value& item, const Value& container) {
  if (container.kind() == Value::Kind::kMap) {
    Value value;
    return Value::Bool(container.map().Find(item, &value));
  }
  if (container.kind() != Value::Kind::kList) return Value::Error(kNoOverload);
  const ListValue& list = container.list();
  for (size_t i = 0; i < list.size(); ++i) {
    if (Equal(list.At(i), item)) return Value::Bool(true);
  }
  return Value::Bool(false);
}

Value CallSiteValue(const CallSite& site, const Value* registers, Meter* meter,
                    const RegexEngine* engine) {
  const Arguments arguments(registers, site.arguments.data(), site.arguments.size(), meter,
                            site.regex.get(), engine);
  for (const CallSite::Candidate& candidate : site.candidates) {
    bool accepts = true;
    for (size_t i = 0; accepts && i < candidate.parameters.size(); ++i) {
      accepts = Accepts(candidate.parameters[i], arguments[i]);
    }
    if (accepts) return candidate.function(arguments);
  }
  return Value::Error(kNoOverload);
}

}  // namespace

bool Accepts(const Type& type, const Value& value) {
  using Kind = Value::Kind;
  switch (type.kind()) {
    case Type::Kind::kDyn:
    case Type::Kind::kParameter:
      return true;
    case Type::Kind::kNull:
      return value.kind() == Kind::kNull;
    case Type::Kind::kBool:
      return value.kind() == Kind::kBool;
    case Type::Kind::kInt:
      return value.kind() == Kind::kInt;
    case Type::Kind::kUint:
      return value.kind() == Kind::kUint;
    case Type::Kind::kDouble:
      return value.kind() == Kind::kDouble;
    case Type::Kind::kString:
      return value.kind() == Kind::kString;
    case Type::Kind::kBytes:
      return value.kind() == Kind::kBytes;
    case Type::Kind::kTimestamp:
      return value.kind() == Kind::kTimestamp;
    case Type::Kind::kDuration:
      return value.kind() == Kind::kDuration;
    case Type::Kind::kType:
      return value.kind() == Kind::kType;
    case Type::Kind::kList:
      return value.kind() == Kind::kList;
    case Type::Kind::kMap:
      return value.kind() == Kind::kMap;
    case Type::Kind::kObject:
      return value.kind() == Kind::kObject && &value.object().type() == &type.object();
  }
  return false;
}

const Type& Program::type() const { return code_->type; }
const std::vector<Program::Attribute>& Program::attributes() const { return code_->attributes; }
uint64_t Program::base_cost() const { return code_->base_cost; }
bool Program::UsesVariable(uint32_t number) const { return code_->used_variables[number]; }

Evaluation::Evaluation(Program program, uint64_t budget)
    : program_(std::move(program)),
      code_(program_.code()),
      registers_(code_.registers),
      attributes_(registers_.data() + code_.variables.size()),
      meter_(budget) {}

Evaluation::~Evaluation() = default;

void Evaluation::Set(uint32_t variable, Value value) {
  DRYDOCK_CHECK(variable < code_.variables.size());
  DRYDOCK_CHECK(Accepts(code_.variables[variable], value), "variable ", variable);
  registers_[variable] = std::move(value);
}

void Evaluation::SetAttribute(size_t attribute, Value value) {
  DRYDOCK_CHECK(attribute < code_.attributes.size());
  const Program::Attribute& declared = code_.attributes[attribute];
  DRYDOCK_CHECK(value.is_error() ? declared.may_be_error : Accepts(declared.type, value),
                "attribute ", attribute);
  attributes_[attribute] = std::move(value);
}

// Keeps the error that instruction `at` has met where somebody handles it, and says where to go on.
// When nobody does, or when the budget is used up, it is the result.
const Value& Evaluation::Fail(size_t at, Value error, size_t* next) {
  error_ = std::move(error);
  *next = kNowhere;
  if (meter_.exceeded()) {
    error_ = Value::Error(kBudgetExceeded);
    return error_;
  }
  for (const Handler& handler : code_.handlers) {
    if (at < handler.begin || at >= handler.end) continue;
    registers_[handler.error] = error_;
    *next = handler.target;
    break;
  }
  return error_;
}

const Value& Evaluation::Run() {
  meter_.Reset();
  Value* const r = registers_.data();
  const Instruction* const code = code_.instructions.data();
  size_t at = 0;
  size_t next = 0;
  if (!meter_.Charge(code_.base_cost)) return Fail(0, Value(), &next);
  Value result;
  while (true) {
    const size_t current = at++;
    const Instruction& i = code[current];
    // Simple instructions go on at once; those that may fail leave what they failed with, or their
    // result.
    absl::string_view failure;
    switch (i.op) {
      case Op::kReturn:
        return r[i.a];
      case Op::kMove:
        r[i.to] = r[i.a];
        continue;
      case Op::kSetBool:
        r[i.to].SetBool(i.a != 0);
        continue;
      case Op::kSetNull:
        r[i.to] = Value();
        continue;
      case Op::kJump:
        at = i.to;
        continue;
      case Op::kJumpIfFalse:
        if (!r[i.a].bool_value()) at = i.to;
        continue;
      case Op::kJumpIfTrue:
        if (r[i.a].bool_value()) at = i.to;
        continue;
      case Op::kCheckBool:
        if (r[i.a].kind() == Value::Kind::kBool) continue;
        failure = kNoOverload;
        break;
      case Op::kCheckType:
        if (Accepts(code_.types[i.b], r[i.a])) continue;
        failure = kNoOverload;
        break;
      case Op::kRaise:
        if (!r[i.a].is_error()) continue;
        failure = r[i.a].text();
        break;
      case Op::kNot:
        r[i.to].SetBool(!r[i.a].bool_value());
        continue;

      case Op::kAddInt:
      case Op::kSubtractInt:
      case Op::kMultiplyInt: {
        int64_t number = 0;
        const int64_t a = r[i.a].int_value();
        const int64_t b = r[i.b].int_value();
        const bool fits = i.op == Op::kAddInt        ? AddInt(a, b, &number)
                          : i.op == Op::kSubtractInt ? SubtractInt(a, b, &number)
                                                     : MultiplyInt(a, b, &number);
        if (fits) {
          r[i.to].SetInt(number);
          continue;
        }
        failure = kIntOverflow;
        break;
      }
      case Op::kDivideInt:
      case Op::kModuloInt: {
        int64_t number = 0;
        const bool divide = i.op == Op::kDivideInt;
        const int64_t b = r[i.b].int_value();
        if (b == 0) {
          failure = divide ? kDivisionByZero : kModulusByZero;
        } else if (divide ? !DivideInt(r[i.a].int_value(), b, &number)
                          : !ModuloInt(r[i.a].int_value(), b, &number)) {
          failure = kIntOverflow;
        } else {
          r[i.to].SetInt(number);
          continue;
        }
        break;
      }
      case Op::kNegateInt: {
        int64_t number = 0;
        if (SubtractInt(0, r[i.a].int_value(), &number)) {
          r[i.to].SetInt(number);
          continue;
        }
        failure = kIntOverflow;
        break;
      }
      case Op::kEqualInt:
        r[i.to].SetBool(r[i.a].int_value() == r[i.b].int_value());
        continue;
      case Op::kLessInt:
        r[i.to].SetBool(r[i.a].int_value() < r[i.b].int_value());
        continue;
      case Op::kLessEqualInt:
        r[i.to].SetBool(r[i.a].int_value() <= r[i.b].int_value());
        continue;
      case Op::kAddUint:
      case Op::kSubtractUint:
      case Op::kMultiplyUint: {
        uint64_t number = 0;
        const uint64_t a = r[i.a].uint_value();
        const uint64_t b = r[i.b].uint_value();
        const bool fits = i.op == Op::kAddUint        ? AddUint(a, b, &number)
                          : i.op == Op::kSubtractUint ? SubtractUint(a, b, &number)
                                                      : MultiplyUint(a, b, &number);
        if (fits) {
          r[i.to].SetUint(number);
          continue;
        }
        failure = kUintOverflow;
        break;
      }
      case Op::kEqualUint:
        r[i.to].SetBool(r[i.a].uint_value() == r[i.b].uint_value());
        continue;
      case Op::kLessUint:
        r[i.to].SetBool(r[i.a].uint_value() < r[i.b].uint_value());
        continue;
      case Op::kLessEqualUint:
        r[i.to].SetBool(r[i.a].uint_value() <= r[i.b].uint_value());
        continue;
      case Op::kAddDouble:
        r[i.to].SetDouble(r[i.a].double_value() + r[i.b].double_value());
        continue;
      case Op::kSubtractDouble:
        r[i.to].SetDouble(r[i.a].double_value() - r[i.b].double_value());
        continue;
      case Op::kMultiplyDouble:
        r[i.to].SetDouble(r[i.a].double_value() * r[i.b].double_value());
        continue;
      case Op::kDivideDouble:
        r[i.to].SetDouble(r[i.a].double_value() / r[i.b].double_value());
        continue;
      case Op::kNegateDouble:
        r[i.to].SetDouble(-r[i.a].double_value());
        continue;
      case Op::kEqualDouble:
        r[i.to].SetBool(r[i.a].double_value() == r[i.b].double_value());
        continue;
      case Op::kLessDouble:
        r[i.to].SetBool(r[i.a].double_value() < r[i.b].double_value());
        continue;
      case Op::kLessEqualDouble:
        r[i.to].SetBool(r[i.a].double_value() <= r[i.b].double_value());
        continue;
      case Op::kIntToDouble:
        r[i.to].SetDouble(static_cast<double>(r[i.a].int_value()));
        continue;
      case Op::kEqualBool:
        r[i.to].SetBool(r[i.a].bool_value() == r[i.b].bool_value());
        continue;
      case Op::kEqualText:
        r[i.to].SetBool(r[i.a].text() == r[i.b].text());
        continue;

      case Op::kEqual:
        if (meter_.Charge(std::min(ComparisonCost(r[i.a]), ComparisonCost(r[i.b])))) {
          r[i.to].SetBool(Equal(r[i.a], r[i.b]));
          continue;
        }
        failure = kBudgetExceeded;
        break;
      case Op::kIn:
        if (meter_.Charge(r[i.b].kind() == Value::Kind::kList
                              ? r[i.b].list().size() * (1 + ComparisonCost(r[i.a]))
                              : ComparisonCost(r[i.a]))) {
          result = In(r[i.a], r[i.b]);
        } else {
          failure = kBudgetExceeded;
        }
        break;
      case Op::kIndex:
        result = Index(r[i.a], r[i.b]);
        break;
      case Op::kGetField:
        result = r[i.a].object().Get(i.b);
        break;
      case Op::kHasField:
        r[i.to].SetBool(r[i.a].object().Has(i.b));
        continue;
      case Op::kSelect:
        result = SelectIn(r[i.a], r[i.b]);
        break;
      case Op::kHas:
        result = HasIn(r[i.a], r[i.b]);
        break;
      case Op::kCall:
        result = CallSiteValue(code_.calls[i.a], r, &meter_, code_.regex);
        break;

      case Op::kNewList:
        r[i.to] = Value::Of(rt::Ref<const ListValue>(rt::MakeRef<NewList>(i.a)));
        continue;
      case Op::kAppend:
        // The register was filled by kNewList in this evaluation, and nobody else has its list.
        const_cast<NewList&>(static_cast<const NewList&>(r[i.to].list())).items.push_back(r[i.a]);
        continue;
      case Op::kNewMap:
        r[i.to] = Value::Of(rt::Ref<const MapValue>(rt::MakeRef<NewMap>()));
        continue;
      case Op::kPut: {
        auto& map = const_cast<NewMap&>(static_cast<const NewMap&>(r[i.to].map()));
        if (!IsKey(r[i.a])) {
          result = Value::Error(absl::StrCat("unsupported key type: ", r[i.a].TypeName()));
        } else if (!meter_.Charge(map.size())) {
          failure = kBudgetExceeded;
        } else if (map.Find(r[i.a], &result)) {
          result = Value::Error(absl::StrCat("Failed with repeated key: ", r[i.a].ToString()));
        } else {
          map.entries.emplace_back(r[i.a], r[i.b]);
          continue;
        }
        break;
      }

      case Op::kCheckRange:
        if (r[i.a].kind() == Value::Kind::kList || r[i.a].kind() == Value::Kind::kMap) continue;
        failure = kNoOverload;
        break;
      case Op::kSetZero:
        r[i.to].SetInt(0);
        continue;
      case Op::kIterate: {
        const auto turn = static_cast<size_t>(r[i.a].int_value());
        const bool list = r[i.b].kind() == Value::Kind::kList;
        const size_t size = list ? r[i.b].list().size() : r[i.b].map().size();
        if (turn >= size) continue;  // To the jump that leaves the loop.
        r[i.a].SetInt(static_cast<int64_t>(turn + 1));
        result = list ? r[i.b].list().At(turn) : r[i.b].map().KeyAt(turn);
        ++at;
        break;
      }
      case Op::kIncrement:
        r[i.to].SetInt(r[i.to].int_value() + 1);
        continue;
      case Op::kCharge:
        if (meter_.Charge((uint64_t{i.a} << 16) + i.b)) continue;
        failure = kBudgetExceeded;
        break;
    }
    if (failure.data() != nullptr) result = Value::Error(failure);
    if (!result.is_error() && !meter_.exceeded()) [[likely]] {
      r[i.to] = std::move(result);
      continue;
    }
    const Value& error = Fail(current, std::move(result), &next);
    if (next == kNowhere) return error;
    at = next;
  }
}

bool CanFail(Op op) {
  switch (op) {
    case Op::kCheckBool:
    case Op::kCheckType:
    case Op::kRaise:
    case Op::kAddInt:
    case Op::kSubtractInt:
    case Op::kMultiplyInt:
    case Op::kDivideInt:
    case Op::kModuloInt:
    case Op::kNegateInt:
    case Op::kAddUint:
    case Op::kSubtractUint:
    case Op::kMultiplyUint:
    case Op::kEqual:
    case Op::kIn:
    case Op::kIndex:
    case Op::kGetField:
    case Op::kSelect:
    case Op::kHas:
    case Op::kCall:
    case Op::kPut:
    case Op::kCheckRange:
    case Op::kIterate:
    case Op::kCharge:
      return true;
    default:
      return false;
  }
}

}  // namespace drydock::cel

// Operators on numbers, texts, lists and times, for where their types are only known when they are
// evaluated; the evaluator has instructions of its own for numbers of known types. Overflow is an
// error, never a wrap.
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "src/cel/ast.h"
#include "src/cel/checked_math.h"
#include "src/cel/function.h"

namespace drydock::cel {
namespace {

constexpr int64_t kNanosPerSecond = 1000000000;

Value Overflow() { return Value::Error(kIntOverflow); }

template <bool (*Compute)(int64_t, int64_t, int64_t*)>
Value IntOp(const Arguments& arguments) {
  int64_t result = 0;
  if (!Compute(arguments[0].int_value(), arguments[1].int_value(), &result)) return Overflow();
  return Value::Int(result);
}

template <bool (*Compute)(uint64_t, uint64_t, uint64_t*)>
Value UintOp(const Arguments& arguments) {
  uint64_t result = 0;
  if (!Compute(arguments[0].uint_value(), arguments[1].uint_value(), &result)) {
    return Value::Error(kUintOverflow);
  }
  return Value::Uint(result);
}

template <typename Compute>
Value DoubleOp(const Arguments& arguments, Compute compute) {
  return Value::Double(compute(arguments[0].double_value(), arguments[1].double_value()));
}

Value DivideInts(const Arguments& arguments) {
  if (arguments[1].int_value() == 0) return Value::Error(kDivisionByZero);
  return IntOp<DivideInt>(arguments);
}
Value ModuloInts(const Arguments& arguments) {
  if (arguments[1].int_value() == 0) return Value::Error(kModulusByZero);
  return IntOp<ModuloInt>(arguments);
}
Value DivideUints(const Arguments& arguments) {
  if (arguments[1].uint_value() == 0) return Value::Error(kDivisionByZero);
  return Value::Uint(arguments[0].uint_value() / arguments[1].uint_value());
}
Value ModuloUints(const Arguments& arguments) {
  if (arguments[1].uint_value() == 0) return Value::Error(kModulusByZero);
  return Value::Uint(arguments[0].uint_value() % arguments[1].uint_value());
}
Value NegateInt(const Arguments& arguments) {
  int64_t result = 0;
  if (!SubtractInt(0, arguments[0].int_value(), &result)) return Overflow();
  return Value::Int(result);
}

Value ConcatenateStrings(const Arguments& arguments) {
  const absl::string_view a = arguments[0].text();
  const absl::string_view b = arguments[1].text();
  if (!arguments.ChargeText(a.size() + b.size())) return Value::Error(kBudgetExceeded);
  return Value::String(absl::StrCat(a, b));
}
Value ConcatenateBytes(const Arguments& arguments) {
  const absl::string_view a = arguments[0].text();
  const absl::string_view b = arguments[1].text();
  if (!arguments.ChargeText(a.size() + b.size())) return Value::Error(kBudgetExceeded);
  return Value::Bytes(absl::StrCat(a, b));
}
Value ConcatenateLists(const Arguments& arguments) {
  const size_t size = arguments[0].list().size() + arguments[1].list().size();
  if (!arguments.Charge(size)) return Value::Error(kBudgetExceeded);
  std::vector<Value> items;
  items.reserve(size);
  for (size_t i = 0; i < 2; ++i) {
    const ListValue& list = arguments[i].list();
    for (size_t j = 0; j < list.size(); ++j) items.push_back(list.At(j));
  }
  return Value::List(std::move(items));
}

Value MoveTimestamp(const Value& timestamp, absl::int128 nanos) {
  const absl::int128 total =
      absl::int128(timestamp.seconds()) * kNanosPerSecond + timestamp.subsecond_nanos() + nanos;
  absl::int128 seconds = total / kNanosPerSecond;
  absl::int128 rest = total % kNanosPerSecond;
  if (rest < 0) {
    rest += kNanosPerSecond;
    --seconds;
  }
  return Value::Timestamp(static_cast<int64_t>(seconds), static_cast<uint32_t>(rest));
}
Value SubtractTimestamps(const Arguments& arguments) {
  const auto nanos = [](const Value& timestamp) {
    return absl::int128(timestamp.seconds()) * kNanosPerSecond + timestamp.subsecond_nanos();
  };
  const absl::int128 difference = nanos(arguments[0]) - nanos(arguments[1]);
  if (difference > std::numeric_limits<int64_t>::max() ||
      difference < std::numeric_limits<int64_t>::min()) {
    return Value::Error("duration overflow");
  }
  return Value::Duration(static_cast<int64_t>(difference));
}
template <bool (*Compute)(int64_t, int64_t, int64_t*)>
Value DurationOp(const Arguments& arguments) {
  int64_t result = 0;
  if (!Compute(arguments[0].duration_nanos(), arguments[1].duration_nanos(), &result)) {
    return Value::Error("duration overflow");
  }
  return Value::Duration(result);
}

template <bool (*Holds)(int)>
Value Ordered(const Arguments& arguments) {
  const auto text = [](const Value& value) {
    return value.kind() == Value::Kind::kString || value.kind() == Value::Kind::kBytes;
  };
  if (text(arguments[0]) && !arguments.ChargeText(arguments[0].text().size())) {
    return Value::Error(kBudgetExceeded);
  }
  const std::optional<int> order = Compare(arguments[0], arguments[1]);
  return Value::Bool(order.has_value() && Holds(*order));  // Nothing is below or above NaN.
}

}  // namespace

void AddArithmetic(std::vector<Overload>* functions) {
  const auto add = [functions](absl::string_view name, std::vector<Type> parameters, Type result,
                               Function function) {
    functions->push_back(
        {std::string(name), false, std::move(parameters), std::move(result), function});
  };
  const Type i = Type::Int();
  const Type u = Type::Uint();
  const Type d = Type::Double();
  const Type s = Type::String();
  const Type b = Type::Bytes();
  const Type time = Type::Timestamp();
  const Type span = Type::Duration();
  const Type list = Type::List(Type::Parameter(0));

  add(op::kAdd, {i, i}, i, IntOp<AddInt>);
  add(op::kAdd, {u, u}, u, UintOp<AddUint>);
  add(op::kAdd, {d, d}, d, [](const Arguments& a) { return DoubleOp(a, std::plus<>()); });
  add(op::kAdd, {s, s}, s, ConcatenateStrings);
  add(op::kAdd, {b, b}, b, ConcatenateBytes);
  add(op::kAdd, {list, list}, list, ConcatenateLists);
  add(op::kAdd, {span, span}, span, DurationOp<AddInt>);
  add(op::kAdd, {time, span}, time,
      [](const Arguments& a) { return MoveTimestamp(a[0], a[1].duration_nanos()); });
  add(op::kAdd, {span, time}, time,
      [](const Arguments& a) { return MoveTimestamp(a[1], a[0].duration_nanos()); });
  add(op::kSubtract, {i, i}, i, IntOp<SubtractInt>);
  add(op::kSubtract, {u, u}, u, UintOp<SubtractUint>);
  add(op::kSubtract, {d, d}, d, [](const Arguments& a) { return DoubleOp(a, std::minus<>()); });
  add(op::kSubtract, {span, span}, span, DurationOp<SubtractInt>);
  add(op::kSubtract, {time, time}, span, SubtractTimestamps);
  add(op::kSubtract, {time, span}, time,
      [](const Arguments& a) { return MoveTimestamp(a[0], -absl::int128(a[1].duration_nanos())); });
  add(op::kMultiply, {i, i}, i, IntOp<MultiplyInt>);
  add(op::kMultiply, {u, u}, u, UintOp<MultiplyUint>);
  add(op::kMultiply, {d, d}, d,
      [](const Arguments& a) { return DoubleOp(a, std::multiplies<>()); });
  add(op::kDivide, {i, i}, i, DivideInts);
  add(op::kDivide, {u, u}, u, DivideUints);
  add(op::kDivide, {d, d}, d, [](const Arguments& a) { return DoubleOp(a, std::divides<>()); });
  add(op::kModulo, {i, i}, i, ModuloInts);
  add(op::kModulo, {u, u}, u, ModuloUints);
  add(op::kNegate, {i}, i, NegateInt);
  add(op::kNegate, {d}, d, [](const Arguments& a) { return Value::Double(-a[0].double_value()); });

  const std::pair<absl::string_view, Function> orders[] = {
      {op::kLess, Ordered<+[](int order) { return order < 0; }>},
      {op::kLessEqual, Ordered<+[](int order) { return order <= 0; }>},
      {op::kGreater, Ordered<+[](int order) { return order > 0; }>},
      {op::kGreaterEqual, Ordered<+[](int order) { return order >= 0; }>},
  };
  for (const auto& [name, function] : orders) {
    for (const Type& type : {Type::Bool(), i, u, d, s, b, time, span}) {
      add(name, {type, type}, Type::Bool(), function);
    }
    // Kubernetes switches comparisons across the types of numbers on.
    for (const auto& [left, right] : {std::pair(i, u), {u, i}, {i, d}, {d, i}, {u, d}, {d, u}}) {
      add(name, {left, right}, Type::Bool(), function);
    }
  }
}

}  // namespace drydock::cel

// Sizes, Kubernetes' library of lists, and sets.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/cel/checked_math.h"
#include "src/cel/function.h"

namespace drydock::cel {
namespace {

Value OverBudget() { return Value::Error(kBudgetExceeded); }

Value SizeOfString(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  if (!arguments.ChargeText(text.size())) return OverBudget();
  return Value::Int(static_cast<int64_t>(CharacterCount(text)));
}
Value SizeOfBytes(const Arguments& arguments) {
  return Value::Int(static_cast<int64_t>(arguments[0].text().size()));
}
Value SizeOfList(const Arguments& arguments) {
  return Value::Int(static_cast<int64_t>(arguments[0].list().size()));
}
Value SizeOfMap(const Arguments& arguments) {
  return Value::Int(static_cast<int64_t>(arguments[0].map().size()));
}

Value IsSorted(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  if (!arguments.Charge(list.size())) return OverBudget();
  for (size_t i = 1; i < list.size(); ++i) {
    const std::optional<int> order = Compare(list.At(i - 1), list.At(i));
    if (!order.has_value()) return Value::Error("no such overload");
    if (*order > 0) return Value::Bool(false);
  }
  return Value::Bool(true);
}

// The item that comes before all others (`sign` -1) or after them (1).
Value Extreme(const Arguments& arguments, const char* name, int sign) {
  const ListValue& list = arguments[0].list();
  if (list.size() == 0) return Value::Error(absl::StrCat(name, " called on empty list"));
  if (!arguments.Charge(list.size())) return OverBudget();
  Value best = list.At(0);
  for (size_t i = 1; i < list.size(); ++i) {
    Value item = list.At(i);
    const std::optional<int> order = Compare(item, best);
    if (!order.has_value()) return Value::Error("no such overload");
    if (*order * sign > 0) best = std::move(item);
  }
  return best;
}
Value Min(const Arguments& arguments) { return Extreme(arguments, "min", -1); }
Value Max(const Arguments& arguments) { return Extreme(arguments, "max", 1); }

Value SumOfInts(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  if (!arguments.Charge(list.size())) return OverBudget();
  int64_t sum = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    const Value item = list.At(i);
    if (item.kind() != Value::Kind::kInt) return Value::Error("no such overload");
    if (!AddInt(sum, item.int_value(), &sum)) return Value::Error(kIntOverflow);
  }
  return Value::Int(sum);
}
Value SumOfUints(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  if (!arguments.Charge(list.size())) return OverBudget();
  uint64_t sum = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    const Value item = list.At(i);
    if (item.kind() != Value::Kind::kUint) return Value::Error("no such overload");
    if (!AddUint(sum, item.uint_value(), &sum)) return Value::Error(kUintOverflow);
  }
  return Value::Uint(sum);
}
Value SumOfDoubles(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  if (!arguments.Charge(list.size())) return OverBudget();
  double sum = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    const Value item = list.At(i);
    if (item.kind() != Value::Kind::kDouble) return Value::Error("no such overload");
    sum += item.double_value();
  }
  return Value::Double(sum);
}
Value SumOfDurations(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  if (!arguments.Charge(list.size())) return OverBudget();
  int64_t sum = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    const Value item = list.At(i);
    if (item.kind() != Value::Kind::kDuration) return Value::Error("no such overload");
    if (!AddInt(sum, item.duration_nanos(), &sum)) return Value::Error("duration overflow");
  }
  return Value::Duration(sum);
}

Value IndexOf(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  if (!arguments.Charge(list.size() * (1 + ComparisonCost(arguments[1])))) return OverBudget();
  for (size_t i = 0; i < list.size(); ++i) {
    if (Equal(list.At(i), arguments[1])) return Value::Int(static_cast<int64_t>(i));
  }
  return Value::Int(-1);
}
Value LastIndexOf(const Arguments& arguments) {
  const ListValue& list = arguments[0].list();
  if (!arguments.Charge(list.size() * (1 + ComparisonCost(arguments[1])))) return OverBudget();
  for (size_t i = list.size(); i > 0; --i) {
    if (Equal(list.At(i - 1), arguments[1])) return Value::Int(static_cast<int64_t>(i - 1));
  }
  return Value::Int(-1);
}

bool Has(const ListValue& list, const Value& item) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (Equal(list.At(i), item)) return true;
  }
  return false;
}
bool HasAll(const ListValue& list, const ListValue& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (!Has(list, items.At(i))) return false;
  }
  return true;
}
bool ChargeProduct(const Arguments& arguments) {
  return arguments.Charge(arguments[0].list().size() *
                          (arguments[1].list().size() + ComparisonCost(arguments[1])));
}
Value SetContains(const Arguments& arguments) {
  if (!ChargeProduct(arguments)) return OverBudget();
  return Value::Bool(HasAll(arguments[0].list(), arguments[1].list()));
}
Value SetEquivalent(const Arguments& arguments) {
  if (!ChargeProduct(arguments) || !ChargeProduct(arguments)) return OverBudget();
  return Value::Bool(HasAll(arguments[0].list(), arguments[1].list()) &&
                     HasAll(arguments[1].list(), arguments[0].list()));
}
Value SetIntersects(const Arguments& arguments) {
  if (!ChargeProduct(arguments)) return OverBudget();
  const ListValue& items = arguments[1].list();
  for (size_t i = 0; i < items.size(); ++i) {
    if (Has(arguments[0].list(), items.At(i))) return Value::Bool(true);
  }
  return Value::Bool(false);
}

}  // namespace

void AddListFunctions(std::vector<Overload>* functions) {
  const Type any = Type::Parameter(0);
  const Type list = Type::List(any);
  const Type map = Type::Map(any, Type::Parameter(1));
  const auto add = [functions](const char* name, bool member, std::vector<Type> parameters,
                               Type result, Function function) {
    functions->push_back({name, member, std::move(parameters), std::move(result), function});
  };
  for (const bool member : {false, true}) {
    add("size", member, {Type::String()}, Type::Int(), SizeOfString);
    add("size", member, {Type::Bytes()}, Type::Int(), SizeOfBytes);
    add("size", member, {list}, Type::Int(), SizeOfList);
    add("size", member, {map}, Type::Int(), SizeOfMap);
  }
  for (const Type& type : {Type::Int(), Type::Uint(), Type::Double(), Type::Bool(),
                           Type::Duration(), Type::Timestamp(), Type::String(), Type::Bytes()}) {
    add("isSorted", true, {Type::List(type)}, Type::Bool(), IsSorted);
    add("min", true, {Type::List(type)}, type, Min);
    add("max", true, {Type::List(type)}, type, Max);
  }
  add("sum", true, {Type::List(Type::Int())}, Type::Int(), SumOfInts);
  add("sum", true, {Type::List(Type::Uint())}, Type::Uint(), SumOfUints);
  add("sum", true, {Type::List(Type::Double())}, Type::Double(), SumOfDoubles);
  add("sum", true, {Type::List(Type::Duration())}, Type::Duration(), SumOfDurations);
  add("indexOf", true, {list, any}, Type::Int(), IndexOf);
  add("lastIndexOf", true, {list, any}, Type::Int(), LastIndexOf);
  add("sets.contains", false, {list, list}, Type::Bool(), SetContains);
  add("sets.equivalent", false, {list, list}, Type::Bool(), SetEquivalent);
  add("sets.intersects", false, {list, list}, Type::Bool(), SetIntersects);
}

}  // namespace drydock::cel

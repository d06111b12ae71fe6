// Kubernetes' library of quantities.
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "src/api/quantity.h"
#include "src/cel/function.h"

namespace drydock::cel {
namespace {

class QuantityObjectType final : public ObjectType {
 public:
  const std::string& name() const override { return name_; }

 private:
  const std::string name_ = "kubernetes.Quantity";
};

class QuantityValue final : public ObjectValue {
 public:
  explicit QuantityValue(const api::Quantity& quantity) : quantity_(quantity) {}
  const ObjectType& type() const override { return QuantityType(); }
  bool Equals(const ObjectValue& other) const override {
    return quantity_ == static_cast<const QuantityValue&>(other).quantity_;
  }
  const api::Quantity& quantity() const { return quantity_; }

 private:
  const api::Quantity quantity_;
};

// REQUIRES: a value of QuantityType.
const api::Quantity& QuantityOf(const Value& value) {
  return static_cast<const QuantityValue&>(value.object()).quantity();
}

Value Make(const api::Quantity& quantity) {
  return Value::Of(rt::Ref<const ObjectValue>(rt::MakeRef<QuantityValue>(quantity)));
}

Value Parse(const Arguments& arguments) {
  if (!arguments.ChargeText(arguments[0].text().size())) return Value::Error(kBudgetExceeded);
  const absl::StatusOr<api::Quantity> quantity = api::Quantity::Parse(arguments[0].text());
  if (!quantity.ok()) return Value::Error(quantity.status().message());
  return Make(*quantity);
}
Value IsQuantity(const Arguments& arguments) {
  if (!arguments.ChargeText(arguments[0].text().size())) return Value::Error(kBudgetExceeded);
  return Value::Bool(api::Quantity::Parse(arguments[0].text()).ok());
}
Value Sign(const Arguments& arguments) { return Value::Int(QuantityOf(arguments[0]).Sign()); }

// Whether a quantity is a whole number that fits an int.
bool IsWhole(const api::Quantity& quantity) {
  const int64_t value = quantity.Value();
  return quantity == api::Quantity::FromInt(value);
}
Value IsInteger(const Arguments& arguments) {
  return Value::Bool(IsWhole(QuantityOf(arguments[0])));
}
Value AsInteger(const Arguments& arguments) {
  const api::Quantity& quantity = QuantityOf(arguments[0]);
  if (!IsWhole(quantity)) return Value::Error("cannot convert value to integer");
  return Value::Int(quantity.Value());
}
Value AsApproximateFloat(const Arguments& arguments) {
  const api::Quantity& quantity = QuantityOf(arguments[0]);
  const int64_t whole = quantity.Value();  // Rounded away from zero.
  // One and what was rounded: "1", or a number with the suffix of its smallest unit.
  const std::string text =
      (api::Quantity::FromInt(1) + (quantity - api::Quantity::FromInt(whole))).ToString();
  int64_t scale = 1;
  if (text.back() == 'm') scale = 1000;
  if (text.back() == 'u') scale = 1000000;
  if (text.back() == 'n') scale = 1000000000;
  int64_t units = 1;
  if (scale > 1) units = std::strtoll(text.c_str(), nullptr, 10);
  const absl::int128 total = absl::int128(whole) * scale + (units - scale);
  return Value::Double(static_cast<double>(total) / static_cast<double>(scale));
}
Value CompareTo(const Arguments& arguments) {
  const api::Quantity& a = QuantityOf(arguments[0]);
  const api::Quantity& b = QuantityOf(arguments[1]);
  return Value::Int(a < b ? -1 : b < a ? 1 : 0);
}
Value IsGreaterThan(const Arguments& arguments) {
  return Value::Bool(QuantityOf(arguments[1]) < QuantityOf(arguments[0]));
}
Value IsLessThan(const Arguments& arguments) {
  return Value::Bool(QuantityOf(arguments[0]) < QuantityOf(arguments[1]));
}
Value Add(const Arguments& arguments) {
  return Make(QuantityOf(arguments[0]) + QuantityOf(arguments[1]));
}
Value AddInteger(const Arguments& arguments) {
  return Make(QuantityOf(arguments[0]) + api::Quantity::FromInt(arguments[1].int_value()));
}
Value Subtract(const Arguments& arguments) {
  return Make(QuantityOf(arguments[0]) - QuantityOf(arguments[1]));
}
Value SubtractInteger(const Arguments& arguments) {
  return Make(QuantityOf(arguments[0]) - api::Quantity::FromInt(arguments[1].int_value()));
}

}  // namespace

const ObjectType& QuantityType() {
  static const QuantityObjectType type;
  return type;
}

void AddQuantityFunctions(std::vector<Overload>* functions) {
  const Type q = Type::Object(QuantityType());
  const Type i = Type::Int();
  functions->push_back({"quantity", false, {Type::String()}, q, Parse});
  functions->push_back({"isQuantity", false, {Type::String()}, Type::Bool(), IsQuantity});
  const auto add = [functions](const char* name, std::vector<Type> parameters, Type result,
                               Function function) {
    functions->push_back({name, true, std::move(parameters), std::move(result), function});
  };
  add("sign", {q}, i, Sign);
  add("isInteger", {q}, Type::Bool(), IsInteger);
  add("asInteger", {q}, i, AsInteger);
  add("asApproximateFloat", {q}, Type::Double(), AsApproximateFloat);
  add("compareTo", {q, q}, i, CompareTo);
  add("isGreaterThan", {q, q}, Type::Bool(), IsGreaterThan);
  add("isLessThan", {q, q}, Type::Bool(), IsLessThan);
  add("add", {q, q}, q, Add);
  add("add", {q, i}, q, AddInteger);
  add("sub", {q, q}, q, Subtract);
  add("sub", {q, i}, q, SubtractInteger);
}

}  // namespace drydock::cel

// Conversions: int(), uint(), double(), string(), bytes(), bool(), timestamp(), duration(), dyn(),
// type().
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/utf8.h"
#include "src/cel/checked_math.h"
#include "src/cel/function.h"
#include "src/cel/literal.h"
#include "src/cel/time_values.h"

namespace drydock::cel {
namespace {

Value Identity(const Arguments& arguments) { return arguments[0]; }

Value Failed(absl::string_view text, absl::string_view type) {
  return Value::Error(absl::StrCat("type conversion error from 'string' to '", type, "': \"",
                                   text.substr(0, 100), "\""));
}

// The whole text as a number, as Go's strconv reads it.
template <typename T>
bool ReadNumber(absl::string_view text, T* number) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

Value IntOfUint(const Arguments& arguments) {
  const uint64_t number = arguments[0].uint_value();
  if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return Value::Error(kIntOverflow);
  }
  return Value::Int(static_cast<int64_t>(number));
}
Value IntOfDouble(const Arguments& arguments) {
  // Cut towards zero. The ends are out: they are where doubles are coarser than integers.
  const double number = arguments[0].double_value();
  if (!(number > -0x1p63 && number < 0x1p63)) return Value::Error(kIntOverflow);
  return Value::Int(static_cast<int64_t>(number));
}
Value IntOfString(const Arguments& arguments) {
  int64_t number = 0;
  if (!ReadNumber(arguments[0].text(), &number)) return Failed(arguments[0].text(), "int");
  return Value::Int(number);
}
Value UintOfInt(const Arguments& arguments) {
  if (arguments[0].int_value() < 0) return Value::Error(kUintOverflow);
  return Value::Uint(static_cast<uint64_t>(arguments[0].int_value()));
}
Value UintOfDouble(const Arguments& arguments) {
  const double number = arguments[0].double_value();
  if (!(number >= 0 && number < 0x1p64)) return Value::Error(kUintOverflow);
  return Value::Uint(static_cast<uint64_t>(number));
}
Value UintOfString(const Arguments& arguments) {
  uint64_t number = 0;
  if (!ReadNumber(arguments[0].text(), &number)) return Failed(arguments[0].text(), "uint");
  return Value::Uint(number);
}
Value DoubleOfString(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  double number = 0;
  const bool spaced =
      !text.empty() && (absl::ascii_isspace(static_cast<unsigned char>(text.front())) ||
                        absl::ascii_isspace(static_cast<unsigned char>(text.back())));
  if (spaced || !absl::SimpleAtod(text, &number)) return Failed(text, "double");
  return Value::Double(number);
}
Value StringOfBytes(const Arguments& arguments) {
  if (!arguments.ChargeText(arguments[0].text().size())) return Value::Error(kBudgetExceeded);
  if (!api::IsUtf8(arguments[0].text())) {
    return Value::Error("invalid UTF-8 in bytes, cannot convert to string");
  }
  return Value::String(arguments[0].text());
}
Value BytesOfString(const Arguments& arguments) {
  if (!arguments.ChargeText(arguments[0].text().size())) return Value::Error(kBudgetExceeded);
  return Value::Bytes(arguments[0].text());
}
Value BoolOfString(const Arguments& arguments) {
  const absl::string_view text = arguments[0].text();
  for (const absl::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return Value::Bool(true);
  }
  for (const absl::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return Value::Bool(false);
  }
  return Failed(text, "bool");
}

}  // namespace

void AddConversions(std::vector<Overload>* functions) {
  const auto add = [functions](absl::string_view name, Type from, Type to, Function function) {
    functions->push_back({std::string(name), false, {std::move(from)}, std::move(to), function});
  };
  const Type i = Type::Int();
  const Type u = Type::Uint();
  const Type d = Type::Double();
  const Type s = Type::String();
  const Type b = Type::Bytes();
  const Type flag = Type::Bool();
  const Type time = Type::Timestamp();
  const Type span = Type::Duration();

  add("int", i, i, Identity);
  add("int", u, i, IntOfUint);
  add("int", d, i, IntOfDouble);
  add("int", s, i, IntOfString);
  add("int", time, i, [](const Arguments& a) { return Value::Int(a[0].seconds()); });
  add("uint", u, u, Identity);
  add("uint", i, u, UintOfInt);
  add("uint", d, u, UintOfDouble);
  add("uint", s, u, UintOfString);
  add("double", d, d, Identity);
  add("double", i, d,
      [](const Arguments& a) { return Value::Double(static_cast<double>(a[0].int_value())); });
  add("double", u, d,
      [](const Arguments& a) { return Value::Double(static_cast<double>(a[0].uint_value())); });
  add("double", s, d, DoubleOfString);
  add("string", s, s, Identity);
  add("string", i, s,
      [](const Arguments& a) { return Value::String(absl::StrCat(a[0].int_value())); });
  add("string", u, s,
      [](const Arguments& a) { return Value::String(absl::StrCat(a[0].uint_value())); });
  add("string", d, s,
      [](const Arguments& a) { return Value::String(FormatDouble(a[0].double_value())); });
  add("string", flag, s,
      [](const Arguments& a) { return Value::String(a[0].bool_value() ? "true" : "false"); });
  add("string", b, s, StringOfBytes);
  add("string", time, s, [](const Arguments& a) { return Value::String(FormatTimestamp(a[0])); });
  add("string", span, s,
      [](const Arguments& a) { return Value::String(FormatDuration(a[0].duration_nanos())); });
  add("bytes", b, b, Identity);
  add("bytes", s, b, BytesOfString);
  add("bool", flag, flag, Identity);
  add("bool", s, flag, BoolOfString);
  add("timestamp", time, time, Identity);
  add("timestamp", s, time, [](const Arguments& a) { return ParseTimestamp(a[0].text()); });
  add("timestamp", i, time,
      [](const Arguments& a) { return Value::Timestamp(a[0].int_value(), 0); });
  add("duration", span, span, Identity);
  add("duration", s, span, [](const Arguments& a) { return ParseDuration(a[0].text()); });
  add("dyn", Type::Parameter(0), Type::Dyn(), Identity);
  add("type", Type::Parameter(0), Type::TypeOfTypes(), [](const Arguments& a) {
    return Value::TypeNamed(a[0].TypeName());  // Names of types live as long as the types.
  });
}

}  // namespace drydock::cel

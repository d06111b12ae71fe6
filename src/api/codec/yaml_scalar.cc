#include "src/api/codec/yaml_scalar.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

constexpr string_view kNulls[] = {"", "~", "null", "Null", "NULL"};
constexpr string_view kTrues[] = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                  "True", "TRUE", "on",  "On",  "ON"};
constexpr string_view kFalses[] = {"n",     "N",     "no",  "No",  "NO", "false",
                                   "False", "FALSE", "off", "Off", "OFF"};

template <size_t n>
bool IsOneOf(string_view text, const string_view (&words)[n]) {
  for (const string_view word : words) {
    if (word == text) return true;
  }
  return false;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Go's strconv.ParseInt with base 0: decimal, 0x, 0o or a leading 0, 0b.
bool ParseInteger(string_view text, std::string* literal) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = text[1] | 0x20;
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, value, base);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return false;
  constexpr uint64_t kLimit = uint64_t{1} << 63;
  if (negative && value > kLimit) return false;
  *literal = absl::StrCat(negative && value > 0 ? "-" : "", value);
  return true;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool IsFloat(string_view text) {
  const auto digits = [&text] {
    size_t n = 0;
    while (n < text.size() && IsDigit(text[n])) ++n;
    text.remove_prefix(n);
    return n;
  };
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const size_t whole = digits();
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return digits() > 0 && text.empty();
}

// As Go writes floats in JSON.
std::string FloatLiteral(double value) {
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  const double size = std::fabs(value);
  const bool plain = size >= 1e-6 && size < 1e21;
  char buffer[64];
  const std::to_chars_result result =
      std::to_chars(buffer, buffer + sizeof(buffer), value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string literal(buffer, result.ptr);
  // 1e-09 is written as 1e-9.
  const size_t n = literal.size();
  if (!plain && n >= 4 && literal[n - 4] == 'e' && literal[n - 3] == '-' && literal[n - 2] == '0') {
    literal.erase(n - 2, 1);
  }
  return literal;
}

}  // namespace

Value ResolvePlainScalar(string_view text) {
  if (IsOneOf(text, kNulls)) return Value();
  if (IsOneOf(text, kTrues)) return Value::Bool(true);
  if (IsOneOf(text, kFalses)) return Value::Bool(false);
  const char first = text[0];
  if (!IsDigit(first) && first != '-' && first != '+' && first != '.') return Value::String(text);
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits.push_back(c);
  }
  std::string literal;
  if (ParseInteger(digits, &literal)) return Value::Number(std::move(literal));
  double value;
  if (IsFloat(digits) && absl::SimpleAtod(digits, &value) && std::isfinite(value)) {
    return Value::Number(FloatLiteral(value));
  }
  return Value::String(text);
}

}  // namespace drydock::api

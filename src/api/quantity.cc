// Parsing and printing follow resource.Quantity of k8s.io/apimachinery, its limits included.
#include "src/api/quantity.h"

#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::api {
namespace {

using ::absl::int128;
using ::absl::string_view;

constexpr int kNanoDigits = 9;
constexpr int64_t kMaxInt64 = std::numeric_limits<int64_t>::max();
constexpr int64_t kNano = 1'000'000'000;
// 2^63-1 units, where Kubernetes limits what its slow path parses.
int128 MaxParsed() { return int128(kMaxInt64) * kNano; }
// 2^125: up to here a sum of two values is exact in an int128.
constexpr int128 kLimit = absl::MakeInt128(int64_t{1} << 61, 0);
constexpr int kLimitDigits = 37;

absl::Status WrongFormat() {
  return absl::InvalidArgumentError(
      "quantities must match the regular expression "
      "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

absl::Status WrongSuffix() {
  return absl::InvalidArgumentError("unable to parse quantity's suffix");
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes leading digits off `text`.
string_view TakeDigits(string_view* text) {
  size_t n = 0;
  while (n < text->size() && IsDigit((*text)[n])) ++n;
  const string_view digits = text->substr(0, n);
  text->remove_prefix(n);
  return digits;
}

struct Suffix {
  Quantity::Format format = Quantity::Format::kDecimalSi;
  int64_t exponent = 0;  // Of 10, or of 2 for kBinarySi.
};

struct NamedSuffix {
  string_view name;
  int exponent;
};
constexpr NamedSuffix kDecimal[] = {{"n", -9}, {"u", -6}, {"m", -3}, {"", 0},   {"k", 3},
                                    {"M", 6},  {"G", 9},  {"T", 12}, {"P", 15}, {"E", 18}};
constexpr NamedSuffix kBinary[] = {{"Ki", 10}, {"Mi", 20}, {"Gi", 30},
                                   {"Ti", 40}, {"Pi", 50}, {"Ei", 60}};

bool ParseSuffix(string_view text, Suffix* suffix) {
  for (const NamedSuffix& known : kDecimal) {
    if (known.name != text) continue;
    *suffix = {Quantity::Format::kDecimalSi, known.exponent};
    return true;
  }
  for (const NamedSuffix& known : kBinary) {
    if (known.name != text) continue;
    *suffix = {Quantity::Format::kBinarySi, known.exponent};
    return true;
  }
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return false;
  string_view number = text.substr(1);
  const string_view digits =
      !number.empty() && (number[0] == '+' || number[0] == '-') ? number.substr(1) : number;
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), IsDigit)) return false;
  // An exponent of more than nine digits is beyond every limit already.
  int64_t exponent = 0;
  if (digits.size() > 9 || !absl::SimpleAtoi(number, &exponent)) {
    exponent = number[0] == '-' ? -1'000'000'000 : 1'000'000'000;
  }
  *suffix = {Quantity::Format::kDecimalExponent, exponent};
  return true;
}

// Digits of a number, most significant first, without leading zeros.
std::string TimesTwoToThe(std::string digits, int64_t exponent) {
  for (; exponent > 0; exponent -= 10) {
    const unsigned factor = 1u << std::min<int64_t>(exponent, 10);
    unsigned carry = 0;
    for (size_t i = digits.size(); i-- > 0;) {
      carry += static_cast<unsigned>(digits[i] - '0') * factor;
      digits[i] = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    if (carry > 0) digits.insert(0, absl::StrCat(carry));
  }
  return digits;
}

// `digits` times 10^`exponent` in nano-units, rounded up; kLimit when it lies beyond.
int128 ToNanos(string_view digits, int64_t exponent) {
  while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
  if (digits.empty()) return 0;
  const int64_t shift = exponent + kNanoDigits;
  const int64_t length = static_cast<int64_t>(digits.size()) + shift;
  if (length > kLimitDigits) return kLimit;
  if (length < 0) return 1;  // Not zero, and less than any nano-unit.
  int128 nanos = 0;
  for (int64_t i = 0; i < length; ++i) {
    const auto at = static_cast<size_t>(i);
    nanos = nanos * 10 + (at < digits.size() ? digits[at] - '0' : 0);
  }
  const bool rest = static_cast<size_t>(length) < digits.size() &&
                    digits.find_first_not_of('0', static_cast<size_t>(length)) != string_view::npos;
  return rest ? nanos + 1 : nanos;
}

int64_t DivideAwayFromZero(int128 value, int64_t by) {
  int128 result = value / by;
  if (value % by > 0) ++result;
  if (value % by < 0) --result;
  if (result > kMaxInt64) return kMaxInt64;
  if (result < std::numeric_limits<int64_t>::min()) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(result);
}

// absl's int128 prints through streams only.
std::string ToDecimal(int128 value) {
  const bool negative = value < 0;
  if (negative) value = -value;
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value > 0);
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string PrintDecimal(int128 nanos, Quantity::Format format) {
  int exponent = -kNanoDigits;
  const int highest = format == Quantity::Format::kDecimalSi ? 18 : 1000;
  while (exponent < highest && nanos % 1000 == 0) {
    nanos /= 1000;
    exponent += 3;
  }
  if (format == Quantity::Format::kDecimalExponent) {
    return exponent == 0 ? ToDecimal(nanos) : absl::StrCat(ToDecimal(nanos), "e", exponent);
  }
  for (const NamedSuffix& suffix : kDecimal) {
    if (suffix.exponent == exponent) return absl::StrCat(ToDecimal(nanos), suffix.name);
  }
  return ToDecimal(nanos);
}

std::string PrintBinary(int128 value) {
  int exponent = 0;
  while (exponent < 60 && value % 1024 == 0) {
    value /= 1024;
    exponent += 10;
  }
  for (const NamedSuffix& suffix : kBinary) {
    if (suffix.exponent == exponent) return absl::StrCat(ToDecimal(value), suffix.name);
  }
  return ToDecimal(value);
}

// More than 18 digits before the suffix.
bool HasManyDigits(string_view text) {
  return std::min(text.find_first_not_of("0123456789"), text.size()) > 18;
}

int128 Limited(int128 nanos) { return std::clamp<int128>(nanos, -kLimit, kLimit); }

}  // namespace

Quantity Quantity::FromInt(int64_t value, Format format) {
  return Quantity(int128(value) * kNano, format);
}

Quantity Quantity::FromMilli(int64_t milli, Format format) {
  return Quantity(int128(milli) * (kNano / 1000), format);
}

absl::StatusOr<Quantity> Quantity::Parse(string_view text) {
  if (text.empty()) return WrongFormat();
  string_view rest = text;
  const bool negative = rest[0] == '-';
  if (rest[0] == '-' || rest[0] == '+') rest.remove_prefix(1);
  while (!rest.empty() && rest[0] == '0') rest.remove_prefix(1);
  const string_view whole = TakeDigits(&rest);
  string_view fraction;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    fraction = TakeDigits(&rest);
  }
  // The suffix: letters, a sign, digits, in this order; as Kubernetes, an empty number is zero.
  string_view tail = rest;
  const size_t letters = std::min(tail.find_first_not_of("eEinumkKMGTP"), tail.size());
  tail.remove_prefix(letters);
  if (!tail.empty() && (tail[0] == '-' || tail[0] == '+')) tail.remove_prefix(1);
  TakeDigits(&tail);
  if (!tail.empty()) return WrongFormat();
  Suffix suffix;
  if (!ParseSuffix(rest, &suffix)) return WrongSuffix();

  const std::string digits = absl::StrCat(whole, fraction);
  const int64_t point = -static_cast<int64_t>(fraction.size());
  int128 nanos;
  bool limited = true;
  if (suffix.format == Format::kBinarySi) {
    nanos = ToNanos(TimesTwoToThe(digits, suffix.exponent), point);
    // Parts of one unit cannot be written with binary suffixes.
    if (nanos > 0 && nanos < kNano) suffix.format = Format::kDecimalSi;
  } else {
    nanos = ToNanos(digits, suffix.exponent + point);
    const size_t written = std::max<size_t>(whole.size(), 1) + fraction.size();
    // The canonical form counts too, so that it reads as the same value again.
    limited = written > 18 || suffix.exponent + point < -kNanoDigits || nanos == kLimit ||
              (nanos > MaxParsed() && HasManyDigits(PrintDecimal(nanos, suffix.format)));
  }
  if (limited) nanos = std::min(nanos, MaxParsed());
  return Quantity(negative ? -nanos : nanos, suffix.format);
}

int64_t Quantity::Value() const { return DivideAwayFromZero(nanos_, kNano); }

int64_t Quantity::MilliValue() const { return DivideAwayFromZero(nanos_, kNano / 1000); }

std::string Quantity::ToString() const {
  if (nanos_ == 0) return "0";
  if (format_ != Format::kBinarySi) return PrintDecimal(nanos_, format_);
  const bool small = nanos_ > int128(-1024) * kNano && nanos_ < int128(1024) * kNano;
  if (small || nanos_ % kNano != 0) return PrintDecimal(nanos_, Format::kDecimalSi);
  return PrintBinary(nanos_ / kNano);
}

Quantity& Quantity::operator+=(const Quantity& other) {
  if (nanos_ == 0) format_ = other.format_;
  nanos_ = Limited(nanos_ + other.nanos_);
  return *this;
}

Quantity& Quantity::operator-=(const Quantity& other) {
  if (nanos_ == 0) format_ = other.format_;
  nanos_ = Limited(nanos_ - other.nanos_);
  return *this;
}

Quantity Quantity::operator-() const { return Quantity(-nanos_, format_); }

absl::StatusOr<std::string> CanonicalQuantity(string_view text) {
  const absl::StatusOr<Quantity> quantity = Quantity::Parse(text);
  if (!quantity.ok()) return quantity.status();
  return quantity->ToString();
}

Quantity QuantityOrZero(string_view text) {
  const absl::StatusOr<Quantity> quantity = Quantity::Parse(text);
  return quantity.ok() ? *quantity : Quantity();
}

}  // namespace drydock::api

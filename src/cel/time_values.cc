// Reading and writing times.
#include "src/cel/time_values.h"

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace drydock::cel {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `count` digits from the front.
std::optional<int> TakeDigits(absl::string_view* text, size_t count) {
  if (text->size() < count) return std::nullopt;
  int number = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!IsDigit((*text)[i])) return std::nullopt;
    number = number * 10 + ((*text)[i] - '0');
  }
  text->remove_prefix(count);
  return number;
}

bool Take(absl::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

// "hh:mm", without its sign.
std::optional<int64_t> TakeOffset(absl::string_view* text) {
  const std::optional<int> hours = TakeDigits(text, 2);
  if (!hours.has_value() || *hours > 23 || !Take(text, ':')) return std::nullopt;
  const std::optional<int> minutes = TakeDigits(text, 2);
  if (!minutes.has_value() || *minutes > 59) return std::nullopt;
  return *hours * 3600 + *minutes * 60;
}

std::string Decimals(uint32_t nanos) {
  if (nanos == 0) return "";
  std::string digits = absl::StrFormat(".%09u", nanos);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

std::optional<Value> ReadTimestamp(absl::string_view text) {
  int parts[6] = {};
  constexpr size_t kDigits[] = {4, 2, 2, 2, 2, 2};
  constexpr char kAfter[] = {'-', '-', 'T', ':', ':', '\0'};
  for (size_t i = 0; i < 6; ++i) {
    const std::optional<int> number = TakeDigits(&text, kDigits[i]);
    if (!number.has_value()) return std::nullopt;
    parts[i] = *number;
    if (kAfter[i] == 'T' ? !Take(&text, 'T') && !Take(&text, 't')
                         : kAfter[i] != '\0' && !Take(&text, kAfter[i])) {
      return std::nullopt;
    }
  }
  if (parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return std::nullopt;
  uint32_t nanos = 0;
  if (Take(&text, '.')) {
    uint32_t unit = 100000000;
    if (text.empty() || !IsDigit(text.front())) return std::nullopt;
    while (!text.empty() && IsDigit(text.front())) {
      nanos += unit * static_cast<uint32_t>(text.front() - '0');
      unit /= 10;  // Digits beyond the ninth count for nothing.
      text.remove_prefix(1);
    }
  }
  int64_t offset = 0;
  if (!Take(&text, 'Z') && !Take(&text, 'z')) {
    const bool west = !text.empty() && text.front() == '-';
    if (!Take(&text, '+') && !Take(&text, '-')) return std::nullopt;
    const std::optional<int64_t> read = TakeOffset(&text);
    if (!read.has_value()) return std::nullopt;
    offset = west ? -*read : *read;
  }
  if (!text.empty()) return std::nullopt;
  const absl::CivilSecond civil(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  if (civil.month() != parts[1] || civil.day() != parts[2]) return std::nullopt;  // February 30.
  const int64_t seconds = (civil - absl::CivilSecond(1970, 1, 1)) - offset;
  return Value::Timestamp(seconds, nanos);
}

// The nanoseconds of a unit at the front of `text`, which is taken.
std::optional<int64_t> TakeUnit(absl::string_view* text) {
  struct Unit {
    absl::string_view name;
    int64_t nanos;
  };
  // Longer names first.
  constexpr Unit kUnits[] = {{"ns", 1},           {"us", 1000},        {"\xc2\xb5s", 1000},
                             {"\xce\xbcs", 1000}, {"ms", 1000000},     {"s", 1000000000},
                             {"m", 60000000000},  {"h", 3600000000000}};
  for (const Unit& unit : kUnits) {
    if (text->substr(0, unit.name.size()) != unit.name) continue;
    text->remove_prefix(unit.name.size());
    return unit.nanos;
  }
  return std::nullopt;
}

std::optional<int64_t> ReadDuration(absl::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  constexpr absl::int128 kLimit = absl::int128(1) << 63;
  absl::int128 total = 0;
  while (!text.empty()) {
    absl::int128 whole = 0;
    absl::int128 fraction = 0;
    absl::int128 scale = 1;
    bool digits = false;
    while (!text.empty() && IsDigit(text.front())) {
      whole = whole * 10 + (text.front() - '0');
      if (whole > kLimit) return std::nullopt;
      digits = true;
      text.remove_prefix(1);
    }
    if (Take(&text, '.')) {
      while (!text.empty() && IsDigit(text.front())) {
        if (scale < absl::int128(1000000000000000000)) {
          fraction = fraction * 10 + (text.front() - '0');
          scale *= 10;
        }
        digits = true;
        text.remove_prefix(1);
      }
    }
    if (!digits) return std::nullopt;
    const std::optional<int64_t> unit = TakeUnit(&text);
    if (!unit.has_value()) return std::nullopt;
    total += whole * *unit + fraction * *unit / scale;
    if (total > kLimit) return std::nullopt;
  }
  if (negative) total = -total;
  if (total >= kLimit) return std::nullopt;
  return static_cast<int64_t>(total);
}

}  // namespace

Value ParseTimestamp(absl::string_view text) {
  const std::optional<Value> read = ReadTimestamp(text);
  if (read.has_value()) return *read;
  return Value::Error(absl::StrCat("invalid timestamp \"", text, "\": expected RFC 3339"));
}

std::string FormatTimestamp(const Value& timestamp) {
  const absl::CivilSecond civil = absl::CivilSecond(1970, 1, 1) + timestamp.seconds();
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d%sZ", civil.year(), civil.month(),
                         civil.day(), civil.hour(), civil.minute(), civil.second(),
                         Decimals(timestamp.subsecond_nanos()));
}

Value ParseDuration(absl::string_view text) {
  const std::optional<int64_t> nanos = ReadDuration(text);
  if (nanos.has_value()) return Value::Duration(*nanos);
  return Value::Error(absl::StrCat("invalid duration \"", text, "\": expected a form like 1h30m"));
}

std::string FormatDuration(int64_t nanos) {
  const bool negative = nanos < 0;
  const uint64_t size = negative ? 0 - static_cast<uint64_t>(nanos) : static_cast<uint64_t>(nanos);
  return absl::StrCat(negative ? "-" : "", size / 1000000000,
                      Decimals(static_cast<uint32_t>(size % 1000000000)), "s");
}

std::optional<int64_t> ZoneOffsetSeconds(absl::string_view zone) {
  if (zone.empty() || zone == "UTC" || zone == "Z") return 0;
  const bool west = zone.front() == '-';
  if (west || zone.front() == '+') zone.remove_prefix(1);
  const std::optional<int64_t> offset = TakeOffset(&zone);
  if (!offset.has_value() || !zone.empty()) return std::nullopt;
  return west ? -*offset : *offset;
}

}  // namespace drydock::cel

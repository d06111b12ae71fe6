// RFC 3339 and Go's durations, read and written by hand: absl's formats depend on time zone files.
#include "src/api/time.h"

#include <cstdint>
#include <optional>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

struct Instant {
  int64_t seconds = 0;  // Of Unix time.
  int32_t nanos = 0;
  size_t decimals = 0;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `n` digits and, when `end` is not 0, that character.
bool Take(string_view* text, size_t n, char end, int* value) {
  if (text->size() < n + (end != 0 ? 1 : 0)) return false;
  *value = 0;
  for (size_t i = 0; i < n; ++i) {
    if (!IsDigit((*text)[i])) return false;
    *value = *value * 10 + ((*text)[i] - '0');
  }
  if (end != 0 && (*text)[n] != end) return false;
  text->remove_prefix(n + (end != 0 ? 1 : 0));
  return true;
}

std::optional<Instant> ParseRfc3339(string_view text) {
  int year, month, day, hour, minute, second;
  if (!Take(&text, 4, '-', &year) || !Take(&text, 2, '-', &month) || !Take(&text, 2, 'T', &day) ||
      !Take(&text, 2, ':', &hour) || !Take(&text, 2, ':', &minute) || !Take(&text, 2, 0, &second)) {
    return std::nullopt;
  }
  Instant instant;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    while (!text.empty() && IsDigit(text[0])) {
      // Go keeps nine decimals and drops the rest.
      if (instant.decimals < 9) instant.nanos = instant.nanos * 10 + (text[0] - '0');
      ++instant.decimals;
      text.remove_prefix(1);
    }
    if (instant.decimals == 0) return std::nullopt;
    for (size_t i = instant.decimals; i < 9; ++i) instant.nanos *= 10;
  }
  int offset = 0;
  if (text != "Z") {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const int sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
    int hours, minutes;
    if (!Take(&text, 2, ':', &hours) || !Take(&text, 2, 0, &minutes) || !text.empty()) {
      return std::nullopt;
    }
    if (hours > 24 || minutes > 59) return std::nullopt;
    offset = sign * (hours * 3600 + minutes * 60);
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  // Civil times normalise what is out of range (February 30th), which is an error here.
  if (civil.month() != month || civil.day() != day || civil.hour() != hour ||
      civil.minute() != minute || civil.second() != second) {
    return std::nullopt;
  }
  instant.seconds = civil - absl::CivilSecond(1970, 1, 1, 0, 0, 0) - offset;
  return instant;
}

absl::CivilSecond ToCivil(int64_t seconds) {
  // Beyond these years RFC 3339 has no form.
  constexpr int64_t kYear0 = -62'167'219'200;
  constexpr int64_t kYear10000 = 253'402'300'800;
  if (seconds < kYear0) seconds = kYear0;
  if (seconds >= kYear10000) seconds = kYear10000 - 1;
  return absl::CivilSecond(1970, 1, 1, 0, 0, 0) + seconds;
}

std::string FormatCivil(const absl::CivilSecond& c) {
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d", c.year(), c.month(), c.day(), c.hour(),
                         c.minute(), c.second());
}

int64_t FloorSeconds(absl::Time time) { return absl::ToUnixSeconds(time); }

}  // namespace

absl::StatusOr<metav1::Time> ParseTime(string_view text) {
  const std::optional<Instant> instant = ParseRfc3339(text);
  if (!instant) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected a time in RFC 3339 form (2006-01-02T15:04:05Z), got \"", text, "\""));
  }
  metav1::Time time;
  time.set_seconds(instant->seconds);
  return time;
}

std::string FormatTime(const metav1::Time& time) {
  return absl::StrCat(FormatCivil(ToCivil(time.seconds())), "Z");
}

metav1::Time MakeTime(absl::Time time) {
  metav1::Time result;
  result.set_seconds(FloorSeconds(time));
  return result;
}

absl::Time ToAbslTime(const metav1::Time& time) { return absl::FromUnixSeconds(time.seconds()); }

absl::StatusOr<metav1::MicroTime> ParseMicroTime(string_view text) {
  const std::optional<Instant> instant = ParseRfc3339(text);
  if (!instant || instant->decimals != 6) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected a time in RFC 3339 form with six decimals (2006-01-02T15:04:05.000000Z), got \"",
        text, "\""));
  }
  metav1::MicroTime time;
  time.set_seconds(instant->seconds);
  if (instant->nanos != 0) time.set_nanos(instant->nanos);
  return time;
}

std::string FormatMicroTime(const metav1::MicroTime& time) {
  return absl::StrFormat("%s.%06dZ", FormatCivil(ToCivil(time.seconds())), time.nanos() / 1000);
}

metav1::MicroTime MakeMicroTime(absl::Time time) {
  metav1::MicroTime result;
  const int64_t seconds = FloorSeconds(time);
  const int64_t micros = absl::ToInt64Microseconds(time - absl::FromUnixSeconds(seconds));
  result.set_seconds(seconds);
  if (micros != 0) result.set_nanos(static_cast<int32_t>(micros * 1000));
  return result;
}

absl::Time ToAbslTime(const metav1::MicroTime& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::StatusOr<absl::Duration> ParseGoDuration(string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError(
      absl::StrCat("expected a duration such as \"1h30m\", got \"", text, "\""));
  string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  if (rest == "0") return absl::ZeroDuration();
  if (rest.empty()) return wrong;
  absl::int128 total = 0;  // In nanoseconds.
  while (!rest.empty()) {
    absl::int128 value = 0, scale = 1;
    bool digits = false, point = false;
    for (; !rest.empty() && (IsDigit(rest[0]) || (rest[0] == '.' && !point));
         rest.remove_prefix(1)) {
      if (rest[0] == '.') {
        point = true;
        continue;
      }
      digits = true;
      if (scale > 1'000'000'000'000 || value > absl::int128(1) << 62) continue;
      value = value * 10 + (rest[0] - '0');
      if (point) scale *= 10;
    }
    if (!digits) return wrong;
    struct Unit {
      string_view name;
      int64_t nanos;
    };
    constexpr Unit kUnits[] = {
        {"ns", 1},         {"us", 1'000},        {"\xC2\xB5s", 1'000},  {"\xCE\xBCs", 1'000},
        {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};
    size_t length = 0;
    while (length < rest.size() && rest[length] != '.' && !IsDigit(rest[length])) ++length;
    const string_view name = rest.substr(0, length);
    int64_t unit = 0;
    for (const Unit& known : kUnits) {
      if (known.name == name) unit = known.nanos;
    }
    if (unit == 0) return wrong;
    rest.remove_prefix(length);
    total += value * unit / scale;
    if (total > std::numeric_limits<int64_t>::max()) return wrong;
  }
  const auto nanos = static_cast<int64_t>(total);
  return absl::Nanoseconds(negative ? -nanos : nanos);
}

std::string FormatGoDuration(absl::Duration duration) {
  const int64_t nanos = absl::ToInt64Nanoseconds(duration);
  if (nanos == 0) return "0s";
  const char* const sign = nanos < 0 ? "-" : "";
  const uint64_t total =
      nanos < 0 ? 0 - static_cast<uint64_t>(nanos) : static_cast<uint64_t>(nanos);
  // `value` units of 10^-`digits`, without trailing zeros.
  const auto decimal = [](uint64_t value, uint64_t unit) {
    std::string text = absl::StrCat(value / unit);
    uint64_t rest = value % unit;
    if (rest == 0) return text;
    text.push_back('.');
    for (uint64_t digit = unit / 10; rest > 0; digit /= 10) {
      text.push_back(static_cast<char>('0' + rest / digit));
      rest %= digit;
    }
    return text;
  };
  if (total < 1'000) return absl::StrCat(sign, total, "ns");
  if (total < 1'000'000) return absl::StrCat(sign, decimal(total, 1'000), "\xC2\xB5s");
  if (total < 1'000'000'000) return absl::StrCat(sign, decimal(total, 1'000'000), "ms");
  constexpr uint64_t kSecond = 1'000'000'000;
  const uint64_t minutes = total / (60 * kSecond);
  const std::string seconds = decimal(total % (60 * kSecond), kSecond);
  if (minutes == 0) return absl::StrCat(sign, seconds, "s");
  if (minutes < 60) return absl::StrCat(sign, minutes, "m", seconds, "s");
  return absl::StrCat(sign, minutes / 60, "h", minutes % 60, "m", seconds, "s");
}

}  // namespace drydock::api

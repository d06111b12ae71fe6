// The parts of timestamps and durations.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "src/cel/function.h"
#include "src/cel/time_values.h"

namespace drydock::cel {
namespace {

int64_t FullYear(const absl::CivilSecond& time) { return time.year(); }
int64_t Month(const absl::CivilSecond& time) { return time.month() - 1; }
int64_t DayOfMonth(const absl::CivilSecond& time) { return time.day() - 1; }
int64_t Date(const absl::CivilSecond& time) { return time.day(); }
int64_t DayOfYear(const absl::CivilSecond& time) {
  return absl::GetYearDay(absl::CivilDay(time)) - 1;
}
int64_t DayOfWeek(const absl::CivilSecond& time) {
  // Sunday is 0; absl counts from Monday.
  return (static_cast<int64_t>(absl::GetWeekday(absl::CivilDay(time))) + 1) % 7;
}
int64_t Hours(const absl::CivilSecond& time) { return time.hour(); }
int64_t Minutes(const absl::CivilSecond& time) { return time.minute(); }
int64_t Seconds(const absl::CivilSecond& time) { return time.second(); }

// The civil time of the first argument in the zone that the second names.
std::optional<absl::CivilSecond> CivilOf(const Arguments& arguments) {
  const absl::string_view zone = arguments.size() > 1 ? arguments[1].text() : "UTC";
  const std::optional<int64_t> offset = ZoneOffsetSeconds(zone);
  if (!offset.has_value()) return std::nullopt;
  return absl::CivilSecond(1970, 1, 1) + (arguments[0].seconds() + *offset);
}

Value UnknownZone(const Arguments& arguments) {
  return Value::Error(absl::StrCat("unknown time zone ", arguments[1].text()));
}

template <int64_t (*Part)(const absl::CivilSecond&)>
Value PartOf(const Arguments& arguments) {
  const std::optional<absl::CivilSecond> civil = CivilOf(arguments);
  return civil.has_value() ? Value::Int(Part(*civil)) : UnknownZone(arguments);
}

Value MillisecondsOf(const Arguments& arguments) {
  if (!CivilOf(arguments).has_value()) return UnknownZone(arguments);
  return Value::Int(arguments[0].subsecond_nanos() / 1000000);
}

template <int64_t kUnit>
Value Whole(const Arguments& arguments) {
  return Value::Int(arguments[0].duration_nanos() / kUnit);
}

}  // namespace

void AddTimeFunctions(std::vector<Overload>* functions) {
  const std::pair<const char*, Function> parts[] = {
      {"getFullYear", PartOf<FullYear>},     {"getMonth", PartOf<Month>},
      {"getDayOfMonth", PartOf<DayOfMonth>}, {"getDate", PartOf<Date>},
      {"getDayOfYear", PartOf<DayOfYear>},   {"getDayOfWeek", PartOf<DayOfWeek>},
      {"getHours", PartOf<Hours>},           {"getMinutes", PartOf<Minutes>},
      {"getSeconds", PartOf<Seconds>},       {"getMilliseconds", MillisecondsOf},
  };
  for (const auto& [name, function] : parts) {
    functions->push_back({name, true, {Type::Timestamp()}, Type::Int(), function});
    functions->push_back({name, true, {Type::Timestamp(), Type::String()}, Type::Int(), function});
  }
  const std::pair<const char*, Function> units[] = {
      {"getHours", Whole<3600000000000>},
      {"getMinutes", Whole<60000000000>},
      {"getSeconds", Whole<1000000000>},
      {"getMilliseconds", Whole<1000000>},
  };
  for (const auto& [name, function] : units) {
    functions->push_back({name, true, {Type::Duration()}, Type::Int(), function});
  }
}

}  // namespace drydock::cel

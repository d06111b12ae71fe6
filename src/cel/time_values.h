// Timestamps and durations: their texts and their parts.
#ifndef DRYDOCK_SRC_CEL_TIME_VALUES_H_
#define DRYDOCK_SRC_CEL_TIME_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "src/cel/value.h"

namespace drydock::cel {

inline constexpr int64_t kMinTimestampSeconds = -62135596800;  // 0001-01-01T00:00:00Z
inline constexpr int64_t kMaxTimestampSeconds = 253402300799;  // 9999-12-31T23:59:59Z

// RFC 3339, with as many decimals as there are: "2026-01-02T03:04:05.5Z". An error value when
// `text` is no timestamp.
Value ParseTimestamp(absl::string_view text);
std::string FormatTimestamp(const Value& timestamp);

// Go's form: "1h30m", "-1.5s", "250ms". An error value when `text` is no duration.
Value ParseDuration(absl::string_view text);
// As CEL's `string()` gives it: in seconds, "5400s", "0.25s".
std::string FormatDuration(int64_t nanos);

// The offset from UTC that a time zone stands for: "UTC", "", "+02:00", "-08:00", "02:00". Names
// of places are not known: their rules lie in files of the machine.
std::optional<int64_t> ZoneOffsetSeconds(absl::string_view zone);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_TIME_VALUES_H_

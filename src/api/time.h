// Times of API objects and their JSON forms. All are in UTC; an unset message is Go's zero time,
// which JSON writes as null.
#ifndef DRYDOCK_SRC_API_TIME_H_
#define DRYDOCK_SRC_API_TIME_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "src/api/meta_v1.h"

namespace drydock::api {

// Time: RFC 3339, kept and written in whole seconds ("2026-01-02T03:04:05Z").
absl::StatusOr<metav1::Time> ParseTime(absl::string_view text);
std::string FormatTime(const metav1::Time& time);
metav1::Time MakeTime(absl::Time time);
absl::Time ToAbslTime(const metav1::Time& time);  // The epoch when it is unset.
inline bool IsZero(const metav1::Time& time) { return !time.has_seconds(); }

// MicroTime: RFC 3339 with six decimals ("2026-01-02T03:04:05.000006Z").
absl::StatusOr<metav1::MicroTime> ParseMicroTime(absl::string_view text);
std::string FormatMicroTime(const metav1::MicroTime& time);
metav1::MicroTime MakeMicroTime(absl::Time time);
absl::Time ToAbslTime(const metav1::MicroTime& time);
inline bool IsZero(const metav1::MicroTime& time) { return !time.has_seconds(); }

// Duration: Go's form ("1h30m0s", "250ms").
absl::StatusOr<absl::Duration> ParseGoDuration(absl::string_view text);
std::string FormatGoDuration(absl::Duration duration);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_TIME_H_

// Values that are a number or a string: ports by number or name, counts or percentages.
#ifndef DRYDOCK_SRC_API_INT_OR_STRING_H_
#define DRYDOCK_SRC_API_INT_OR_STRING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/types/int_or_string.pb.h"

namespace drydock::api {

using IntOrString = ::k8s::io::apimachinery::pkg::util::intstr::IntOrString;

inline bool IsString(const IntOrString& value) { return value.type() == 1; }

IntOrString FromInt(int32_t value);
IntOrString FromString(absl::string_view value);
// A number when `text` is one, otherwise a string.
IntOrString ParseIntOrString(absl::string_view text);

// "80", "http".
std::string ToString(const IntOrString& value);
// The number; of a string, what it reads as a number, or 0.
int32_t IntValue(const IntOrString& value);

enum class Rounding : uint8_t { kDown, kUp };

// A count as it is, or a percentage ("25%") of `total`.
absl::StatusOr<int32_t> ScaledValue(const IntOrString& value, int32_t total, Rounding rounding);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_INT_OR_STRING_H_

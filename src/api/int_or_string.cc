// Semantics of k8s.io/apimachinery/pkg/util/intstr.
#include "src/api/int_or_string.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace drydock::api {
namespace {

bool ParseInt32(absl::string_view text, int32_t* value) {
  // SimpleAtoi would allow spaces around the number.
  if (text.empty() || text.find_first_not_of("+-0123456789") != absl::string_view::npos) {
    return false;
  }
  return absl::SimpleAtoi(text, value);
}

}  // namespace

IntOrString FromInt(int32_t value) {
  IntOrString result;
  result.set_int_val(value);
  return result;
}

IntOrString FromString(absl::string_view value) {
  IntOrString result;
  result.set_type(1);
  result.set_str_val(value.data(), value.size());
  return result;
}

IntOrString ParseIntOrString(absl::string_view text) {
  int32_t value;
  return ParseInt32(text, &value) ? FromInt(value) : FromString(text);
}

std::string ToString(const IntOrString& value) {
  return IsString(value) ? value.str_val() : absl::StrCat(value.int_val());
}

int32_t IntValue(const IntOrString& value) {
  if (!IsString(value)) return value.int_val();
  int32_t number = 0;
  return ParseInt32(value.str_val(), &number) ? number : 0;
}

absl::StatusOr<int32_t> ScaledValue(const IntOrString& value, int32_t total, Rounding rounding) {
  if (!IsString(value)) return value.int_val();
  absl::string_view text = value.str_val();
  int32_t percent = 0;
  if (text.empty() || text.back() != '%') {
    return absl::InvalidArgumentError(absl::StrCat(
        "invalid value for IntOrString: invalid type: string is not a percentage: \"", text, "\""));
  }
  text.remove_suffix(1);
  if (!ParseInt32(text, &percent)) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid value for IntOrString: invalid value \"", value.str_val(),
                     "\": not a percentage"));
  }
  const int64_t product = static_cast<int64_t>(percent) * total;
  int64_t scaled = product / 100;
  if (product % 100 > 0 && rounding == Rounding::kUp) ++scaled;
  if (product % 100 < 0 && rounding == Rounding::kDown) --scaled;
  if (scaled > std::numeric_limits<int32_t>::max() ||
      scaled < std::numeric_limits<int32_t>::min()) {
    return absl::InvalidArgumentError(
        absl::StrCat(value.str_val(), " of ", total, " is out of range"));
  }
  return static_cast<int32_t>(scaled);
}

}  // namespace drydock::api

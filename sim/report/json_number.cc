// Whole numbers without a point.
#include "sim/report/json_number.h"

#include <cmath>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace drydock::sim {

api::Value JsonNumber(double number) {
  if (!std::isfinite(number)) return api::Value::Int(0);
  if (number == std::floor(number) && std::fabs(number) < 1e15) {
    return api::Value::Int(static_cast<int64_t>(number));
  }
  return api::Value::Number(absl::StrFormat("%.10g", number));
}

}  // namespace drydock::sim

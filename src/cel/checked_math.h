// Integer arithmetic that says when the result does not fit.
#ifndef DRYDOCK_SRC_CEL_CHECKED_MATH_H_
#define DRYDOCK_SRC_CEL_CHECKED_MATH_H_

#include <cstdint>
#include <limits>

#include "absl/strings/string_view.h"

namespace drydock::cel {

inline constexpr absl::string_view kIntOverflow = "integer overflow";
inline constexpr absl::string_view kUintOverflow = "unsigned integer overflow";
inline constexpr absl::string_view kDivisionByZero = "division by zero";
inline constexpr absl::string_view kModulusByZero = "modulus by zero";

// Each is false when the result does not fit.
inline bool AddInt(int64_t a, int64_t b, int64_t* result) {
  return !__builtin_add_overflow(a, b, result);
}
inline bool SubtractInt(int64_t a, int64_t b, int64_t* result) {
  return !__builtin_sub_overflow(a, b, result);
}
inline bool MultiplyInt(int64_t a, int64_t b, int64_t* result) {
  return !__builtin_mul_overflow(a, b, result);
}
// REQUIRES: b != 0, of both.
inline bool DivideInt(int64_t a, int64_t b, int64_t* result) {
  if (b == -1) return SubtractInt(0, a, result);
  *result = a / b;
  return true;
}
inline bool ModuloInt(int64_t a, int64_t b, int64_t* result) {
  if (b == -1 && a == std::numeric_limits<int64_t>::min()) return false;
  *result = b == -1 ? 0 : a % b;
  return true;
}
inline bool AddUint(uint64_t a, uint64_t b, uint64_t* result) {
  return !__builtin_add_overflow(a, b, result);
}
inline bool SubtractUint(uint64_t a, uint64_t b, uint64_t* result) {
  return !__builtin_sub_overflow(a, b, result);
}
inline bool MultiplyUint(uint64_t a, uint64_t b, uint64_t* result) {
  return !__builtin_mul_overflow(a, b, result);
}

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_CHECKED_MATH_H_

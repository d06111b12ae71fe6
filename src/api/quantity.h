// Kubernetes' quantities: exact fixed-point numbers with suffixes, such as 500m, 1.5 or 64Gi.
//
// A value is held in whole nano-units, which is the finest that Kubernetes keeps: finer input is
// rounded away from zero. Like Kubernetes, what is written with a binary suffix, with more than 18
// digits or finer than nano is limited to 2^63-1.
#ifndef DRYDOCK_SRC_API_QUANTITY_H_
#define DRYDOCK_SRC_API_QUANTITY_H_

#include <cstdint>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::api {

class Quantity {
 public:
  // How it is printed.
  enum class Format : uint8_t {
    kDecimalSi,        // 12M
    kBinarySi,         // 12Mi
    kDecimalExponent,  // 12e6
  };

  Quantity() = default;
  static Quantity FromInt(int64_t value, Format format = Format::kDecimalSi);
  static Quantity FromMilli(int64_t milli, Format format = Format::kDecimalSi);

  // Errors have Kubernetes' texts.
  static absl::StatusOr<Quantity> Parse(absl::string_view text);

  // The value, and a thousand times the value, rounded away from zero to a whole number; at the
  // ends of int64 when it lies beyond.
  int64_t Value() const;
  int64_t MilliValue() const;

  bool IsZero() const { return nanos_ == 0; }
  int Sign() const { return nanos_ < 0 ? -1 : nanos_ > 0 ? 1 : 0; }
  Format format() const { return format_; }

  // The canonical form: no fraction, no precision lost, the largest suffix that allows it.
  std::string ToString() const;

  // Results keep the format of the left side, or of the right side when the left is zero. They
  // stay within +-4e28.
  Quantity& operator+=(const Quantity& other);
  Quantity& operator-=(const Quantity& other);
  friend Quantity operator+(Quantity a, const Quantity& b) { return a += b; }
  friend Quantity operator-(Quantity a, const Quantity& b) { return a -= b; }
  Quantity operator-() const;

  // By value: 1000m equals 1.
  friend bool operator==(const Quantity& a, const Quantity& b) { return a.nanos_ == b.nanos_; }
  friend bool operator<(const Quantity& a, const Quantity& b) { return a.nanos_ < b.nanos_; }
  friend bool operator>(const Quantity& a, const Quantity& b) { return b < a; }
  friend bool operator<=(const Quantity& a, const Quantity& b) { return !(b < a); }
  friend bool operator>=(const Quantity& a, const Quantity& b) { return !(a < b); }

 private:
  Quantity(absl::int128 nanos, Format format) : nanos_(nanos), format_(format) {}

  absl::int128 nanos_ = 0;
  Format format_ = Format::kDecimalSi;
};

// The canonical form of `text`: what Kubernetes stores and prints for it.
absl::StatusOr<std::string> CanonicalQuantity(absl::string_view text);

// Of a quantity that a decoder or ToString has made: 0 when it is empty or not a quantity.
Quantity QuantityOrZero(absl::string_view text);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_QUANTITY_H_

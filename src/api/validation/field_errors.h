// What is wrong with an object's fields, in Kubernetes' words and with its reasons.
#ifndef DRYDOCK_SRC_API_VALIDATION_FIELD_ERRORS_H_
#define DRYDOCK_SRC_API_VALIDATION_FIELD_ERRORS_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/names.h"
#include "src/api/status.h"

namespace drydock::api {

struct FieldError {
  std::string reason;   // "FieldValueRequired", ...
  std::string field;    // "spec.containers[0].name"
  std::string message;  // "Required value"

  // "spec.containers[0].name: Required value"
  std::string ToString() const;
};

// Collects errors. Paths are texts; values are given as JSON writes them (see Quoted).
class FieldErrors {
 public:
  bool empty() const { return errors_.empty(); }
  size_t size() const { return errors_.size(); }
  auto begin() const { return errors_.begin(); }
  auto end() const { return errors_.end(); }

  void Required(std::string field, absl::string_view detail = "");
  void Invalid(std::string field, absl::string_view value, absl::string_view detail);
  void Invalid(std::string field, int64_t value, absl::string_view detail);
  void NotSupported(std::string field, absl::string_view value,
                    std::initializer_list<absl::string_view> supported);
  void Duplicate(std::string field, absl::string_view value);
  void NotFound(std::string field, absl::string_view value);
  void Forbidden(std::string field, absl::string_view detail);
  void TooLong(std::string field, int64_t most_bytes);
  void TooMany(std::string field, int64_t actual, int64_t most);

  // An Invalid for each complaint.
  void AddComplaints(const std::string& field, absl::string_view value,
                     const Complaints& complaints);

  // Frequent checks.
  void CheckNonNegative(std::string field, int64_t value);
  void CheckSupported(std::string field, const std::string& value,
                      std::initializer_list<absl::string_view> supported);

  // For api::Invalid.
  std::vector<StatusCause> ToCauses() const;
  // One line each.
  std::string ToString() const;

 private:
  void Add(const char* reason, std::string field, std::string message);

  std::vector<FieldError> errors_;
};

// A string value in an error.
std::string Quoted(absl::string_view value);

inline constexpr char kImmutable[] = "field is immutable";
inline constexpr char kNotNegative[] = "must be greater than or equal to 0";

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_VALIDATION_FIELD_ERRORS_H_

// Texts of k8s.io/apimachinery/pkg/util/validation/field.
#include "src/api/validation/field_errors.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/codec/json.h"

namespace drydock::api {

using ::absl::string_view;

std::string FieldError::ToString() const { return absl::StrCat(field, ": ", message); }

void FieldErrors::Add(const char* reason, std::string field, std::string message) {
  errors_.push_back({reason, std::move(field), std::move(message)});
}

void FieldErrors::Required(std::string field, string_view detail) {
  Add("FieldValueRequired", std::move(field),
      detail.empty() ? "Required value" : absl::StrCat("Required value: ", detail));
}

void FieldErrors::Invalid(std::string field, string_view value, string_view detail) {
  Add("FieldValueInvalid", std::move(field), absl::StrCat("Invalid value: ", value, ": ", detail));
}

void FieldErrors::Invalid(std::string field, int64_t value, string_view detail) {
  Invalid(std::move(field), absl::StrCat(value), detail);
}

void FieldErrors::NotSupported(std::string field, string_view value,
                               std::initializer_list<string_view> supported) {
  std::vector<std::string> quoted;
  for (const string_view name : supported) quoted.push_back(Quoted(name));
  std::sort(quoted.begin(), quoted.end());
  Add("FieldValueNotSupported", std::move(field),
      absl::StrCat("Unsupported value: ", Quoted(value),
                   ": supported values: ", absl::StrJoin(quoted, ", ")));
}

void FieldErrors::Duplicate(std::string field, string_view value) {
  Add("FieldValueDuplicate", std::move(field), absl::StrCat("Duplicate value: ", value));
}

void FieldErrors::NotFound(std::string field, string_view value) {
  Add("FieldValueNotFound", std::move(field), absl::StrCat("Not found: ", value));
}

void FieldErrors::Forbidden(std::string field, string_view detail) {
  Add("FieldValueForbidden", std::move(field), absl::StrCat("Forbidden: ", detail));
}

void FieldErrors::TooLong(std::string field, int64_t most_bytes) {
  Add("FieldValueTooLong", std::move(field),
      absl::StrCat("Too long: may not be more than ", most_bytes, " bytes"));
}

void FieldErrors::TooMany(std::string field, int64_t actual, int64_t most) {
  Add("FieldValueTooMany", std::move(field),
      absl::StrCat("Too many: ", actual, ": must have at most ", most, " items"));
}

void FieldErrors::AddComplaints(const std::string& field, string_view value,
                                const Complaints& complaints) {
  for (const std::string& complaint : complaints) Invalid(field, Quoted(value), complaint);
}

void FieldErrors::CheckNonNegative(std::string field, int64_t value) {
  if (value < 0) Invalid(std::move(field), value, kNotNegative);
}

void FieldErrors::CheckSupported(std::string field, const std::string& value,
                                 std::initializer_list<string_view> supported) {
  if (std::find(supported.begin(), supported.end(), value) != supported.end()) return;
  NotSupported(std::move(field), value, supported);
}

std::vector<StatusCause> FieldErrors::ToCauses() const {
  std::vector<StatusCause> causes;
  for (const FieldError& error : errors_) {
    causes.push_back({error.reason, error.message, error.field});
  }
  return causes;
}

std::string FieldErrors::ToString() const {
  std::string text;
  for (const FieldError& error : errors_) absl::StrAppend(&text, error.ToString(), "\n");
  return text;
}

std::string Quoted(string_view value) {
  std::string quoted;
  AppendJsonString(value, &quoted);
  return quoted;
}

}  // namespace drydock::api

#include "src/api/codec/problems.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace drydock::api {

std::string Problem::ToString() const {
  std::string result;
  if (position.line > 0) absl::StrAppend(&result, position.line, ":", position.column, ": ");
  if (!path.empty()) absl::StrAppend(&result, path, ": ");
  switch (category) {
    case Category::kUnknownField:
      absl::StrAppend(&result, "unknown field");
      break;
    case Category::kDuplicateField:
      absl::StrAppend(&result, "duplicate field");
      break;
    case Category::kInvalid:
      break;
  }
  absl::StrAppend(&result, text);
  return result;
}

std::string Problem::ToWarning() const {
  switch (category) {
    case Category::kUnknownField:
      return absl::StrCat("unknown field \"", path, "\"");
    case Category::kDuplicateField:
      return absl::StrCat("duplicate field \"", path, "\"");
    case Category::kInvalid:
      break;
  }
  return ToString();
}

absl::Status ToStatus(const std::vector<Problem>& problems) {
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(
      problems, "\n",
      [](std::string* out, const Problem& problem) { out->append(problem.ToString()); }));
}

}  // namespace drydock::api

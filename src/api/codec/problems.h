// What is wrong with a document, each problem with the place and the path of the field.
#ifndef DRYDOCK_SRC_API_CODEC_PROBLEMS_H_
#define DRYDOCK_SRC_API_CODEC_PROBLEMS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

struct Problem {
  enum class Category : uint8_t { kUnknownField, kDuplicateField, kInvalid };

  Category category = Category::kInvalid;
  Position position;
  std::string path;  // "spec.containers[0].image"
  std::string text;  // "expected a string, got the number 5"

  // "14:7: spec.containers[0].image: expected a string, got the number 5"
  std::string ToString() const;
  // As the API server warns: `unknown field "spec.foo"`.
  std::string ToWarning() const;
};

// InvalidArgument with a line for each problem; OK when there is none.
absl::Status ToStatus(const std::vector<Problem>& problems);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_PROBLEMS_H_

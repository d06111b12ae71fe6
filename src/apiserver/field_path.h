// A selectable field of a kind, and its value in objects.
#ifndef DRYDOCK_SRC_APISERVER_FIELD_PATH_H_
#define DRYDOCK_SRC_APISERVER_FIELD_PATH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "src/api/scheme.h"

namespace drydock::apiserver {

// A field of a kind by its path, such as spec.nodeName.
class FieldPath {
 public:
  // An error when the kind has no such selectable field, with Kubernetes' text.
  static absl::StatusOr<FieldPath> Parse(const api::KindInfo& kind, absl::string_view path);

  // The field as text: "" when unset, "true" and "false", numbers in decimal. Lives as
  // long as `message` and `scratch`.
  absl::string_view ValueIn(const google::protobuf::Message& message, std::string* scratch) const;

  friend bool operator==(const FieldPath& a, const FieldPath& b) { return a.steps_ == b.steps_; }

 private:
  std::vector<const google::protobuf::FieldDescriptor*> steps_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_FIELD_PATH_H_

// How the parts of an object are owned: which values are one field, and which are many.
#ifndef DRYDOCK_SRC_API_APPLY_OWNED_TYPE_H_
#define DRYDOCK_SRC_API_APPLY_OWNED_TYPE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/apply/field_set.h"
#include "src/api/codec/plan.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// The type of a value in a document, from the descriptors' options. Cheap to copy.
struct OwnedType {
  enum class Shape : uint8_t { kScalar, kStruct, kMap, kList };

  Shape shape = Shape::kScalar;
  // Owned and replaced as a whole.
  bool atomic = false;
  const MessagePlan* message = nullptr;  // Of a struct.
  // Of a map or a list, the field that it is; of a scalar, the field that it stands in, or null
  // when anything may stand there.
  const FieldPlan* field = nullptr;

  static OwnedType Of(const MessagePlan& plan);

  bool is_field() const { return shape == Shape::kScalar || atomic; }

  // Whether a struct has the member. Maps have all, but those are not named by the type.
  bool Names(absl::string_view member) const;
  // The type of a member of a struct (a scalar of any kind when it has no such member) or map.
  OwnedType Member(absl::string_view name) const;
  // Of a list.
  OwnedType Element() const;
};

// How `item` is found in a list of `type`. REQUIRES: a list that is not atomic. An error says why
// it cannot be found, in Kubernetes' words.
absl::StatusOr<PathElement> ElementPath(const OwnedType& type, const Value& item);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APPLY_OWNED_TYPE_H_

// Sets of fields as metadata.managedFields holds them: the JSON form FieldsV1.
#ifndef DRYDOCK_SRC_API_APPLY_FIELDS_V1_H_
#define DRYDOCK_SRC_API_APPLY_FIELDS_V1_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/apply/field_set.h"

namespace drydock::api {

// {"f:spec":{"f:replicas":{},"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{}}}}}
std::string WriteFieldsV1(const FieldSet& set);

// An error says which part is not of the form. Empty text is the empty set.
absl::StatusOr<FieldSet> ReadFieldsV1(absl::string_view json);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APPLY_FIELDS_V1_H_

// Validation of the kinds that are neither pods nor workloads.
#ifndef DRYDOCK_SRC_API_VALIDATION_KIND_VALIDATION_H_
#define DRYDOCK_SRC_API_VALIDATION_KIND_VALIDATION_H_

#include "google/protobuf/message.h"
#include "src/api/scheme.h"
#include "src/api/validation/field_errors.h"

namespace drydock::api {

// Nothing for kinds without rules here. `kind` is the messages'; `old` is null for a new object.
void ValidateOtherKind(const KindInfo& kind, const google::protobuf::Message& object,
                       const google::protobuf::Message* old, FieldErrors* errors);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_VALIDATION_KIND_VALIDATION_H_

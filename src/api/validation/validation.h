// Validation: whether an object may be stored, with Kubernetes' paths, reasons and texts. Defaults
// have been applied before.
//
// Every kind's metadata is checked. The rest is checked for the kinds of core, apps, batch, policy,
// scheduling, discovery, coordination, storage, rbac and autoscaling that have rules here; of other
// kinds the codecs have checked the types, and nothing more is.
#ifndef DRYDOCK_SRC_API_VALIDATION_VALIDATION_H_
#define DRYDOCK_SRC_API_VALIDATION_VALIDATION_H_

#include "google/protobuf/message.h"
#include "src/api/validation/field_errors.h"

namespace drydock::api {

// Of a new object. It has its name: generateName has been resolved.
FieldErrors Validate(const google::protobuf::Message& object);

// Of `object` that is to replace `old`, of the same kind.
FieldErrors ValidateUpdate(const google::protobuf::Message& object,
                           const google::protobuf::Message& old);

// Of an update through the status subresource.
FieldErrors ValidateStatusUpdate(const google::protobuf::Message& object,
                                 const google::protobuf::Message& old);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_VALIDATION_VALIDATION_H_

// JSON Patch (RFC 6902): a list of operations on places in a document.
#ifndef DRYDOCK_SRC_API_PATCH_JSON_PATCH_H_
#define DRYDOCK_SRC_API_PATCH_JSON_PATCH_H_

#include "absl/status/status.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// Applies all operations or, after an error, leaves `document` half changed: patch a copy.
// InvalidArgument: `patch` is no JSON patch. FailedPrecondition: it does not apply to this
// document. ResourceExhausted: it has too many operations.
absl::Status ApplyJsonPatch(const Value& patch, Value* document);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_PATCH_JSON_PATCH_H_

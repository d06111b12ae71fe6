// Kubernetes' strategic merge patch: a merge patch that knows the types, so that lists with a merge
// key are merged element by element, and that has directives ($patch, $retainKeys,
// $deleteFromPrimitiveList, $setElementOrder).
#ifndef DRYDOCK_SRC_API_PATCH_STRATEGIC_MERGE_PATCH_H_
#define DRYDOCK_SRC_API_PATCH_STRATEGIC_MERGE_PATCH_H_

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// `document` is the JSON of a message of `type`, which is in the scheme or inside a message that
// is. After an error it is half changed: patch a copy.
absl::Status ApplyStrategicMergePatch(const Value& patch, const google::protobuf::Descriptor& type,
                                      Value* document);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_PATCH_STRATEGIC_MERGE_PATCH_H_

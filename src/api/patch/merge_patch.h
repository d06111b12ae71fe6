// JSON Merge Patch (RFC 7386): a document that looks like the target; null removes.
#ifndef DRYDOCK_SRC_API_PATCH_MERGE_PATCH_H_
#define DRYDOCK_SRC_API_PATCH_MERGE_PATCH_H_

#include "src/api/codec/tree.h"

namespace drydock::api {

void ApplyMergePatch(const Value& patch, Value* document);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_PATCH_MERGE_PATCH_H_

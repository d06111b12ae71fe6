// Patches of API objects.
#ifndef DRYDOCK_SRC_API_PATCH_PATCH_H_
#define DRYDOCK_SRC_API_PATCH_PATCH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

enum class PatchKind : uint8_t { kJson, kMerge, kStrategicMerge };

// What `current`, an object of the scheme, becomes by `patch`, a text in JSON. Errors are
// Kubernetes': BadRequest for what is no patch, Invalid for one that does not apply or leads to no
// object of that kind. `options.unknown` says what becomes of unknown and duplicate fields.
absl::StatusOr<DecodedObject> PatchObject(const google::protobuf::Message& current, PatchKind kind,
                                          absl::string_view patch,
                                          const DecodeOptions& options = {});

// Takes all but the last of members with the same key out of `document`, everywhere in it, and says
// so: `duplicate field "spec.replicas"`.
std::vector<std::string> TakeDuplicateFields(Value* document);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_PATCH_PATCH_H_

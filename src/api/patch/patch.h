// Patches of API objects.
#ifndef DRYDOCK_SRC_API_PATCH_PATCH_H_
#define DRYDOCK_SRC_API_PATCH_PATCH_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "src/api/codec/codec.h"

namespace drydock::api {

enum class PatchKind : uint8_t { kJson, kMerge, kStrategicMerge };

// What `current`, an object of the scheme, becomes by `patch`, a text in JSON. An error says what
// does not apply, or how the result is no object of that kind.
absl::StatusOr<DecodedObject> PatchObject(const google::protobuf::Message& current, PatchKind kind,
                                          absl::string_view patch,
                                          const DecodeOptions& options = {});

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_PATCH_PATCH_H_

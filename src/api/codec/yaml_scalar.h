// What a plain YAML scalar means: null, a boolean, a number or a string.
#ifndef DRYDOCK_SRC_API_CODEC_YAML_SCALAR_H_
#define DRYDOCK_SRC_API_CODEC_YAML_SCALAR_H_

#include "absl/strings/string_view.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// As go-yaml 2 resolves it, which Kubernetes uses.
Value ResolvePlainScalar(absl::string_view text);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_YAML_SCALAR_H_

// YAML to and from trees, as Kubernetes reads it: YAML 1.1's words for booleans, octal numbers,
// anchors and merge keys; every value becomes one of JSON's.
#ifndef DRYDOCK_SRC_API_CODEC_YAML_H_
#define DRYDOCK_SRC_API_CODEC_YAML_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/codec/json.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// All documents of the stream but empty ones. Errors begin with the line and column.
absl::StatusOr<std::vector<Value>> ParseYaml(absl::string_view text,
                                             const ParseLimits& limits = {});

// One document in block style with sorted keys, as kubectl prints it.
std::string WriteYaml(const Value& value);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_YAML_H_

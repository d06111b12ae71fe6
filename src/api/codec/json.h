// JSON text to and from trees: strict (RFC 8259, valid UTF-8), bounded in depth and size.
#ifndef DRYDOCK_SRC_API_CODEC_JSON_H_
#define DRYDOCK_SRC_API_CODEC_JSON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// Nesting and number of values beyond which a document is refused.
struct ParseLimits {
  int depth = 200;
  size_t values = 4'000'000;
};

// The whole of `text` is one value. Errors begin with the line and column ("3:14: ...").
absl::StatusOr<Value> ParseJson(absl::string_view text, const ParseLimits& limits = {});
// All the values of `text`, one after another; their places count from its beginning.
absl::StatusOr<std::vector<Value>> ParseJsonStream(absl::string_view text,
                                                   const ParseLimits& limits = {});

// Whether `text` is one JSON value.
bool IsJson(absl::string_view text);

// Compact; members in the order of the tree or by key.
enum class KeyOrder : uint8_t { kAsIs, kSorted };
std::string WriteJson(const Value& value, KeyOrder order = KeyOrder::kAsIs);
// Over several lines, as kubectl prints it, with a newline at the end.
std::string WritePrettyJson(const Value& value);

// `text` in quotes, escaped as Go does (<, > and & too). Invalid UTF-8 becomes U+FFFD.
void AppendJsonString(absl::string_view text, std::string* out);

// JSON text without the space between tokens. REQUIRES: IsJson(text).
void AppendCompactJson(absl::string_view text, std::string* out);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_JSON_H_

// Source text to a tree: the grammar of the CEL specification, with its macros.
#ifndef DRYDOCK_SRC_CEL_PARSER_H_
#define DRYDOCK_SRC_CEL_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/cel/ast.h"

namespace drydock::cel {

// Bounds of what is accepted; the first two are cel-go's.
inline constexpr size_t kMaxSourceCharacters = 100000;
inline constexpr int kMaxDepth = 250;
inline constexpr uint32_t kMaxExprs = 16384;

// Errors name line and column (`ToStatus` of issues.h).
absl::StatusOr<Ast> Parse(absl::string_view source);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_PARSER_H_

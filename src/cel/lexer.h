// Source text to tokens.
#ifndef DRYDOCK_SRC_CEL_LEXER_H_
#define DRYDOCK_SRC_CEL_LEXER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "src/cel/ast.h"
#include "src/cel/issues.h"

namespace drydock::cel {

struct Token {
  enum class Kind : uint8_t {
    kEnd,
    kIdent,    // Also `true`, `false`, `null`, `in` and the reserved words.
    kNumber,   // `value` is an int, a uint or a double; text is as written.
    kLiteral,  // A string or bytes.
    kSymbol,   // An operator or bracket.
  };

  Kind kind = Kind::kEnd;
  Position position;
  absl::string_view text;  // Of the source.
  Value value;             // Null for an int beyond int64: -9223372036854775808 is built from it.
};

// The tokens, the last of which is kEnd. `source` must be UTF-8 and outlive them. Faults go to
// `issues`, and end the list.
std::vector<Token> Tokenize(absl::string_view source, std::vector<Issue>* issues);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_LEXER_H_

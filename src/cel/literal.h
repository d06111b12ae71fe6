// How values are written in CEL: what the lexer reads back as the same value.
#ifndef DRYDOCK_SRC_CEL_LITERAL_H_
#define DRYDOCK_SRC_CEL_LITERAL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace drydock::cel {

std::string StringLiteral(absl::string_view text);
std::string BytesLiteral(absl::string_view bytes);
// The shortest form with a point or an exponent. Infinity and NaN have no literal: they are
// written as `double('Infinity')`, `double('NaN')`.
std::string DoubleLiteral(double number);
// As `string()` gives a double: "1", "0.5", "1e+06".
std::string FormatDouble(double number);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_LITERAL_H_

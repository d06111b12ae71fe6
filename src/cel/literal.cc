// Writing literals.
#include "src/cel/literal.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/api/codec/utf8.h"

namespace drydock::cel {
namespace {

// One byte or character of a quoted text.
void AppendEscaped(absl::string_view character, std::string* out) {
  const auto byte = static_cast<unsigned char>(character[0]);
  switch (byte) {
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '"':
      out->append("\\\"");
      return;
    default:
      if (character.size() == 1 && (byte < 0x20 || byte >= 0x7f)) {
        absl::StrAppendFormat(out, "\\x%02x", byte);
      } else {
        out->append(character.data(), character.size());
      }
  }
}

std::string Shortest(double number, std::chars_format format) {
  char buffer[400];  // Enough for the plain form of every double.
  const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof(buffer), number, format);
  return std::string(buffer, end.ptr);
}

}  // namespace

std::string StringLiteral(absl::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const size_t length = api::Utf8Length(text);
    AppendEscaped(text.substr(0, length == 0 ? 1 : length), &out);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + "\"";
}

std::string BytesLiteral(absl::string_view bytes) {
  std::string out = "b\"";
  for (size_t i = 0; i < bytes.size(); ++i) AppendEscaped(bytes.substr(i, 1), &out);
  return out + "\"";
}

std::string FormatDouble(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Inf" : "+Inf";
  std::string scientific = Shortest(number, std::chars_format::scientific);
  const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  // Where Go's %g changes from one form to the other.
  if (number != 0 && (exponent < -4 || exponent >= 6)) return scientific;
  return Shortest(number, std::chars_format::fixed);
}

std::string DoubleLiteral(double number) {
  if (std::isnan(number)) return "double(\"NaN\")";
  if (std::isinf(number)) return number < 0 ? "double(\"-Infinity\")" : "double(\"Infinity\")";
  std::string text = FormatDouble(number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace drydock::cel

// RFC 3986's escapes, and + for a space in queries.
#include "real/http/url.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/api/status.h"

namespace drydock::real {

absl::StatusOr<std::string> Unescape(absl::string_view text, bool plus_is_space) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      result.push_back(' ');
    } else if (text[i] != '%') {
      result.push_back(text[i]);
    } else {
      if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
          !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        return api::BadRequest(absl::StrCat("invalid URL escape \"", text.substr(i, 3), "\""));
      }
      result.append(absl::HexStringToBytes(text.substr(i + 1, 2)));
      i += 2;
    }
  }
  return result;
}

absl::string_view Url::Parameter(absl::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return "";
}

bool Url::HasParameter(absl::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return true;
  }
  return false;
}

absl::StatusOr<Url> ParseUrl(absl::string_view target) {
  if (target.empty() || target[0] != '/') {
    return api::BadRequest("the target of the request is not a path");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(target, absl::MaxSplits('?', 1));
  Url url;
  absl::StatusOr<std::string> path = Unescape(parts.first, false);
  if (!path.ok()) return path.status();
  url.path = *std::move(path);
  for (const absl::string_view segment : absl::StrSplit(parts.first, '/', absl::SkipEmpty())) {
    absl::StatusOr<std::string> decoded = Unescape(segment, false);
    if (!decoded.ok()) return decoded.status();
    url.segments.push_back(*std::move(decoded));
  }
  for (const absl::string_view pair : absl::StrSplit(parts.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> sides =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    absl::StatusOr<std::string> key = Unescape(sides.first, true);
    if (!key.ok()) return key.status();
    absl::StatusOr<std::string> value = Unescape(sides.second, true);
    if (!value.ok()) return value.status();
    url.query.emplace_back(*std::move(key), *std::move(value));
  }
  return url;
}

}  // namespace drydock::real

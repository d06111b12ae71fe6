// The target of a request, taken apart: "/api/v1/pods?limit=5&watch=1".
#ifndef DRYDOCK_REAL_HTTP_URL_H_
#define DRYDOCK_REAL_HTTP_URL_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::real {

struct Url {
  std::string path;                   // Decoded: "/api/v1/pods".
  std::vector<std::string> segments;  // "api", "v1", "pods"; decoded one by one.
  std::vector<std::pair<std::string, std::string>> query;

  // The first value of a query parameter; empty when there is none.
  absl::string_view Parameter(absl::string_view name) const;
  bool HasParameter(absl::string_view name) const;
};

// `text` with the bytes that its escapes (%2F) stand for.
absl::StatusOr<std::string> Unescape(absl::string_view text, bool plus_is_space);

// An error for targets that are no path, and for escapes that are none.
absl::StatusOr<Url> ParseUrl(absl::string_view target);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_URL_H_

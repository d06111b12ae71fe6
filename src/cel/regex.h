// Regular expressions in RE2's syntax, as `matches`, `find` and `findAll` need them. CEL says RE2;
// the library does not bring one along but takes whatever its user has.
#ifndef DRYDOCK_SRC_CEL_REGEX_H_
#define DRYDOCK_SRC_CEL_REGEX_H_

#include <cstddef>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::cel {

// A compiled pattern. Matching takes time in proportion to the text, whatever the pattern is:
// patterns come from users.
class Regex {
 public:
  struct Match {
    size_t begin = 0;
    size_t end = 0;
  };

  virtual ~Regex() = default;
  // The leftmost match at or after the byte `from`.
  virtual std::optional<Match> Find(absl::string_view text, size_t from) const = 0;
};

class RegexEngine {
 public:
  virtual ~RegexEngine() = default;
  // InvalidArgument, with what is wrong, when `pattern` is not one.
  virtual absl::StatusOr<std::unique_ptr<const Regex>> Compile(absl::string_view pattern) const = 0;
};

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_REGEX_H_

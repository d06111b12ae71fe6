// What is wrong with an expression, as users of kubectl know it from cel-go.
#ifndef DRYDOCK_SRC_CEL_ISSUES_H_
#define DRYDOCK_SRC_CEL_ISSUES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "src/cel/ast.h"

namespace drydock::cel {

struct Issue {
  Position position;
  std::string message;
};

// InvalidArgument; for each issue its place, its message, the line of the source and a mark:
//
//   ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'
//    | 1 + 'a'
//    | ..^
absl::Status ToStatus(const std::vector<Issue>& issues, absl::string_view source);

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_ISSUES_H_

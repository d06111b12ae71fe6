// Messages with their place in the source.
#include "src/cel/issues.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace drydock::cel {

absl::Status ToStatus(const std::vector<Issue>& issues, absl::string_view source) {
  if (issues.empty()) return absl::OkStatus();
  const std::vector<absl::string_view> lines = absl::StrSplit(source, '\n');
  std::string text;
  for (const Issue& issue : issues) {
    const auto line = static_cast<size_t>(issue.position.line - 1);
    const auto before = static_cast<size_t>(std::max(issue.position.column - 1, 0));
    absl::StrAppend(&text, text.empty() ? "" : "\n", "ERROR: <input>:", issue.position.line, ":",
                    issue.position.column, ": ", issue.message);
    if (line >= lines.size()) continue;
    absl::StrAppend(&text, "\n | ", lines[line], "\n | ", std::string(before, '.'), "^");
  }
  return absl::InvalidArgumentError(text);
}

}  // namespace drydock::cel

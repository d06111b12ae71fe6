// The part of Go's text/template that scheduler_perf's object files use: parameters,
// literals and calls of its arithmetic helpers.
//
//   name: pod-{{.Index}}
//   weight: {{AddInt 1 (Mod .Index 100)}}
//
// AddInt, AddFloat, MultiplyInt and MultiplyFloat take any number of arguments;
// SubtractInt, SubtractFloat, DivideInt, DivideFloat and Mod take two. "{{-" and "-}}"
// trim white space; {{/* comments */}} are dropped. Actions with control flow (if,
// range, with), pipelines and variables are refused.
#ifndef DRYDOCK_SIM_PERF_TEMPLATE_H_
#define DRYDOCK_SIM_PERF_TEMPLATE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace drydock::sim {

class Template {
 public:
  using Values = std::map<std::string, std::string>;  // By name, without the dot.

  // Errors begin with the line: "3: ...".
  static absl::StatusOr<Template> Parse(absl::string_view text);

  // Fails when a value is missing or is not the number that a helper needs.
  absl::StatusOr<std::string> Render(const Values& values) const;
  bool Uses(absl::string_view name) const;

  // One expression between braces. Of public interest to its parser only.
  struct Node {
    enum class Kind { kText, kValue, kCall };
    Kind kind = Kind::kText;
    std::string text;  // Literal text, the value's name, or the helper's.
    std::vector<Node> arguments;
    int line = 0;
  };

 private:
  std::vector<Node> parts_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_TEMPLATE_H_

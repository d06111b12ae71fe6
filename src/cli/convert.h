// `drydock convert`: API objects between encodings.
#ifndef DRYDOCK_SRC_CLI_CONVERT_H_
#define DRYDOCK_SRC_CLI_CONVERT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/cli/input.h"

namespace drydock::cli {

inline constexpr char kConvertUsage[] =
    "usage: drydock convert -f FILE -o json|yaml|pb\n"
    "\n"
    "Reads API objects from FILE (- for standard input) in JSON, YAML or Kubernetes' protobuf and\n"
    "writes them in another encoding to standard output. -f may be given several times. Several\n"
    "objects become YAML documents, or a List in JSON and protobuf.\n";

// The converted text of the inputs.
absl::StatusOr<std::string> Convert(const std::vector<Input>& inputs, absl::string_view output);

// The command with the arguments after its name; gives the exit code.
int RunConvert(const std::vector<std::string>& args);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_CONVERT_H_

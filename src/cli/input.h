// What commands read: files or standard input, with errors that say where.
#ifndef DRYDOCK_SRC_CLI_INPUT_H_
#define DRYDOCK_SRC_CLI_INPUT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace drydock::cli {

// A file's bytes. `name` stands in errors: "web.yaml:3:7: spec.replicas: ...".
struct Input {
  std::string name;
  std::string bytes;
};

// `file` may be "-", which is standard input.
absl::StatusOr<Input> ReadInput(const std::string& file);

// The file's name before each line of the message; a place ("3:7: ...") is joined to it.
absl::Status InFile(const std::string& name, const absl::Status& status);

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_INPUT_H_

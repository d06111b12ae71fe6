// The version of this build of Drydock.

#ifndef DRYDOCK_SRC_CLI_VERSION_H_
#define DRYDOCK_SRC_CLI_VERSION_H_

#include "absl/strings/string_view.h"

namespace drydock::cli {

// Drydock's own version, in semantic versioning.
constexpr absl::string_view kVersion = "0.1.0";

// The version of Kubernetes whose behaviour and API Drydock follows.
constexpr absl::string_view kKubernetesVersion = "v1.35.0";

}  // namespace drydock::cli

#endif  // DRYDOCK_SRC_CLI_VERSION_H_

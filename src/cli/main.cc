// The `drydock` binary: finds the command in the arguments and runs it.
//
// Exit codes: 0 held, 1 a check or invariant failed, 2 bad usage or input.

#include <iostream>
#include <string>
#include <vector>

#include "src/cli/version.h"

namespace drydock::cli {
namespace {

constexpr absl::string_view kUsage =
    "Usage: drydock COMMAND [ARGUMENT]...\n"
    "\n"
    "Commands:\n"
    "  version    print the versions of Drydock and of the Kubernetes API it serves\n";

int Main(const std::vector<std::string>& arguments) {
  if (arguments == std::vector<std::string>{"version"}) {
    std::cout << "drydock " << kVersion << " (Kubernetes " << kKubernetesVersion << ")\n";
    return 0;
  }
  if (!arguments.empty()) std::cerr << "drydock: unknown command: " << arguments[0] << "\n\n";
  std::cerr << kUsage;
  return 2;
}

}  // namespace
}  // namespace drydock::cli

int main(int argc, char** argv) {
  return drydock::cli::Main(std::vector<std::string>(argv + 1, argv + argc));
}

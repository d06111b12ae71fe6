// The `drydock` binary: finds the command in the arguments and runs it.
//
// Exit codes: 0 held, 1 a check or invariant failed, 2 bad usage or input.

#include <iostream>
#include <string>
#include <vector>

#include "src/cli/backup_command.h"
#include "src/cli/convert.h"
#include "src/cli/server_command.h"
#include "src/cli/sim_command.h"
#include "src/cli/version.h"

namespace drydock::cli {
namespace {

constexpr absl::string_view kUsage =
    "Usage: drydock COMMAND [ARGUMENT]...\n"
    "\n"
    "Commands:\n"
    "  server        run an API server, a scheduler and controllers on this machine\n"
    "  backup        copy the objects of a server into a file\n"
    "  restore       fill a server's folder with the objects of a backup\n"
    "  sim run       run a scenario in virtual time\n"
    "  sim compare   run a scenario with many settings and seeds, and compare them\n"
    "  sim perf      run a benchmark of the scheduler in scheduler_perf's form\n"
    "  sim schedule  say what the scheduler would decide, and why\n"
    "  convert       turn API objects into another encoding\n"
    "  version       print the versions of Drydock and of the Kubernetes API it serves\n";

int Main(const std::vector<std::string>& arguments) {
  const std::string command = arguments.empty() ? "" : arguments[0];
  const std::vector<std::string> rest(arguments.begin() + (arguments.empty() ? 0 : 1),
                                      arguments.end());
  if (command == "version" && rest.empty()) {
    std::cout << "drydock " << kVersion << " (Kubernetes " << kKubernetesVersion << ")\n";
    return 0;
  }
  if (command == "sim") return RunSim(rest);
  if (command == "server") return RunServerCommand(rest);
  if (command == "backup") return RunBackupCommand(rest);
  if (command == "restore") return RunRestoreCommand(rest);
  if (command == "convert") return RunConvert(rest);
  if (command == "--help") {
    std::cout << kUsage;
    return 0;
  }
  if (!arguments.empty()) std::cerr << "drydock: unknown command: " << command << "\n\n";
  std::cerr << kUsage;
  return 2;
}

}  // namespace
}  // namespace drydock::cli

int main(int argc, char** argv) {
  return drydock::cli::Main(std::vector<std::string>(argv + 1, argv + argc));
}

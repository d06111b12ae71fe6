// Flags of `drydock server`.
#include "src/cli/server_command.h"

#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/cli/version.h"

namespace drydock::cli {
namespace {

constexpr char kUsage[] =
    "Usage: drydock server --data-dir DIR [--store sqlite|memory]\n"
    "                      [--listen ADDRESS:PORT] [--kubeconfig FILE]\n"
    "                      [--authorization-mode MODES] [--token-auth-file FILE]\n"
    "                      [--insecure-http]\n"
    "\n"
    "Runs an API server, a scheduler and the controllers in one process, until SIGTERM.\n"
    "\n"
    "  --data-dir DIR       what the server keeps: objects in DIR/store.db, certificates in "
    "DIR/pki\n"
    "  --store sqlite       where objects are kept; in memory they end with the process\n"
    "  --listen ADDRESS     127.0.0.1:6443 if not given; port 0 is any free one\n"
    "  --kubeconfig FILE    written when the server is ready; DIR/admin.kubeconfig if not given\n"
    "  --authorization-mode MODES   Node,RBAC if not given; AlwaysAllow: everybody who is known "
    "may\n"
    "                       do everything\n"
    "  --token-auth-file FILE   users by bearer tokens: TOKEN,USER,UID[,\"GROUP,GROUP\"] on a "
    "line\n"
    "  --insecure-http      plain HTTP without authentication, on a loopback address only\n"
    "\n"
    "Exit codes: 0 stopped by a signal, 1 it could not serve, 2 bad usage.\n";

absl::Status Usage(absl::string_view what) { return absl::InvalidArgumentError(what); }

}  // namespace

absl::StatusOr<real::ServerConfig> ParseServer(const std::vector<std::string>& arguments) {
  real::ServerConfig config;
  config.git_version = absl::StrCat(kKubernetesVersion, "+drydock");
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string flag = arguments[i];
    if (flag == "--insecure-http") {
      config.insecure_http = true;
      continue;
    }
    // --flag value and --flag=value.
    std::string value;
    const size_t equals = flag.find('=');
    if (equals != std::string::npos) {
      value = flag.substr(equals + 1);
      flag.resize(equals);
    }
    std::string* const target = flag == "--data-dir"             ? &config.data_dir
                                : flag == "--store"              ? &config.store
                                : flag == "--listen"             ? &config.listen
                                : flag == "--kubeconfig"         ? &config.kubeconfig
                                : flag == "--authorization-mode" ? &config.authorization_mode
                                : flag == "--token-auth-file"    ? &config.token_auth_file
                                                                 : nullptr;
    if (target == nullptr) return Usage(absl::StrCat("unknown flag ", flag));
    if (equals == std::string::npos) {
      if (i + 1 >= arguments.size()) return Usage(absl::StrCat("expected a value after ", flag));
      value = arguments[++i];
    }
    *target = std::move(value);
  }
  if (config.data_dir.empty()) return Usage("expected --data-dir DIR");
  return config;
}

int RunServerCommand(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    std::cout << kUsage;
    return 0;
  }
  const absl::StatusOr<real::ServerConfig> config = ParseServer(arguments);
  if (!config.ok()) {
    std::cerr << "drydock server: " << config.status().message() << "\n\n" << kUsage;
    return 2;
  }
  const absl::Status served = real::RunServer(*config);
  if (served.ok()) return 0;
  std::cerr << "drydock: " << served.message() << "\n";
  return absl::IsInvalidArgument(served) ? 2 : 1;
}

}  // namespace drydock::cli

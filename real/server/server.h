// `drydock server`: a control plane behind HTTPS on this machine, until it is told to stop.
#ifndef DRYDOCK_REAL_SERVER_SERVER_H_
#define DRYDOCK_REAL_SERVER_SERVER_H_

#include <string>

#include "absl/status/status.h"

namespace drydock::real {

struct ServerConfig {
  std::string data_dir;  // Made if it is not there, for its owner only.
  std::string store = "sqlite";
  std::string listen = "127.0.0.1:6443";
  std::string kubeconfig;      // Empty: DATA_DIR/admin.kubeconfig.
  bool insecure_http = false;  // Plain HTTP without authentication, on a loopback address only.
  // "Node", "RBAC", or both with a comma between them; "AlwaysAllow": whoever is known may do
  // everything.
  std::string authorization_mode = "Node,RBAC";
  std::string token_auth_file;  // TOKEN,USER,UID[,"GROUP,GROUP"] on each line; empty: none.
  std::string git_version;      // "v1.35.0+drydock"
};

// Serves until SIGTERM or SIGINT. The kubeconfig is written when the server is ready; what
// it is doing is told on standard error.
absl::Status RunServer(const ServerConfig& config);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_SERVER_SERVER_H_

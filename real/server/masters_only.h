// Who may do what, as long as there are no roles: the group system:masters and the
// components of this process everything, others nothing.
#ifndef DRYDOCK_REAL_SERVER_MASTERS_ONLY_H_
#define DRYDOCK_REAL_SERVER_MASTERS_ONLY_H_

#include <string>
#include <vector>

#include "src/apiserver/server.h"

namespace drydock::real {

class MastersOnly final : public apiserver::Authorizer {
 public:
  explicit MastersOnly(std::vector<std::string> components) : components_(std::move(components)) {}
  absl::Status Authorize(const api::User& user, const api::Request& request) override;

 private:
  const std::vector<std::string> components_;  // "system:kube-scheduler", ...
};

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_SERVER_MASTERS_ONLY_H_

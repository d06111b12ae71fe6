// Who sends an HTTP request: by certificate or bearer token, and as whom they act.
#ifndef DRYDOCK_REAL_HTTP_IDENTITY_H_
#define DRYDOCK_REAL_HTTP_IDENTITY_H_

#include <optional>

#include "absl/status/statusor.h"
#include "real/http/message.h"
#include "src/api/request.h"
#include "src/apiserver/auth/access_control.h"

namespace drydock::real {

// `without_certificate`: who asks where nobody shows anything; nullopt: they are refused. Errors
// are Kubernetes': Unauthorized, or Forbidden to impersonate.
absl::StatusOr<api::User> Identify(const HttpRequest& head, apiserver::AccessControl& access,
                                   const std::optional<api::User>& without_certificate);

}  // namespace drydock::real

#endif  // DRYDOCK_REAL_HTTP_IDENTITY_H_

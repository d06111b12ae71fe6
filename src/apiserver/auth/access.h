// What somebody wants to do, and who says whether they may.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_ACCESS_H_
#define DRYDOCK_SRC_APISERVER_AUTH_ACCESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "src/api/request.h"
#include "src/api/scheme.h"

namespace drydock::apiserver {

inline constexpr char kMastersGroup[] = "system:masters";
inline constexpr char kAuthenticatedGroup[] = "system:authenticated";

// The attributes of a request that decide (Kubernetes' authorizer.Attributes). Views: it
// lives no longer than the request.
struct AccessAttributes {
  const api::User& user;
  absl::string_view verb;  // "list", "impersonate"; of a path HTTP's method in lower case.
  absl::string_view ns = "";
  absl::string_view group = "";
  absl::string_view resource = "";
  absl::string_view subresource = "";
  absl::string_view name = "";
  absl::string_view field_selector = "";  // Of lists and watches.
  absl::string_view path = "";            // Not empty: this, and no resource ("/metrics").

  bool is_path() const { return !path.empty(); }
};

AccessAttributes AttributesOf(const api::Request& request);

// Kinds that are posted to be answered and not kept: SubjectAccessReview, TokenReview, ...
bool IsReview(const api::KindInfo& kind);

bool IsInGroup(const api::User& user, absl::string_view group);

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // Whether this one allows it; nobody forbids what another one allows. `reason`, unless it
  // is null, gets to know why, or why not; empty where there is nothing to be said.
  virtual bool Allows(const AccessAttributes& access, std::string* reason) const = 0;
};

// Kubernetes' Forbidden: `pods is forbidden: User "jane" cannot list resource "pods" in API
// group "" in the namespace "default"`, with the reason behind it.
absl::Status ForbiddenError(const AccessAttributes& access, absl::string_view reason);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_ACCESS_H_

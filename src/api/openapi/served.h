// What a server serves: the input of the documents' paths.
#ifndef DRYDOCK_SRC_API_OPENAPI_SERVED_H_
#define DRYDOCK_SRC_API_OPENAPI_SERVED_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "src/api/scheme.h"

namespace drydock::api {

struct ServedSubresource {
  absl::string_view name;                // "status"
  const KindInfo* kind = nullptr;        // What is sent and answered; null for plain text (log).
  std::vector<absl::string_view> verbs;  // As discovery spells them: "get", "update", ...
};

struct ServedResource {
  const KindInfo* kind = nullptr;        // Never null.
  std::vector<absl::string_view> verbs;  // "create", "delete", "deletecollection", "get", ...
  std::vector<ServedSubresource> subresources;
};

// All resources of the scheme with all verbs that their kinds can have, in the scheme's order:
// stored ones with every verb, the others with create alone. Of subresources all but those that
// are streams (attach, exec, portforward, proxy). A server takes away what it does not serve.
std::vector<ServedResource> ServedByScheme();

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_OPENAPI_SERVED_H_

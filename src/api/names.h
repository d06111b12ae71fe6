// What names, labels and ports may look like. Each function gives the complaints, in Kubernetes'
// words, about a value; none when it is right.
#ifndef DRYDOCK_SRC_API_NAMES_H_
#define DRYDOCK_SRC_API_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace drydock::api {

using Complaints = std::vector<std::string>;

Complaints CheckDns1123Label(absl::string_view value);      // Namespaces, containers: "my-name".
Complaints CheckDns1123Subdomain(absl::string_view value);  // Most objects: "my.name".
Complaints CheckDns1035Label(absl::string_view value);      // Services: "my-name", not "1-name".
Complaints CheckQualifiedName(absl::string_view value);     // Label keys: "example.com/name".
Complaints CheckLabelValue(absl::string_view value);
Complaints CheckPathSegmentName(absl::string_view value);  // RBAC: whatever fits in a URL's path.
Complaints CheckPortName(absl::string_view value);
Complaints CheckPortNumber(int64_t value);
Complaints CheckEnvVarName(absl::string_view value);
Complaints CheckConfigMapKey(absl::string_view value);
Complaints CheckIp(absl::string_view value);

// `name` followed by what generateName would add is still of this kind: a trailing dash is no
// fault in a prefix.
std::string MaskTrailingDash(absl::string_view prefix);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_NAMES_H_

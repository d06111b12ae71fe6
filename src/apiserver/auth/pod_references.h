// The objects of its namespace that a pod cannot run without.
#ifndef DRYDOCK_SRC_APISERVER_AUTH_POD_REFERENCES_H_
#define DRYDOCK_SRC_APISERVER_AUTH_POD_REFERENCES_H_

#include "absl/strings/string_view.h"
#include "src/api/core/v1/pod.h"

namespace drydock::apiserver {

// By an image pull secret, a volume or the environment of a container. An empty name is any.
bool NamesSecret(const api::Pod& pod, absl::string_view name);
bool NamesConfigMap(const api::Pod& pod, absl::string_view name);
bool NamesClaim(const api::Pod& pod, absl::string_view name);
// "default" where it says nothing.
absl::string_view ServiceAccountOf(const api::Pod& pod);

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_AUTH_POD_REFERENCES_H_

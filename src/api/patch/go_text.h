// Values in Go's words, which Kubernetes' errors quote.
#ifndef DRYDOCK_SRC_API_PATCH_GO_TEXT_H_
#define DRYDOCK_SRC_API_PATCH_GO_TEXT_H_

#include <string>

#include "src/api/codec/tree.h"

namespace drydock::api {

// As %v prints it: "map[image:nginx ports:[map[containerPort:80]]]".
std::string GoText(const Value& value);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_PATCH_GO_TEXT_H_

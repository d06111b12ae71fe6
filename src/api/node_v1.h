// RuntimeClasses. Short names for what is unique among the groups; nodev1:: for the rest.
#ifndef DRYDOCK_SRC_API_NODE_V1_H_
#define DRYDOCK_SRC_API_NODE_V1_H_

#include "src/api/node/v1/node.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace nodev1 = ::k8s::io::api::node::v1;

using nodev1::Overhead;
using nodev1::RuntimeClass;
using nodev1::RuntimeClassList;
using nodev1::Scheduling;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_NODE_V1_H_

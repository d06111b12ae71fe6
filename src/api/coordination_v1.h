// Leases. Short names for what is unique among the groups; coordinationv1:: for the rest.
#ifndef DRYDOCK_SRC_API_COORDINATION_V1_H_
#define DRYDOCK_SRC_API_COORDINATION_V1_H_

#include "src/api/coordination/v1/coordination.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace coordinationv1 = ::k8s::io::api::coordination::v1;

using coordinationv1::Lease;
using coordinationv1::LeaseList;
using coordinationv1::LeaseSpec;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_COORDINATION_V1_H_

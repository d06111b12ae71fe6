// What the Node authorizer cannot see, because it is in the object: kubelets make no Node,
// Lease or pod but their own, and no pod by which they could read what others' pods read.
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_NODE_RESTRICTION_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_NODE_RESTRICTION_H_

#include "src/apiserver/admission/admission.h"

namespace drydock::apiserver {

class NodeRestriction final : public AdmissionPlugin {
 public:
  bool Handles(const Resource& resource, Operation operation,
               absl::string_view subresource) const override;
  absl::Status Validate(const Attributes& attributes) override;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_NODE_RESTRICTION_H_

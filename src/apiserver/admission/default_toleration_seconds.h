// Lets pods stay for five minutes on a node that is not ready or not reachable,
// unless they say otherwise.
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_DEFAULT_TOLERATION_SECONDS_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_DEFAULT_TOLERATION_SECONDS_H_

#include "src/apiserver/admission/admission.h"

namespace drydock::apiserver {

class DefaultTolerationSeconds final : public AdmissionPlugin {
 public:
  bool Handles(const Resource& resource, Operation operation,
               absl::string_view subresource) const override;
  absl::Status Admit(const Attributes& attributes) override;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_DEFAULT_TOLERATION_SECONDS_H_

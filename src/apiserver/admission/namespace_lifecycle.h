// Keeps the namespaces that a cluster cannot do without. (That objects need a
// namespace that lives is checked by the registry, since it may have to ask the store.)
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_NAMESPACE_LIFECYCLE_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_NAMESPACE_LIFECYCLE_H_

#include "src/apiserver/admission/admission.h"

namespace drydock::apiserver {

class NamespaceLifecycle final : public AdmissionPlugin {
 public:
  bool Handles(const Resource& resource, Operation operation,
               absl::string_view subresource) const override;
  absl::Status Validate(const Attributes& attributes) override;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_NAMESPACE_LIFECYCLE_H_

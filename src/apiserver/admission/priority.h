// Resolves a pod's PriorityClass to its priority and preemption policy.
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_PRIORITY_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_PRIORITY_H_

#include "src/apiserver/admission/admission.h"
#include "src/apiserver/cacher.h"

namespace drydock::apiserver {

class Priority final : public AdmissionPlugin {
 public:
  Priority(const ResourceTable& resources, const Cacher& cacher);

  bool Handles(const Resource& resource, Operation operation,
               absl::string_view subresource) const override;
  absl::Status Admit(const Attributes& attributes) override;
  absl::Status Validate(const Attributes& attributes) override;

 private:
  const WatchCache& classes_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_PRIORITY_H_

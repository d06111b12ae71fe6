// All admission plugins, and which of them each resource's writes go through.
#ifndef DRYDOCK_SRC_APISERVER_ADMISSION_CHAIN_H_
#define DRYDOCK_SRC_APISERVER_ADMISSION_CHAIN_H_

#include <array>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "src/apiserver/admission/admission.h"
#include "src/apiserver/resource.h"

namespace drydock::apiserver {

class AdmissionChain {
 public:
  AdmissionChain(const ResourceTable& resources, AdmissionPlugins plugins);

  // False: a write need not be admitted.
  bool Concerns(const Resource& resource, Operation operation,
                absl::string_view subresource) const {
    return !For(resource, operation, subresource).empty();
  }
  // Changes attributes.object, then says whether it may be stored.
  absl::Status Admit(const Attributes& attributes) const;

 private:
  using Plugins = std::vector<AdmissionPlugin*>;
  // Subresources with admission of their own are few: "" and all others.
  const Plugins& For(const Resource& resource, Operation operation,
                     absl::string_view subresource) const;

  AdmissionPlugins plugins_;
  struct PerResource {
    std::array<Plugins, 3> own;  // By Operation.
    std::array<absl::flat_hash_map<absl::string_view, Plugins>, 3> subresources;
  };
  absl::flat_hash_map<const Resource*, PerResource> table_;  // Looked up, never iterated.
  const Plugins none_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_ADMISSION_CHAIN_H_

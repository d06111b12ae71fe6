// Facts: apiserver's admission/plugin/namespace/lifecycle.
#include "src/apiserver/admission/namespace_lifecycle.h"

#include "src/api/status.h"

namespace drydock::apiserver {

bool NamespaceLifecycle::Handles(const Resource& resource, Operation operation,
                                 absl::string_view subresource) const {
  return operation == Operation::kDelete && subresource.empty() && resource.group().empty() &&
         resource.plural() == "namespaces";
}

absl::Status NamespaceLifecycle::Validate(const Attributes& attributes) {
  const absl::string_view name = attributes.name;
  if (name == "default" || name == "kube-system" || name == "kube-public") {
    return api::Forbidden("", "namespaces", name, "this namespace may not be deleted");
  }
  return absl::OkStatus();
}

}  // namespace drydock::apiserver

// A pod as a controller makes it from its template.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_POD_FROM_TEMPLATE_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_POD_FROM_TEMPLATE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "src/api/core/v1/pod.h"
#include "src/controllers/common/controller_ref.h"

namespace drydock::controllers {

// The template's labels, annotations, finalizers and spec, in the owner's namespace,
// controlled by the owner, with a name that the server completes.
api::Pod PodFromTemplate(const api::PodTemplateSpec& pod_template, const api::ObjectMeta& owner,
                         const OwnerKind& kind);

// "NAME-", which the server completes to a pod's name.
std::string PodNamePrefix(absl::string_view owner_name);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_POD_FROM_TEMPLATE_H_

// Facts: plugin/pkg/admission/defaulttolerationseconds.
#include "src/apiserver/admission/default_toleration_seconds.h"

#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/selection.h"

namespace drydock::apiserver {
namespace {

constexpr int64_t kSeconds = 300;

bool Tolerates(const api::PodSpec& spec, absl::string_view taint) {
  for (const api::Toleration& toleration : spec.tolerations()) {
    const bool key = toleration.key() == taint || toleration.key().empty();
    const bool effect = toleration.effect() == "NoExecute" || toleration.effect().empty();
    if (key && effect) return true;
  }
  return false;
}

void Add(api::PodSpec* spec, const char* taint) {
  if (Tolerates(*spec, taint)) return;
  api::Toleration& toleration = *spec->add_tolerations();
  toleration.set_key(taint);
  toleration.set_operator_("Exists");
  toleration.set_effect("NoExecute");
  toleration.set_toleration_seconds(kSeconds);
}

}  // namespace

// Updates may not remove tolerations, so that pods that were created with these keep them.
bool DefaultTolerationSeconds::Handles(const Resource& resource, Operation operation,
                                       absl::string_view subresource) const {
  return operation == Operation::kCreate && subresource.empty() && resource.group().empty() &&
         resource.plural() == "pods";
}

absl::Status DefaultTolerationSeconds::Admit(const Attributes& attributes) {
  api::PodSpec& spec = *static_cast<api::Pod&>(*attributes.object).mutable_spec();
  Add(&spec, "node.kubernetes.io/not-ready");
  Add(&spec, "node.kubernetes.io/unreachable");
  return absl::OkStatus();
}

}  // namespace drydock::apiserver

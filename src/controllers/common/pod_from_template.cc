// Copies what a template gives to a pod.
#include "src/controllers/common/pod_from_template.h"

#include "absl/strings/str_cat.h"

namespace drydock::controllers {

std::string PodNamePrefix(absl::string_view owner_name) { return absl::StrCat(owner_name, "-"); }

api::Pod PodFromTemplate(const api::PodTemplateSpec& pod_template, const api::ObjectMeta& owner,
                         const OwnerKind& kind) {
  api::Pod pod;
  api::ObjectMeta* const metadata = pod.mutable_metadata();
  metadata->set_generate_name(PodNamePrefix(owner.name()));
  metadata->set_namespace_(owner.namespace_());
  *metadata->mutable_labels() = pod_template.metadata().labels();
  *metadata->mutable_annotations() = pod_template.metadata().annotations();
  *metadata->mutable_finalizers() = pod_template.metadata().finalizers();
  *metadata->add_owner_references() = NewControllerRef(owner, kind);
  *pod.mutable_spec() = pod_template.spec();
  return pod;
}

}  // namespace drydock::controllers

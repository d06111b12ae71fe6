// The indices that several components share.
#include "src/api/core/v1/pod.h"
#include "src/client/informer.h"

namespace drydock::client {

void AddPodsByNodeIndex(InformerCore& pods) {
  pods.AddIndex(kPodsByNode, [](const ObjectRef& object, std::vector<std::string>* values) {
    const auto& pod = static_cast<const api::Pod&>(object->message());
    if (!pod.spec().node_name().empty()) values->push_back(pod.spec().node_name());
  });
}

void AddByOwnerIndex(InformerCore& objects) {
  objects.AddIndex(kByOwner, [](const ObjectRef& object, std::vector<std::string>* values) {
    for (const api::metav1::OwnerReference& owner : object->metadata().owner_references()) {
      if (owner.controller()) values->push_back(owner.uid());
    }
  });
}

}  // namespace drydock::client

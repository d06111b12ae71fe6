// Facts: pkg/registry/core/{namespace,persistentvolume,persistentvolumeclaim}/strategy.go.
#include "src/apiserver/registry/simple_strategies.h"

#include <algorithm>

#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/persistent_volume.h"
#include "src/api/core/v1/volume.h"

namespace drydock::apiserver {

absl::Status NamespaceStrategy::PrepareForCreate(google::protobuf::Message* object) {
  auto& ns = static_cast<api::Namespace&>(*object);
  ns.mutable_status()->set_phase("Active");
  const auto& finalizers = ns.spec().finalizers();
  if (std::find(finalizers.begin(), finalizers.end(), "kubernetes") == finalizers.end()) {
    ns.mutable_spec()->add_finalizers("kubernetes");
  }
  return absl::OkStatus();
}

absl::Status NamespaceStrategy::PrepareForUpdate(const google::protobuf::Message& before,
                                                 google::protobuf::Message* after) {
  // Only the finalize subresource changes them.
  *static_cast<api::Namespace&>(*after).mutable_spec() =
      static_cast<const api::Namespace&>(before).spec();
  return absl::OkStatus();
}

absl::Status PersistentVolumeStrategy::PrepareForCreate(google::protobuf::Message* object) {
  static_cast<api::PersistentVolume&>(*object).mutable_status()->set_phase("Pending");
  return absl::OkStatus();
}

absl::Status PersistentVolumeClaimStrategy::PrepareForCreate(google::protobuf::Message* object) {
  static_cast<api::PersistentVolumeClaim&>(*object).mutable_status()->set_phase("Pending");
  return absl::OkStatus();
}

}  // namespace drydock::apiserver

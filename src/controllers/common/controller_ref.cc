// Reading and making controller references.
#include "src/controllers/common/controller_ref.h"

#include <string>

namespace drydock::controllers {
namespace {

absl::string_view GroupOf(absl::string_view api_version) {
  const size_t slash = api_version.find('/');
  return slash == absl::string_view::npos ? "" : api_version.substr(0, slash);
}

}  // namespace

const api::OwnerReference* ControllerRefOf(const api::ObjectMeta& object) {
  for (const api::OwnerReference& owner : object.owner_references()) {
    if (owner.controller()) return &owner;
  }
  return nullptr;
}

const api::OwnerReference* ControllerRefOf(const api::ObjectMeta& object, const OwnerKind& kind) {
  const api::OwnerReference* owner = ControllerRefOf(object);
  if (owner == nullptr || owner->kind() != kind.kind) return nullptr;
  return GroupOf(owner->api_version()) == GroupOf(kind.api_version) ? owner : nullptr;
}

bool IsControlledBy(const api::ObjectMeta& object, const api::ObjectMeta& owner) {
  const api::OwnerReference* reference = ControllerRefOf(object);
  return reference != nullptr && reference->uid() == owner.uid();
}

api::OwnerReference NewControllerRef(const api::ObjectMeta& owner, const OwnerKind& kind) {
  api::OwnerReference reference;
  reference.set_api_version(std::string(kind.api_version));
  reference.set_kind(std::string(kind.kind));
  reference.set_name(owner.name());
  reference.set_uid(owner.uid());
  reference.set_controller(true);
  reference.set_block_owner_deletion(true);
  return reference;
}

}  // namespace drydock::controllers

// The handlers of pods' changes.
#include "src/controllers/common/owned_pods.h"

#include <memory>
#include <optional>
#include <utility>

#include "src/controllers/common/pods.h"

namespace drydock::controllers {
namespace {

class Handler {
 public:
  explicit Handler(OwnedPods owned) : owned_(std::move(owned)) {}

  void OnAdd(const api::Ref<api::Pod>& pod) const {
    if (IsDeleting(pod->metadata())) {
      OnDelete(pod);  // The controller was not there to see it begin to go.
      return;
    }
    const std::optional<client::ObjectKey> owner = OwnerOf(*pod);
    if (owner.has_value()) {
      owned_.expectations->CreationObserved(*owner);
      owned_.on_change(*owner, pod);
    } else if (ControllerRefOf(pod->metadata()) == nullptr) {
      owned_.on_orphan(pod);
    }
  }

  void OnUpdate(const api::Ref<api::Pod>& before, const api::Ref<api::Pod>& after) const {
    if (!ChangesItsCounts(*before, *after)) return;
    if (IsDeleting(after->metadata())) {
      OnDelete(after);
      return;
    }
    const std::optional<client::ObjectKey> old_owner = OwnerOf(*before);
    const std::optional<client::ObjectKey> owner = OwnerOf(*after);
    if (old_owner.has_value() && old_owner != owner) owned_.on_change(*old_owner, before);
    if (owner.has_value()) {
      owned_.on_change(*owner, after);
    } else if (ControllerRefOf(after->metadata()) == nullptr) {
      owned_.on_orphan(after);
    }
  }

  void OnDelete(const api::Ref<api::Pod>& pod) const {
    const std::optional<client::ObjectKey> owner = OwnerOf(*pod);
    if (!owner.has_value()) return;
    owned_.expectations->DeletionObserved(*owner, pod->metadata().uid());
    owned_.on_change(*owner, pod);
  }

 private:
  // Its controller, if that is of our kind and the one that the cache knows.
  std::optional<client::ObjectKey> OwnerOf(const api::Pod& pod) const {
    const api::OwnerReference* const reference = ControllerRefOf(pod.metadata(), owned_.kind);
    if (reference == nullptr) return std::nullopt;
    client::ObjectKey owner{pod.metadata().namespace_(), reference->name()};
    if (owned_.uid_of(owner) != reference->uid()) return std::nullopt;
    return owner;
  }

  const OwnedPods owned_;
};

}  // namespace

client::InformerHandler HandleOwnedPods(OwnedPods owned) {
  const auto handler = std::make_shared<const Handler>(std::move(owned));
  client::InformerHandler functions;
  functions.on_add = [handler](const client::ObjectRef& pod) {
    handler->OnAdd(api::Ref<api::Pod>(pod));
  };
  functions.on_update = [handler](const client::ObjectRef& before, const client::ObjectRef& after) {
    handler->OnUpdate(api::Ref<api::Pod>(before), api::Ref<api::Pod>(after));
  };
  functions.on_delete = [handler](const client::ObjectRef& pod) {
    handler->OnDelete(api::Ref<api::Pod>(pod));
  };
  return functions;
}

}  // namespace drydock::controllers

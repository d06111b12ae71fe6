// Turns changes of pods into work for the controller of those that own them.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_OWNED_PODS_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_OWNED_PODS_H_

#include <functional>
#include <string>

#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/client/informer.h"
#include "src/client/object_key.h"
#include "src/controllers/common/controller_ref.h"
#include "src/controllers/common/expectations.h"

namespace drydock::controllers {

struct OwnedPods {
  OwnerKind kind;
  Expectations* expectations = nullptr;
  // The uid of the owner that the cache knows by this name; empty: none.
  std::function<std::string(const client::ObjectKey& owner)> uid_of;
  // `pod` of `owner` has come, has changed in a way that counts, or has gone.
  std::function<void(const client::ObjectKey& owner, const api::Ref<api::Pod>& pod)> on_change;
  // A pod that nobody controls has come or changed its labels.
  std::function<void(const api::Ref<api::Pod>& orphan)> on_orphan;
};

// Ticks expectations off and reports changes. A pod that begins to terminate counts
// as deleted: its controller need not wait until it is gone.
client::InformerHandler HandleOwnedPods(OwnedPods owned);

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_OWNED_PODS_H_

// Which objects belong to a controller's owner: those that it controls and whose
// labels still match, and orphans that match, which it adopts. What it controls and
// no longer matches it releases.
//
// Both go through the API server with the object's uid as precondition, so that
// nothing is taken from another owner or done to a namesake. Semantics of
// Kubernetes' controller reference manager.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_CLAIM_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_CLAIM_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "src/api/object.h"
#include "src/api/selectors.h"
#include "src/api/status.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "src/controllers/common/controller_ref.h"
#include "src/rt/status_macros.h"
#include "src/rt/task.h"

namespace drydock::controllers {

// The JSON of the patches (strategic merge) that make `object` the owner's, or no
// longer the owner's.
std::string AdoptionPatch(const api::ObjectMeta& object, const api::ObjectMeta& owner,
                          const OwnerKind& kind);
std::string ReleasePatch(const api::ObjectMeta& object, const api::ObjectMeta& owner);

// Files objects that nobody controls under their namespace and each of their labels,
// so that looking for orphans does not read a whole namespace.
void AddOrphansIndex(client::InformerCore& objects);

// Those in `ns` that nobody controls and that match.
std::vector<client::ObjectRef> MatchingOrphans(const client::InformerCore& objects,
                                               absl::string_view ns, const api::Selector& selector);

// An error when the live owner is not the one that the cache shows, or is going.
absl::Status CheckMayAdopt(const api::ObjectMeta& cached, const api::ObjectMeta& live);

// Makes each of `orphans` the owner's, if the live owner is the one that the cache
// shows, and appends what they became to `adopted`. One that is gone is left out;
// other errors are returned at the end. The arguments outlive the task.
template <typename Owner, typename T>
rt::Task<absl::Status> Adopt(client::Client& client, const api::Ref<Owner>& owner,
                             const OwnerKind& kind, const std::vector<client::ObjectRef>& orphans,
                             std::vector<api::Ref<T>>* adopted) {
  if (orphans.empty()) co_return absl::OkStatus();
  const api::ObjectMeta& meta = owner->metadata();
  const absl::StatusOr<api::Ref<Owner>> live =
      co_await client.Get<Owner>(meta.namespace_(), meta.name());
  if (!live.ok()) co_return live.status();
  CO_RETURN_IF_ERROR(CheckMayAdopt(meta, (*live)->metadata()));
  absl::Status error;
  for (const client::ObjectRef& orphan : orphans) {
    absl::StatusOr<api::Ref<T>> taken = co_await client.Patch<T>(
        meta.namespace_(), orphan->metadata().name(), api::PatchType::kStrategicMerge,
        AdoptionPatch(orphan->metadata(), meta, kind), "");
    if (taken.ok()) {
      adopted->push_back(*std::move(taken));
    } else if (!api::IsNotFound(taken.status())) {
      error.Update(taken.status());
    }
  }
  co_return error;
}

// Makes each of `strays` nobody's. The arguments outlive the task.
template <typename T>
rt::Task<absl::Status> Release(client::Client& client, const api::ObjectMeta& owner,
                               const std::vector<client::ObjectRef>& strays) {
  absl::Status error;
  for (const client::ObjectRef& stray : strays) {
    const absl::StatusOr<api::Ref<T>> released = co_await client.Patch<T>(
        owner.namespace_(), stray->metadata().name(), api::PatchType::kStrategicMerge,
        ReleasePatch(stray->metadata(), owner), "");
    const absl::Status& status = released.status();
    // Invalid: it is another's by now.
    if (!status.ok() && !api::IsNotFound(status) && !api::IsInvalid(status)) error.Update(status);
  }
  co_return error;
}

// The owner's objects after adopting and releasing. Without orphans and strays (the
// rule) it asks the server nothing. An object that could not be adopted is an error,
// unless it is gone.
//
// `Owner` is the type of the owner, `T` that of the objects; `adoptable`, unless null,
// says which orphans are worth adopting. The arguments outlive the task.
// REQUIRES: `objects` has the owner index and the orphans index.
template <typename Owner, typename T>
rt::Task<absl::StatusOr<std::vector<api::Ref<T>>>> Claim(
    client::Client& client, client::InformerCore& objects, const api::Ref<Owner>& owner,
    const OwnerKind& kind, const api::Selector& selector, bool (*adoptable)(const T&)) {
  const api::ObjectMeta& meta = owner->metadata();
  std::vector<api::Ref<T>> mine;
  std::vector<client::ObjectRef> strays;
  for (client::ObjectRef& object : objects.ByIndex(client::kByOwner, meta.uid())) {
    if (selector.Matches(object->metadata().labels())) {
      mine.emplace_back(std::move(object));
    } else {
      strays.push_back(std::move(object));
    }
  }
  if (IsDeleting(meta)) co_return mine;
  std::vector<client::ObjectRef> orphans;
  for (client::ObjectRef& orphan : MatchingOrphans(objects, meta.namespace_(), selector)) {
    if (adoptable != nullptr && !adoptable(static_cast<const T&>(orphan->message()))) continue;
    orphans.push_back(std::move(orphan));
  }
  if (!strays.empty()) CO_RETURN_IF_ERROR(co_await Release<T>(client, meta, strays));
  if (!orphans.empty()) {
    const absl::Status adopted = co_await Adopt<Owner, T>(client, owner, kind, orphans, &mine);
    if (!adopted.ok()) co_return adopted;
  }
  co_return mine;
}

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_CLAIM_H_

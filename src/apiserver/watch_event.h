// A change as the watch cache hands it to watchers.
#ifndef DRYDOCK_SRC_APISERVER_WATCH_EVENT_H_
#define DRYDOCK_SRC_APISERVER_WATCH_EVENT_H_

#include <array>
#include <cstdint>

#include "absl/time/time.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/apiserver/resource.h"
#include "src/rt/executor.h"

namespace drydock::apiserver {

// What each watcher receives differs only in the type: an object that comes to match
// a selector is ADDED to that watcher, one that ceases to match is DELETED. So there
// is at most one message of each type, made when first wanted and shared by all.
class WatchedChange {
 public:
  // `before` is null for a creation, `after` for a deletion.
  WatchedChange(const Resource& resource, int64_t revision, api::ObjectRef before,
                api::ObjectRef after, rt::Instant when)
      : resource_(&resource),
        revision_(revision),
        when_(when),
        before_(std::move(before)),
        after_(std::move(after)) {}

  int64_t revision() const { return revision_; }
  rt::Instant when() const { return when_; }
  const api::ObjectRef& before() const { return before_; }
  const api::ObjectRef& after() const { return after_; }

  // The message for a watcher that matched the object before, after, or both.
  // REQUIRES: one of them.
  const rt::Ref<const api::WatchEvents>& Message(bool matched_before, bool matches_after) const;

 private:
  const Resource* resource_;
  int64_t revision_;
  rt::Instant when_;
  api::ObjectRef before_;
  api::ObjectRef after_;
  // By EventType: kAdded, kModified, kDeleted.
  mutable std::array<rt::Ref<const api::WatchEvents>, 3> messages_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_WATCH_EVENT_H_

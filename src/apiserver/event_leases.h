// Leases for objects that expire (Events).
//
// One lease per object would cost a timer each; as in Kubernetes, objects written
// within a minute share one, a thousand at most, so that 600,000 Events need some
// hundreds. When more than a bound are kept, the oldest lease goes before its time.
#ifndef DRYDOCK_SRC_APISERVER_EVENT_LEASES_H_
#define DRYDOCK_SRC_APISERVER_EVENT_LEASES_H_

#include <cstddef>
#include <deque>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/rt/executor.h"
#include "src/rt/task.h"
#include "src/store/store.h"

namespace drydock::apiserver {

class EventLeases {
 public:
  // `executor` and `store` outlive it. `max_objects`: 0 for no limit.
  EventLeases(rt::Executor& executor, store::Store& store, absl::Duration ttl, size_t max_objects);

  // The lease for an object that is written now.
  rt::Task<absl::StatusOr<store::LeaseId>> Lease();

  size_t leases() const { return leases_.size(); }

 private:
  struct Group {
    store::LeaseId lease;
    rt::Instant granted;
    size_t objects;
  };

  rt::Executor& executor_;
  store::Store& store_;
  const absl::Duration ttl_;
  const size_t max_objects_;
  std::deque<Group> leases_;  // The newest last.
  size_t objects_ = 0;        // In all groups; an object that was written twice counts twice.
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_EVENT_LEASES_H_

// The pods of a ReplicaSet and what counts about each, remembered from one reconcile to the next.
//
// A set of n pods is reconciled about n times while they start. What counts about a pod is worked
// out once for each version of it; looking at all n again would cost n squared.
#ifndef DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_POD_ROSTER_H_
#define DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_POD_ROSTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/api/apps_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/api/selectors.h"

namespace drydock::controllers {

struct RosterEntry {
  api::Ref<api::Pod> pod;
  bool matches = false;  // The set's selector.
  bool fully_labeled = false;
  bool active = false;
  bool terminating = false;
  bool ready = false;
};

class PodRoster {
 public:
  // From now on of `pods`, whose order is by key each time. `selector` is the one of `set`.
  void Update(const api::Ref<api::ReplicaSet>& set, const api::Selector& selector,
              std::vector<api::Ref<api::Pod>> pods);

  const std::vector<RosterEntry>& entries() const { return entries_; }
  bool AllMatch() const;

 private:
  std::string uid_;  // Of the set, and its generation, that the entries hold for.
  int64_t generation_ = 0;
  std::vector<RosterEntry> entries_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_POD_ROSTER_H_

// The revisions of a DaemonSet's template, kept as ControllerRevisions so that
// `kubectl rollout undo` can go back.
#ifndef DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_HISTORY_H_
#define DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/api/apps_v1.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "src/rt/task.h"

namespace drydock::controllers {

class DaemonHistory {
 public:
  // `client` outlives it. Adds the owner index to `revisions`.
  DaemonHistory(client::Client& client, client::Informer<api::ControllerRevision> revisions);

  // The hash of the present template's revision, which exists and is the newest when
  // this returns.
  rt::Task<absl::StatusOr<std::string>> Sync(api::Ref<api::DaemonSet> set);

  // Deletes the oldest revisions beyond spec.revisionHistoryLimit. To be called when
  // all pods have the present one.
  rt::Task<absl::Status> CleanUp(api::Ref<api::DaemonSet> set, std::string present_hash);

  void Forget(const std::string& set_uid) { known_.erase(set_uid); }

 private:
  // What the present template comes to: dear to work out, and changes with the
  // generation only.
  struct Known {
    int64_t generation = -1;
    int32_t collisions = 0;
    std::string data;
    std::string hash;
  };

  const Known& KnownOf(const api::DaemonSet& set);
  // By revision.
  std::vector<api::Ref<api::ControllerRevision>> RevisionsOf(const api::DaemonSet& set) const;
  rt::Task<absl::Status> Create(const api::Ref<api::DaemonSet>& set, std::string data,
                                std::string hash, int64_t revision);

  client::Client& client_;
  client::Informer<api::ControllerRevision> revisions_;
  absl::btree_map<std::string, Known> known_;  // By the set's uid.
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_HISTORY_H_

// Deletes what has lost all its owners, and carries out deletions that wait for
// dependents (foreground) or leave them behind (orphan). Knows every kind of the
// scheme except events.
//
// Informers of all kinds feed the owner graph; an event costs the references of its
// object, and one that changes neither references nor deletion costs a comparison. No
// object is deleted on the cache's word: an absent owner is looked for at the server,
// by uid, and the deletion carries the uid and the resourceVersion on which it was
// decided. Semantics of Kubernetes' garbage collector.
#ifndef DRYDOCK_SRC_CONTROLLERS_GARBAGE_COLLECTOR_GARBAGE_COLLECTOR_H_
#define DRYDOCK_SRC_CONTROLLERS_GARBAGE_COLLECTOR_GARBAGE_COLLECTOR_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/api/meta_v1.h"
#include "src/api/object.h"
#include "src/api/scheme.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/informer.h"
#include "src/controllers/garbage_collector/owner_graph.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct GarbageCollectorOptions {
  int workers = 20;  // --concurrent-gc-syncs
};

struct GarbageCollectorMetrics {
  uint64_t deleted = 0;
  uint64_t orphaned = 0;            // Objects that were made to forget an owner.
  uint64_t references_dropped = 0;  // Updates that took absent owners out.
  uint64_t owners_looked_up = 0;    // At the server.
};

class GarbageCollector final : public client::Reconciler {
 public:
  // All arguments outlive the collector. Construct before the informers start, of
  // which it asks `informers` for one of each kind.
  GarbageCollector(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                   GarbageCollectorOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run() { return controller_.Run(); }

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const GarbageCollectorMetrics& metrics() const { return metrics_; }
  const OwnerGraph& graph() const { return graph_; }

 private:
  // The owners of an object, by what has become of them.
  struct Owners {
    std::vector<std::string> solid;
    std::vector<std::string> dangling;
    std::vector<std::string> waiting;  // Being deleted, as soon as their dependents are.
  };

  void Monitor(client::InformerCore& informer);
  void Seen(const api::ObjectRef& object);
  void Gone(const std::string& uid);
  void RememberAbsent(const std::string& uid);
  void Attempt(const std::string& uid) { controller_.queue().Add({"", uid}); }

  // The object as the cache has it; null when it is another one by now, or gone.
  api::ObjectRef Cached(const GraphNode& node) const;

  rt::Task<absl::Status> AttemptToDelete(std::string uid);
  rt::Task<absl::Status> AttemptToOrphan(std::string uid);
  // For a node that the cache does not have: gone, or not here yet.
  rt::Task<absl::Status> Verify(std::string uid);
  rt::Task<absl::StatusOr<Owners>> Classify(api::ObjectRef object);
  rt::Task<absl::Status> FinishForeground(std::string uid, api::ObjectRef object);
  // Writes `object` with other owner references or finalizers, unless it has changed.
  rt::Task<absl::Status> DropOwners(api::ObjectRef object, std::vector<std::string> uids);
  rt::Task<absl::Status> Unblock(api::ObjectRef object);
  rt::Task<absl::Status> DropFinalizer(api::ObjectRef object, std::string finalizer);
  rt::Task<absl::Status> Write(api::ObjectRef object, api::ObjectMeta metadata);
  rt::Task<absl::Status> Delete(api::ObjectRef object, api::Propagation propagation);

  client::Client& client_;
  client::Controller controller_;
  // Looked up, never iterated.
  absl::flat_hash_map<const api::KindInfo*, client::InformerCore*> informers_;
  OwnerGraph graph_;
  // Uids that the server did not have; the last 500.
  absl::flat_hash_set<std::string> absent_;
  std::deque<std::string> absent_order_;
  GarbageCollectorMetrics metrics_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_GARBAGE_COLLECTOR_GARBAGE_COLLECTOR_H_

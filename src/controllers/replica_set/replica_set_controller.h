// Keeps the number of a ReplicaSet's pods at spec.replicas, and its status true.
#ifndef DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_CONTROLLER_H_

#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/pod.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/controllers/common/expectations.h"
#include "src/controllers/common/pod_control.h"
#include "src/controllers/replica_set/pod_roster.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct ReplicaSetOptions {
  int workers = 5;  // --concurrent-replicaset-syncs
  int burst = 500;  // Pods created or deleted in one reconcile at most.
};

class ReplicaSetController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  ReplicaSetController(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                       ReplicaSetOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const client::Controller& controller() const { return controller_; }

 private:
  using Set = api::Ref<api::ReplicaSet>;
  using Pods = std::vector<api::Ref<api::Pod>>;

  void EnqueueMatching(const api::Ref<api::Pod>& orphan);
  void Forget(const client::ObjectKey& key);
  rt::Task<absl::Status> Scale(const client::ObjectKey& key, const Set& set, const Pods& active);
  rt::Task<absl::Status> CreatePods(const client::ObjectKey& key, const Set& set, int count);
  rt::Task<absl::Status> DeletePods(const client::ObjectKey& key, const Set& set,
                                    const Pods& active, int count);
  rt::Task<absl::Status> CreatePod(client::ObjectKey key, Set set);
  rt::Task<absl::Status> DeletePod(client::ObjectKey key, Set set, api::Ref<api::Pod> pod);
  // The active pods of all ReplicaSets of the one that controls `set`.
  Pods RelatedPods(const api::ReplicaSet& set) const;
  rt::Task<absl::Status> UpdateStatus(const Set& set, api::ReplicaSetStatus status);
  // Looks again when the next pod becomes available, or expectations lapse.
  void PlanNextLook(const client::ObjectKey& key, const api::ReplicaSet& set, const Pods& active);

  rt::Env& env_;
  client::Client& client_;
  const ReplicaSetOptions options_;
  client::Informer<api::ReplicaSet> sets_;
  client::Informer<api::Pod> pods_;
  Expectations expectations_;
  absl::node_hash_map<client::ObjectKey, PodRoster> rosters_;  // Looked up, never iterated.
  client::EventRecorder recorder_;
  PodControl pod_control_;
  client::Controller controller_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_REPLICA_SET_REPLICA_SET_CONTROLLER_H_

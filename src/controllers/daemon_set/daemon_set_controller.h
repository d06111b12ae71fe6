// Runs one pod of a DaemonSet on each node that it is meant for, and replaces them,
// within limits, when the template changes.
//
// A change of a pod costs a look at its node, not at all nodes: see DaemonView.
#ifndef DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_SET_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_SET_CONTROLLER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "src/api/apps_v1.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/selectors.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/controllers/common/expectations.h"
#include "src/controllers/common/pod_control.h"
#include "src/controllers/daemon_set/daemon_history.h"
#include "src/controllers/daemon_set/daemon_view.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct DaemonSetOptions {
  int workers = 2;  // --concurrent-daemonset-syncs
  int burst = 250;  // Pods created or deleted in one reconcile at most.
};

class DaemonSetController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  DaemonSetController(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                      DaemonSetOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const client::Controller& controller() const { return controller_; }

 private:
  using Set = api::Ref<api::DaemonSet>;

  // What one reconcile is about to do.
  struct Plan {
    std::vector<std::string> create_on;
    DaemonPods remove;
    bool empty() const { return create_on.empty() && remove.empty(); }
  };

  void WatchSets();
  void WatchNodes();
  void WatchPods();
  void OnNodeChange(const std::string& node);
  void EnqueueMatching(const api::Ref<api::Pod>& orphan);

  // Brings the view up to date. Pods whose labels no longer match go to `strays`.
  void Judge(const api::DaemonSet& set, const std::string& hash, const api::Selector& selector,
             DaemonView& view, std::vector<client::ObjectRef>* strays);
  void MarkAllDirty(const api::DaemonSet& set, DaemonView& view) const;

  // What is missing or too much; pods that have failed wait for their node's back-off.
  Plan PlanPresence(const client::ObjectKey& key, const Set& set, DaemonView& view);
  // What a rolling update may do now.
  Plan PlanRollout(const Set& set, const DaemonView& view) const;
  rt::Task<absl::Status> Carry(const client::ObjectKey& key, const Set& set,
                               const std::string& hash, Plan plan);
  rt::Task<absl::Status> CreatePod(Set set, std::string node, std::string hash);
  rt::Task<absl::Status> DeletePod(client::ObjectKey key, Set set, api::Ref<api::Pod> pod);
  rt::Task<absl::Status> UpdateStatus(const Set& set, DaemonView::Sums sums,
                                      bool observe_generation);

  rt::Env& env_;
  client::Client& client_;
  const DaemonSetOptions options_;
  client::Informer<api::DaemonSet> sets_;
  client::Informer<api::Node> nodes_;
  client::Informer<api::Pod> pods_;
  DaemonHistory history_;
  Expectations expectations_;
  std::map<client::ObjectKey, DaemonView> views_;  // Entries stay where they are.
  client::EventRecorder recorder_;
  PodControl pod_control_;
  client::Controller controller_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_DAEMON_SET_DAEMON_SET_CONTROLLER_H_

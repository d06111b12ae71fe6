// Deletes pods that nobody else will: those bound to nodes that are gone, those that
// were deleted before they were bound, those stuck on nodes that are out of service,
// and finished ones beyond a threshold.
//
// Handlers keep the candidates; a pass looks at candidates alone, not at all pods.
// Semantics of Kubernetes' pod garbage collector.
#ifndef DRYDOCK_SRC_CONTROLLERS_POD_GC_POD_GC_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_POD_GC_POD_GC_CONTROLLER_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "src/client/object_key.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct PodGcOptions {
  absl::Duration period = absl::Seconds(20);
  absl::Duration quarantine = absl::Seconds(40);  // How long a node must be missing.
  int terminated_pod_threshold = 12500;           // 0: no limit.
};

struct PodGcMetrics {
  uint64_t orphaned = 0;
  uint64_t unscheduled = 0;
  uint64_t out_of_service = 0;
  uint64_t terminated = 0;
  uint64_t failures = 0;  // Tried again in the next pass.
};

class PodGcController {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  PodGcController(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                  PodGcOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  const PodGcMetrics& metrics() const { return metrics_; }

 private:
  // Evicted pods first, then the oldest.
  using Terminated = std::tuple<bool, int64_t, client::ObjectKey>;

  void PodChanged(const api::Ref<api::Pod>& before, const api::Ref<api::Pod>& after);
  void Count(const api::Ref<api::Pod>& pod, int by);
  static Terminated RankOf(const api::Pod& pod);

  rt::Task<> Pass();
  rt::Task<> DeleteTerminated();
  rt::Task<> DeleteUnscheduled();
  rt::Task<> DeleteOutOfService();
  rt::Task<> DeleteOrphaned();
  // Whether the pod is gone. An unfinished pod is marked failed first.
  rt::Task<bool> ForceDelete(api::Ref<api::Pod> pod, std::string reason, std::string message);

  rt::Env& env_;
  client::Client& client_;
  const PodGcOptions options_;
  client::Informer<api::Node> nodes_;
  client::Informer<api::Pod> pods_;
  absl::btree_map<std::string, int> pods_on_;  // How many pods are bound to each node name.
  absl::btree_set<std::string> missing_;       // Names in pods_on_ without a node.
  absl::btree_set<std::string> out_of_service_;
  absl::btree_map<std::string, rt::Instant> quarantine_;  // Missing nodes: until when.
  absl::btree_set<client::ObjectKey> unscheduled_;        // Deleted and not bound.
  absl::btree_set<Terminated> terminated_;
  PodGcMetrics metrics_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_POD_GC_POD_GC_CONTROLLER_H_

// Keeps the EndpointSlices of services with a selector in line with their pods.
//
// A pod's event costs a look-up of its services, and only when it changes their
// endpoints; a reconcile costs the service's own pods and slices. Semantics of
// Kubernetes' endpoint slice controller; hints for topology-aware routing and the
// last-change-trigger-time annotation are not set.
#ifndef DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_ENDPOINT_SLICE_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_ENDPOINT_SLICE_CONTROLLER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/core/v1/service.h"
#include "src/api/discovery_v1.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/event_recorder.h"
#include "src/client/informer.h"
#include "src/controllers/endpoint_slice/service_index.h"
#include "src/controllers/endpoint_slice/slice_changes.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct EndpointSliceOptions {
  int workers = 5;  // --concurrent-service-endpoint-syncs
  int max_endpoints_per_slice = 100;
  // Pods' events of a service are gathered for so long before its slices are written.
  absl::Duration batch_period = absl::ZeroDuration();
};

struct EndpointSliceMetrics {
  uint64_t created = 0;  // Slices.
  uint64_t updated = 0;
  uint64_t deleted = 0;
};

class EndpointSliceController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  EndpointSliceController(rt::Env& env, client::Client& client, client::InformerFactory& informers,
                          EndpointSliceOptions options);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run();

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const EndpointSliceMetrics& metrics() const { return metrics_; }

 private:
  void ServiceChanged(const api::Ref<api::Service>& service);
  void PodChanged(const api::Ref<api::Pod>& before, const api::Ref<api::Pod>& after);
  std::vector<WantedEndpoints> Wanted(const api::Service& service,
                                      const client::ObjectKey& key) const;
  std::string ZoneOf(const std::string& node) const;
  // Labels, owner: what each slice of the service carries. Whether it changed anything.
  static bool Dress(const api::Service& service, api::EndpointSlice* slice);
  // Slices whose endpoints stay and whose labels or owner do not.
  void RedressOthers(const api::Service& service, const client::ObjectKey& key,
                     SliceChanges* changes);
  rt::Task<absl::Status> Write(client::ObjectKey key, SliceChanges changes);

  client::Client& client_;
  const EndpointSliceOptions options_;
  client::Informer<api::Service> services_;
  client::Informer<api::Pod> pods_;
  client::Informer<api::Node> nodes_;
  client::Informer<api::EndpointSlice> slices_;
  client::EventRecorder recorder_;
  client::Controller controller_;
  ServiceIndex index_;
  // The revision of the last write for a service: before the cache has it, what it says
  // of the service's slices is old. Looked up, never iterated.
  absl::flat_hash_map<client::ObjectKey, int64_t> written_;
  EndpointSliceMetrics metrics_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_ENDPOINT_SLICE_ENDPOINT_SLICE_CONTROLLER_H_

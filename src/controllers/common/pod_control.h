// Creates and deletes pods for a controller, with Kubernetes' events about it.
#ifndef DRYDOCK_SRC_CONTROLLERS_COMMON_POD_CONTROL_H_
#define DRYDOCK_SRC_CONTROLLERS_COMMON_POD_CONTROL_H_

#include "absl/status/status.h"
#include "src/api/core/v1/pod.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/client/event_recorder.h"
#include "src/rt/task.h"

namespace drydock::controllers {

// The error says that the object's namespace is being deleted: nothing can be
// created in it, and trying again is useless.
bool IsNamespaceTerminating(const absl::Status& status);

class PodControl {
 public:
  // Both outlive it.
  PodControl(client::Client& client, client::EventRecorder& recorder)
      : client_(client), recorder_(recorder) {}

  // The event is about `owner`.
  rt::Task<absl::Status> Create(api::Pod pod, api::ObjectRef owner);
  // By name and uid. A pod that is gone already is an error (NotFound).
  rt::Task<absl::Status> Delete(api::Ref<api::Pod> pod, api::ObjectRef owner);

 private:
  client::Client& client_;
  client::EventRecorder& recorder_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_COMMON_POD_CONTROL_H_

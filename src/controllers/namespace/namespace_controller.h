// Empties namespaces that are being deleted, of every kind that lives in namespaces,
// waits for what goes slowly (pods in their grace period, finalizers), says in the
// namespace's conditions what is left, and at the end gives up its finalizer.
// Semantics of Kubernetes' namespace controller.
#ifndef DRYDOCK_SRC_CONTROLLERS_NAMESPACE_NAMESPACE_CONTROLLER_H_
#define DRYDOCK_SRC_CONTROLLERS_NAMESPACE_NAMESPACE_CONTROLLER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/object.h"
#include "src/api/scheme.h"
#include "src/client/client.h"
#include "src/client/controller.h"
#include "src/client/informer.h"
#include "src/rt/env.h"
#include "src/rt/task.h"

namespace drydock::controllers {

struct NamespaceMetrics {
  uint64_t finalized = 0;
  uint64_t passes = 0;  // Over all kinds of one namespace.
};

class NamespaceController final : public client::Reconciler {
 public:
  // All arguments outlive the controller. Construct before the informers start.
  NamespaceController(rt::Env& env, client::Client& client, client::InformerFactory& informers);

  // Works until destroyed. Call it once the informers have synced.
  rt::Task<> Run() { return controller_.Run(); }

  rt::Task<absl::Status> Reconcile(client::ObjectKey key) override;

  const NamespaceMetrics& metrics() const { return metrics_; }

 private:
  // What a pass over the content found.
  struct Remains {
    absl::btree_map<std::string, int> resources;   // "pods.": how many are left.
    absl::btree_map<std::string, int> finalizers;  // On how many of them.
    std::vector<std::string> errors;
    absl::Duration estimate;  // How long the slowest takes by its grace period.
    bool empty() const { return resources.empty() && errors.empty(); }
  };

  rt::Task<Remains> DeleteContent(std::string ns);
  rt::Task<absl::Status> DeleteKind(const api::KindInfo& kind, std::string ns, Remains& remains);
  // Writes the conditions, if they have changed.
  rt::Task<absl::StatusOr<api::Ref<api::Namespace>>> UpdateConditions(api::Ref<api::Namespace> ns,
                                                                      const Remains& remains);
  rt::Task<absl::Status> Finalize(api::Ref<api::Namespace> ns);

  rt::Env& env_;
  client::Client& client_;
  client::Informer<api::Namespace> namespaces_;
  client::Controller controller_;
  std::vector<const api::KindInfo*> kinds_;  // Namespaced and stored.
  NamespaceMetrics metrics_;
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_SRC_CONTROLLERS_NAMESPACE_NAMESPACE_CONTROLLER_H_

// Kinds and their strategies.
#include "src/apiserver/registry/strategies.h"

#include "src/apiserver/registry/pod_strategy.h"
#include "src/apiserver/registry/service_strategy.h"
#include "src/apiserver/registry/simple_strategies.h"

namespace drydock::apiserver {

std::unique_ptr<Strategy> MakeStrategy(const Resource& resource, rt::Env& env,
                                       const ServerOptions& options) {
  if (!resource.group().empty()) return nullptr;
  const absl::string_view plural = resource.plural();
  if (plural == "pods") return std::make_unique<PodStrategy>();
  if (plural == "services") {
    return std::make_unique<ServiceStrategy>(env.NewRandom("apiserver/services"), options);
  }
  if (plural == "namespaces") return std::make_unique<NamespaceStrategy>();
  if (plural == "persistentvolumes") return std::make_unique<PersistentVolumeStrategy>();
  if (plural == "persistentvolumeclaims") {
    return std::make_unique<PersistentVolumeClaimStrategy>();
  }
  return nullptr;
}

}  // namespace drydock::apiserver

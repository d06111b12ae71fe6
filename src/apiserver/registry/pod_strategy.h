// Pods: born Pending with their QoS class; deleted with grace once they are on a node.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_POD_STRATEGY_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_POD_STRATEGY_H_

#include <optional>
#include <string>

#include "src/api/core/v1/pod.h"
#include "src/apiserver/registry/strategy.h"

namespace drydock::apiserver {

// "Guaranteed", "Burstable" or "BestEffort". The quantities are canonical.
std::string QosClassOf(const api::PodSpec& spec);

class PodStrategy final : public Strategy {
 public:
  absl::Status PrepareForCreate(google::protobuf::Message* object) override;
  void PrepareForStatusUpdate(const google::protobuf::Message& before,
                              google::protobuf::Message* after) override;
  std::optional<int64_t> GracePeriod(const api::Object& object,
                                     std::optional<int64_t> asked) const override;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_POD_STRATEGY_H_

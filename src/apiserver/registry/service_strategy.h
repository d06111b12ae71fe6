// Services: their cluster addresses and node ports.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_SERVICE_STRATEGY_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_SERVICE_STRATEGY_H_

#include <memory>

#include "src/api/core/v1/service.h"
#include "src/apiserver/options.h"
#include "src/apiserver/registry/number_allocator.h"
#include "src/apiserver/registry/strategy.h"
#include "src/rt/random.h"

namespace drydock::apiserver {

class ServiceStrategy final : public Strategy {
 public:
  // REQUIRES: options.service_cidr is an IPv4 network.
  ServiceStrategy(rt::Random random, const ServerOptions& options);

  absl::Status PrepareForCreate(google::protobuf::Message* object) override;
  absl::Status PrepareForUpdate(const google::protobuf::Message& before,
                                google::protobuf::Message* after) override;
  void Released(const google::protobuf::Message& object) override;
  void Loaded(const google::protobuf::Message& object) override;

 private:
  absl::Status TakeAddress(api::Service* service);
  absl::Status TakePorts(api::Service* service);

  rt::Random random_;
  std::unique_ptr<NumberAllocator> addresses_;
  NumberAllocator ports_;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_SERVICE_STRATEGY_H_

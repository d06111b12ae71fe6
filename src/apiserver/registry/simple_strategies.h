// Kinds with a line or two of their own.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_SIMPLE_STRATEGIES_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_SIMPLE_STRATEGIES_H_

#include "src/apiserver/registry/strategy.h"

namespace drydock::apiserver {

// Active from the start, and kept by the finalizer "kubernetes" until its content
// has been deleted.
class NamespaceStrategy final : public Strategy {
 public:
  absl::Status PrepareForCreate(google::protobuf::Message* object) override;
  absl::Status PrepareForUpdate(const google::protobuf::Message& before,
                                google::protobuf::Message* after) override;
};

class PersistentVolumeStrategy final : public Strategy {
 public:
  absl::Status PrepareForCreate(google::protobuf::Message* object) override;
};

class PersistentVolumeClaimStrategy final : public Strategy {
 public:
  absl::Status PrepareForCreate(google::protobuf::Message* object) override;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_SIMPLE_STRATEGIES_H_

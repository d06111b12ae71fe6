// What is special about a kind: how its objects are completed when they are created
// and updated, and how they are deleted. Everything else is the registry's.
#ifndef DRYDOCK_SRC_APISERVER_REGISTRY_STRATEGY_H_
#define DRYDOCK_SRC_APISERVER_REGISTRY_STRATEGY_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "src/api/object.h"

namespace drydock::apiserver {

class Strategy {
 public:
  virtual ~Strategy() = default;

  // Completes a new object, whose status the registry has cleared where it should.
  // What is taken here (an address) is given back by Released when the object does
  // not come to exist.
  virtual absl::Status PrepareForCreate(google::protobuf::Message* object) {
    return absl::OkStatus();
  }
  // Completes the new state of an object; its status is the old one already where the
  // kind has a status of its own. Not called when the spec stays as it is; called again
  // when the write meets a conflict.
  virtual absl::Status PrepareForUpdate(const google::protobuf::Message& before,
                                        google::protobuf::Message* after) {
    return absl::OkStatus();
  }
  // The same for the status subresource, whose status is the new one.
  virtual void PrepareForStatusUpdate(const google::protobuf::Message& before,
                                      google::protobuf::Message* after) {}
  // The object is gone, or has not come to be.
  virtual void Released(const google::protobuf::Message& object) {}
  // Objects that were in the store when the server began.
  virtual void Loaded(const google::protobuf::Message& object) {}

  // The grace period of a deletion, for kinds that have one; nullopt for those that
  // are deleted at once.
  virtual std::optional<int64_t> GracePeriod(const api::Object& object,
                                             std::optional<int64_t> asked) const {
    return std::nullopt;
  }
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_REGISTRY_STRATEGY_H_

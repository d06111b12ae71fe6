// How API objects live in the store.
#ifndef DRYDOCK_SRC_APISERVER_OBJECT_CODEC_H_
#define DRYDOCK_SRC_APISERVER_OBJECT_CODEC_H_

#include <string>

#include "src/store/store.h"

namespace drydock::apiserver {

// Kubernetes' own form in etcd: the protobuf envelope (k8s\0 and runtime.Unknown),
// with the revision left out.
class ObjectCodec final : public store::ValueCodec {
 public:
  std::string Encode(const rt::Payload& value) const override;
  absl::StatusOr<rt::PayloadRef> Decode(absl::string_view key,
                                        absl::string_view bytes) const override;
  void Stamp(const rt::Payload& value, store::Revision revision) const override;
};

}  // namespace drydock::apiserver

#endif  // DRYDOCK_SRC_APISERVER_OBJECT_CODEC_H_

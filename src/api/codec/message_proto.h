// Messages to protobuf as Kubernetes' Go code writes them, byte for byte, and back.
//
// protobuf itself reads what Kubernetes writes, but writes something else: Go's values have no
// presence, so Kubernetes writes every value that is not behind a pointer, zero or not.
#ifndef DRYDOCK_SRC_API_CODEC_MESSAGE_PROTO_H_
#define DRYDOCK_SRC_API_CODEC_MESSAGE_PROTO_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace drydock::api {

// A message of the scheme or inside one, without an envelope.
std::string WriteMessageProto(const google::protobuf::Message& message);
// `message` is empty. The result is normal (see message_decode.h); unknown fields are dropped, as
// Go does.
absl::Status ReadMessageProto(absl::string_view bytes, google::protobuf::Message* message);

// Makes `message` normal, as decoders do: absent where Go would not tell, maps sorted, quantities
// canonical.
absl::Status Normalise(google::protobuf::Message* message);

// The envelope of objects: "k8s\0" and runtime.Unknown.
bool HasEnvelope(absl::string_view bytes);

struct Envelope {
  std::string api_version;
  std::string kind;
  std::string raw;
  std::string content_type;
};
absl::StatusOr<Envelope> ReadEnvelope(absl::string_view bytes);
std::string WriteEnvelope(absl::string_view api_version, absl::string_view kind,
                          absl::string_view raw);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_MESSAGE_PROTO_H_

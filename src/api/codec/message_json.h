// Messages to JSON as Go writes Kubernetes' types.
#ifndef DRYDOCK_SRC_API_CODEC_MESSAGE_JSON_H_
#define DRYDOCK_SRC_API_CODEC_MESSAGE_JSON_H_

#include <string>

#include "google/protobuf/message.h"

namespace drydock::api {

// Appends `message`, a message of the scheme or inside one. An object of the scheme begins with its
// kind and apiVersion when `with_kind`.
void AppendMessageJson(const google::protobuf::Message& message, bool with_kind, std::string* out);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_MESSAGE_JSON_H_

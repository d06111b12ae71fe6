// Trees to messages, as Go reads Kubernetes' types, but strictly: every problem is reported.
#ifndef DRYDOCK_SRC_API_CODEC_MESSAGE_DECODE_H_
#define DRYDOCK_SRC_API_CODEC_MESSAGE_DECODE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "src/api/codec/problems.h"
#include "src/api/codec/tree.h"

namespace drydock::api {

// Fills `message`, which is empty, from `value`. `source` is the text that the tree was read from
// when that is JSON; otherwise empty. At most `most` problems are reported. What has no problem is
// decoded all the same.
//
// The result is normal: values that Go would not tell from absent ones are absent, maps are sorted,
// quantities canonical.
std::vector<Problem> DecodeMessage(const Value& value, absl::string_view source, size_t most,
                                   google::protobuf::Message* message);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_CODEC_MESSAGE_DECODE_H_

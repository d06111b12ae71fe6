// The serialised form of a message, for digests and comparisons.
#ifndef DRYDOCK_SRC_API_MESSAGE_BYTES_H_
#define DRYDOCK_SRC_API_MESSAGE_BYTES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "src/api/meta_v1.h"

namespace drydock::api {

// Most parts of objects (metadata, a lease's spec, a pod's status) are a few hundred
// bytes: those are kept on the stack.
class MessageBytes {
 public:
  explicit MessageBytes(const google::protobuf::Message& message)
      : MessageBytes(message, message.ByteSizeLong()) {}
  // `size`: message.ByteSizeLong(), just asked for.
  MessageBytes(const google::protobuf::Message& message, size_t size);
  MessageBytes(const MessageBytes&) = delete;
  MessageBytes& operator=(const MessageBytes&) = delete;

  absl::string_view view() const { return view_; }
  uint64_t Digest() const;

 private:
  std::array<uint8_t, 1024> small_;
  std::string large_;
  absl::string_view view_;
};

// Whether both have the same content. Two messages of one type.
bool SameContent(const google::protobuf::Message& a, const google::protobuf::Message& b);
// The same of metadata, which every update compares: several times as fast.
bool SameMetadata(const metav1::ObjectMeta& a, const metav1::ObjectMeta& b);

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_MESSAGE_BYTES_H_

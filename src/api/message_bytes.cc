#include "src/api/message_bytes.h"

#include "src/rt/payload.h"

namespace drydock::api {

using google::protobuf::Message;

MessageBytes::MessageBytes(const Message& message, size_t size) {
  uint8_t* into = small_.data();
  if (size > small_.size()) {
    large_.resize(size);
    into = reinterpret_cast<uint8_t*>(large_.data());
  }
  message.SerializeWithCachedSizesToArray(into);
  view_ = absl::string_view(reinterpret_cast<const char*>(into), size);
}

uint64_t MessageBytes::Digest() const { return rt::DigestBytes(view_.data(), view_.size()); }

bool SameContent(const Message& a, const Message& b) {
  if (&a == &b) return true;
  // Sizes differ far more often than not, and are cheap.
  const size_t size = a.ByteSizeLong();
  if (b.ByteSizeLong() != size) return false;
  return MessageBytes(a, size).view() == MessageBytes(b, size).view();
}

}  // namespace drydock::api

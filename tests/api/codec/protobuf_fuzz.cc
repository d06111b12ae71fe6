// Any bytes as protobuf: no crash, and what is accepted comes back the same. The first byte chooses
// the kind, so that the envelope need not be guessed.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/message_proto.h"
#include "src/rt/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace api = drydock::api;
  if (size == 0) return 0;
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)api::Decode(bytes, api::Format::kProtobuf);
  const auto kinds = api::AllKinds();
  const std::unique_ptr<google::protobuf::Message> message(
      kinds[data[0] % kinds.size()].prototype->New());
  if (!api::ReadMessageProto(bytes, message.get()).ok()) return 0;
  const std::string written = api::WriteMessageProto(*message);
  const std::unique_ptr<google::protobuf::Message> again(message->New());
  DRYDOCK_CHECK(api::ReadMessageProto(written, again.get()).ok());
  DRYDOCK_CHECK(api::WriteMessageProto(*again) == written);
  (void)api::EncodeJson(*message);
  (void)api::EncodeYaml(*message);
  return 0;
}

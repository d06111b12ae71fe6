// Any bytes as JSON: no crash, and what is accepted comes back the same.
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "src/api/codec/codec.h"
#include "src/rt/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using drydock::api::Format;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto decoded = drydock::api::DecodeDocuments(bytes, Format::kJson);
  if (!decoded.ok()) return 0;
  for (const drydock::api::DecodedObject& object : *decoded) {
    const std::string json = drydock::api::EncodeJson(*object.message);
    const auto again = drydock::api::Decode(json, Format::kJson);
    DRYDOCK_CHECK(again.ok(), again.status().message());
    DRYDOCK_CHECK(drydock::api::EncodeJson(*again->message) == json, json);
  }
  return 0;
}

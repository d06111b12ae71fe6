// Any bytes as YAML: no crash, and what is accepted comes back the same.
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "src/api/codec/codec.h"
#include "src/rt/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using drydock::api::Format;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto decoded = drydock::api::DecodeDocuments(bytes, Format::kYaml);
  if (!decoded.ok()) return 0;
  for (const drydock::api::DecodedObject& object : *decoded) {
    const std::string yaml = drydock::api::EncodeYaml(*object.message);
    const auto again = drydock::api::Decode(yaml, Format::kYaml);
    DRYDOCK_CHECK(again.ok(), again.status().message());
    DRYDOCK_CHECK(drydock::api::EncodeYaml(*again->message) == yaml, yaml);
  }
  return 0;
}

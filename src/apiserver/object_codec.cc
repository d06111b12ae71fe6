// The storage form of objects.
#include "src/apiserver/object_codec.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "src/api/object.h"
#include "src/api/types/runtime.pb.h"

namespace drydock::apiserver {
namespace {

constexpr absl::string_view kMagic("k8s\0", 4);

using Unknown = k8s::io::apimachinery::pkg::runtime::Unknown;

}  // namespace

std::string ObjectCodec::Encode(const rt::Payload& value) const {
  const auto& object = static_cast<const api::Object&>(value);
  Unknown envelope;
  envelope.mutable_type_meta()->set_api_version(object.kind().ApiVersion());
  envelope.mutable_type_meta()->set_kind(std::string(object.kind().kind));
  envelope.set_raw(object.message().SerializePartialAsString());
  return absl::StrCat(kMagic, envelope.SerializePartialAsString());
}

absl::StatusOr<rt::PayloadRef> ObjectCodec::Decode(absl::string_view key,
                                                   absl::string_view bytes) const {
  Unknown envelope;
  if (!absl::ConsumePrefix(&bytes, kMagic) ||
      !envelope.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(absl::StrCat("the value of ", key, " is no API object"));
  }
  const api::KindInfo* kind =
      api::FindKind(envelope.type_meta().api_version(), envelope.type_meta().kind());
  if (kind == nullptr) {
    return absl::DataLossError(absl::StrCat("the value of ", key, " is of unknown kind ",
                                            envelope.type_meta().api_version(), " ",
                                            envelope.type_meta().kind()));
  }
  api::MessagePtr message(kind->prototype->New());
  if (!message->ParsePartialFromString(envelope.raw())) {
    return absl::DataLossError(absl::StrCat("the value of ", key, " cannot be decoded"));
  }
  return rt::PayloadRef(api::MakeObject(*kind, std::move(message)));
}

void ObjectCodec::Stamp(const rt::Payload& value, store::Revision revision) const {
  // The store calls this before anybody else has the object.
  const_cast<api::Object&>(static_cast<const api::Object&>(value)).StampRevision(revision);
}

}  // namespace drydock::apiserver

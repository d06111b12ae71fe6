// Laws of the codecs: objects of every kind go through every encoding and come back the same.
#include <memory>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "src/api/codec/codec.h"
#include "src/api/codec/json.h"
#include "src/api/scheme.h"
#include "tests/api/codec/random_message.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Message;
using ::google::protobuf::util::MessageDifferencer;

std::unique_ptr<Message> RandomObject(const KindInfo& kind, uint64_t seed, Fill fill) {
  std::unique_ptr<Message> message(kind.prototype->New());
  FillRandomly(seed, fill, message.get());
  return message;
}

// Empty when `message` comes back from `format` as it was.
std::string RoundTripFault(const Message& message, Format format) {
  const std::string bytes = Encode(message, format);
  const absl::StatusOr<DecodedObject> decoded = Decode(bytes, format);
  if (!decoded.ok())
    return std::string(decoded.status().message()) + "\nin\n" + bytes.substr(0, 2000);
  std::string difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  if (differencer.Compare(message, *decoded->message)) return "";
  return difference + "\nin\n" + bytes.substr(0, 2000);
}

RC_GTEST_PROP(RoundTrip, AnObjectOfAnyKindComesBackFromEveryEncoding, ()) {
  const absl::Span<const KindInfo> kinds = AllKinds();
  const KindInfo& kind = kinds[*rc::gen::inRange<size_t>(0, kinds.size())];
  const std::unique_ptr<Message> object =
      RandomObject(kind, *rc::gen::arbitrary<uint64_t>(), Fill::kSome);
  for (const Format format : {Format::kJson, Format::kYaml, Format::kProtobuf}) {
    RC_ASSERT(RoundTripFault(*object, format) == "");
  }
}

TEST(RoundTrip, EveryKindWithEveryFieldComesBackFromEveryEncoding) {
  for (const KindInfo& kind : AllKinds()) {
    const std::unique_ptr<Message> object = RandomObject(kind, 1, Fill::kEvery);
    for (const Format format : {Format::kJson, Format::kYaml, Format::kProtobuf}) {
      EXPECT_EQ(RoundTripFault(*object, format), "") << kind.kind;
    }
  }
}

TEST(RoundTrip, JsonThroughProtobufIsTheSameJson) {
  for (const KindInfo& kind : AllKinds()) {
    const std::string json = EncodeJson(*RandomObject(kind, 2, Fill::kEvery));
    const absl::StatusOr<DecodedObject> from_json = Decode(json, Format::kJson);
    ASSERT_TRUE(from_json.ok()) << from_json.status();
    const absl::StatusOr<DecodedObject> from_protobuf =
        Decode(EncodeProtobuf(*from_json->message), Format::kProtobuf);
    ASSERT_TRUE(from_protobuf.ok()) << from_protobuf.status();
    EXPECT_EQ(EncodeJson(*from_protobuf->message), json) << kind.kind;
  }
}

TEST(RoundTrip, AnEmptyObjectOfEveryKindComesBackFromEveryEncoding) {
  for (const KindInfo& kind : AllKinds()) {
    for (const Format format : {Format::kJson, Format::kYaml, Format::kProtobuf}) {
      EXPECT_EQ(RoundTripFault(*kind.prototype, format), "") << kind.kind;
    }
  }
}

RC_GTEST_PROP(RoundTrip, PrettyJsonAndYamlHoldTheSameValueAsJson, ()) {
  const absl::Span<const KindInfo> kinds = AllKinds();
  const KindInfo& kind = kinds[*rc::gen::inRange<size_t>(0, kinds.size())];
  const std::unique_ptr<Message> object =
      RandomObject(kind, *rc::gen::arbitrary<uint64_t>(), Fill::kSome);
  const Value value = ToTree(*object);
  const absl::StatusOr<Value> pretty = ParseJson(EncodePrettyJson(*object));
  RC_ASSERT(pretty.ok());
  RC_ASSERT(*pretty == value);
}

}  // namespace
}  // namespace drydock::api

// What decoders refuse, and in which words; the bytes of Kubernetes' protobuf.
#include "src/api/codec/codec.h"

#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/api/apps_v1.h"
#include "src/api/codec/message_proto.h"
#include "src/api/core_v1.h"
#include "src/api/maps.h"

namespace drydock::api {
namespace {

struct Case {
  int line = 0;
  std::string input;
  std::string expected;
};

std::vector<Case> ReadCases(const char* path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<Case> cases;
  bool in_input = false, in_result = false;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (line.empty() || (!in_input && absl::StartsWith(line, "#"))) {
      in_input = in_input && !line.empty();
      in_result = false;
    } else if (line == "----") {
      in_input = false;
      in_result = true;
    } else if (in_result) {
      absl::StrAppend(&cases.back().expected, line, "\n");
    } else {
      if (!in_input) cases.push_back({number, "", ""});
      in_input = true;
      absl::StrAppend(&cases.back().input, line, "\n");
    }
  }
  return cases;
}

TEST(Codec, SaysWhatIsWrongAndWhere) {
  const std::vector<Case> cases = ReadCases("tests/api/codec/errors.txt");
  EXPECT_GE(cases.size(), 10u);
  for (const Case& c : cases) {
    const absl::StatusOr<DecodedObject> decoded = Decode(c.input, DetectFormat(c.input));
    const std::string result =
        decoded.ok() ? EncodeJson(*decoded->message) : std::string(decoded.status().message());
    EXPECT_EQ(result + "\n", c.expected) << "errors.txt:" << c.line;
  }
}

TEST(Codec, WarnsOrKeepsQuietAboutUnknownFieldsWhenAsked) {
  constexpr char kText[] =
      R"({"apiVersion":"v1","kind":"ConfigMap","x":1,"data":{"a":"1","a":"2"}})";
  DecodeOptions options;
  options.unknown = DecodeOptions::Unknown::kWarn;
  const absl::StatusOr<DecodedObject> decoded = Decode(kText, Format::kJson, options);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_THAT(decoded->warnings,
              testing::ElementsAre("unknown field \"x\"", "duplicate field \"data[a]\""));
  EXPECT_EQ(*Find(static_cast<const ConfigMap&>(*decoded->message).data(), "a"), "2");
  options.unknown = DecodeOptions::Unknown::kIgnore;
  EXPECT_TRUE(Decode(kText, Format::kJson, options)->warnings.empty());
}

TEST(Codec, ExpandsLists) {
  DecodeOptions options;
  options.expand_lists = true;
  const absl::StatusOr<std::vector<DecodedObject>> decoded = DecodeDocuments(
      "apiVersion: v1\nkind: List\nitems:\n"
      "- {apiVersion: v1, kind: PodList, items: [{metadata: {name: a}}]}\n"
      "- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n"
      "---\napiVersion: v1\nkind: Node\n",
      Format::kYaml, options);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ASSERT_EQ(decoded->size(), 3u);
  EXPECT_EQ(static_cast<const Pod&>(*(*decoded)[0].message).metadata().name(), "a");
  EXPECT_EQ(static_cast<const Pod&>(*(*decoded)[1].message).metadata().name(), "b");
  EXPECT_EQ((*decoded)[2].kind->kind, "Node");
}

TEST(Codec, ReadsJsonDocumentsOneAfterAnother) {
  const std::string one = R"({"apiVersion":"v1","kind":"Pod"})";
  EXPECT_EQ(DecodeDocuments(one + "\n" + one, Format::kJson)->size(), 2u);
  EXPECT_EQ(Decode(one + one, Format::kJson).status().message(), "expected one object, got 2");
}

TEST(Codec, DecodesPartsOfObjects) {
  PodSpec spec;
  ASSERT_TRUE(DecodeInto("nodeName: n1", Format::kYaml, {}, &spec).ok());
  EXPECT_EQ(spec.node_name(), "n1");
  EXPECT_EQ(DecodeInto("{}\n---\n{}", Format::kYaml, {}, &spec).message(),
            "expected one document, got 2");
  Pod pod;
  EXPECT_EQ(DecodeInto("apiVersion: v1\nkind: Node", Format::kYaml, {}, &pod).message(),
            "1:1: expected v1 Pod, got v1 Node");
}

std::string Hex(const google::protobuf::Message& message) {
  return absl::BytesToHexString(WriteMessageProto(message));
}

// Go's rules: values that are not behind a pointer are always written, maps in the order of keys.
TEST(Protobuf, WritesEveryValueThatIsNotBehindAPointer) {
  ConfigMap config;
  config.mutable_metadata()->set_name("a");
  Set(config.mutable_data(), "c", "d");
  Set(config.mutable_data(), "b", "");
  const std::string metadata =
      "0a0161"
      "1200"
      "1a00"
      "2200"
      "2a00"
      "3200"
      "3800"
      "4200";
  const std::string raw = "0a11" + metadata +
                          "1205"
                          "0a0162"
                          "1200"
                          "1206"
                          "0a0163"
                          "120164";
  EXPECT_EQ(Hex(config), raw);
  EXPECT_EQ(absl::BytesToHexString(EncodeProtobuf(config)),
            "6b387300"
            "0a0f"
            "0a027631"
            "1209" +
                absl::BytesToHexString("ConfigMap") + "1222" + raw +
                "1a00"
                "2200");
}

TEST(Protobuf, WritesPointersWhenTheyAreThere) {
  ContainerPort port;
  port.set_container_port(80);
  EXPECT_EQ(Hex(port),
            "0a00"
            "1000"
            "1850"
            "2200"
            "2a00");
  Container container;
  container.set_name("c");
  container.mutable_security_context()->set_privileged(false);
  EXPECT_EQ(Hex(container),
            "0a0163"
            "1200"
            "2a00"
            "4200"
            "6a00"
            "7200"
            "7a021000"
            "800100"
            "880100"
            "900100"
            "a20100");
}

TEST(Protobuf, WritesSpecialFormsAsGoDoes) {
  metav1::Time time;
  EXPECT_EQ(Hex(time), "");
  time.set_seconds(1);
  EXPECT_EQ(Hex(time),
            "0801"
            "1000");
  metav1::MicroTime micro;
  micro.set_seconds(-1);
  micro.set_nanos(1999);
  EXPECT_EQ(Hex(micro),
            "08ffffffffffffffffff01"
            "10e807");
  ServicePort port;
  port.set_port(80);
  EXPECT_EQ(Hex(port),
            "0a00"
            "1200"
            "1850"
            "2206"
            "0800"
            "1000"
            "1a00"
            "2800");
  ResourceRequirements resources;
  Set(resources.mutable_limits(), "cpu", "500m");
  EXPECT_EQ(Hex(resources),
            "0a0d"
            "0a03637075"
            "1206"
            "0a0435"
            "30306d");
  Secret secret;
  Set(secret.mutable_data(), "a", "");
  secret.mutable_data()->Add()->set_key("b");
  EXPECT_THAT(Hex(secret), testing::HasSubstr("1205"
                                              "0a0161"
                                              "1200"
                                              "1203"
                                              "0a0162"
                                              "1a00"));
}

TEST(Protobuf, WritesNegativeNumbersInTenBytes) {
  ContainerStateTerminated state;
  state.set_exit_code(-1);
  EXPECT_THAT(Hex(state), testing::StartsWith("08ffffffffffffffffff01"));
}

TEST(Protobuf, RefusesWhatIsNotInAnEnvelope) {
  EXPECT_FALSE(Decode("k8s", Format::kProtobuf).ok());
  EXPECT_FALSE(Decode(absl::string_view("k8s\0\x0a\xff", 6), Format::kProtobuf).ok());
  EXPECT_EQ(Decode(WriteEnvelope("v1", "Foo", ""), Format::kProtobuf).status().message(),
            "no kind \"Foo\" is registered for version \"v1\"");
}

TEST(Protobuf, ReadsWhatProtobufItselfWrites) {
  Pod pod;
  pod.mutable_metadata()->set_name("a");
  pod.mutable_spec()->set_host_network(false);
  StringEntry* const last = pod.mutable_metadata()->add_labels();
  last->set_key("b");
  pod.mutable_metadata()->add_labels()->set_key("a");
  const absl::StatusOr<DecodedObject> decoded =
      Decode(WriteEnvelope("v1", "Pod", pod.SerializeAsString()), Format::kProtobuf);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  const auto& read = static_cast<const Pod&>(*decoded->message);
  EXPECT_FALSE(read.has_spec());
  ASSERT_EQ(read.metadata().labels_size(), 2);
  EXPECT_EQ(read.metadata().labels(0).key(), "a");
}

}  // namespace
}  // namespace drydock::api

// Validation: a table of objects and what is wrong with them.
#include "src/api/validation/validation.h"

#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "src/api/codec/codec.h"
#include "src/api/core/v1/pod.h"
#include "src/api/defaults/defaults.h"
#include "tests/api/codec/random_message.h"

namespace drydock::api {
namespace {

std::unique_ptr<google::protobuf::Message> Read(const std::string& yaml) {
  absl::StatusOr<DecodedObject> decoded = Decode(yaml, Format::kYaml);
  EXPECT_TRUE(decoded.ok()) << decoded.status() << "\n" << yaml;
  if (!decoded.ok()) return nullptr;
  ApplyDefaults(decoded->message.get());
  return std::move(decoded->message);
}

TEST(Validation, SaysWhatIsInTheTable) {
  std::ifstream table("tests/api/validation/validation.txt");
  std::string line, input, old, expected;
  std::string* part = &input;
  int cases = 0;
  const auto check = [&] {
    if (input.empty()) return;
    ++cases;
    const std::unique_ptr<google::protobuf::Message> object = Read(input);
    ASSERT_NE(object, nullptr);
    if (old.empty()) {
      EXPECT_EQ(Validate(*object).ToString(), expected) << input;
    } else {
      EXPECT_EQ(ValidateUpdate(*object, *Read(old)).ToString(), expected) << input;
    }
  };
  while (std::getline(table, line)) {
    if (line.empty()) {
      check();
      input.clear();
      old.clear();
      expected.clear();
      part = &input;
    } else if (line == "==== old") {
      part = &old;
    } else if (line == "----") {
      part = &expected;
    } else if (line[0] != '#') {
      absl::StrAppend(part, line, "\n");
    }
  }
  check();
  EXPECT_GE(cases, 10);
}

TEST(Validation, GivesCausesForAStatus) {
  const std::unique_ptr<google::protobuf::Message> pod =
      Read("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\n");
  const std::vector<StatusCause> causes = Validate(*pod).ToCauses();
  ASSERT_EQ(causes.size(), 1u);
  EXPECT_EQ(causes[0].reason, "FieldValueRequired");
  EXPECT_EQ(causes[0].field, "spec.containers");
  EXPECT_EQ(causes[0].message, "Required value");
}

TEST(Validation, KeepsThePodOfAStatusUpdateOnItsNode) {
  Pod old;
  old.mutable_metadata()->set_resource_version("1");
  Pod pod = old;
  pod.mutable_status()->set_phase("Running");
  EXPECT_TRUE(ValidateStatusUpdate(pod, old).empty());
  pod.mutable_spec()->set_node_name("n");
  EXPECT_EQ(ValidateStatusUpdate(pod, old).ToString(),
            "status.nodeName: Forbidden: may not be changed directly\n");
}

RC_GTEST_PROP(Validation, SurvivesAnyObjectAndSeesNoChangeWhereThereIsNone, ()) {
  const absl::Span<const KindInfo> kinds = AllKinds();
  const KindInfo& kind = kinds[*rc::gen::inRange<size_t>(0, kinds.size())];
  const std::unique_ptr<google::protobuf::Message> object(kind.prototype->New());
  FillRandomly(*rc::gen::arbitrary<uint64_t>(), Fill::kSome, object.get());
  (void)Validate(*object);
  for (const FieldError& error : ValidateUpdate(*object, *object)) {
    RC_ASSERT(error.message.find(kImmutable) == std::string::npos);
  }
}

}  // namespace
}  // namespace drydock::api

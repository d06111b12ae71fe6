// Defaults: a table of objects, and that they are idempotent for every kind.
#include "src/api/defaults/defaults.h"

#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "src/api/batch_v1.h"
#include "src/api/codec/codec.h"
#include "tests/api/codec/random_message.h"

namespace drydock::api {
namespace {

TEST(Defaults, GiveTheResultsInTheTable) {
  std::ifstream table("tests/api/defaults/defaults.txt");
  std::string line, input, expected;
  bool in_result = false;
  int cases = 0;
  const auto check = [&] {
    if (input.empty()) return;
    ++cases;
    const absl::StatusOr<DecodedObject> decoded = Decode(input, Format::kYaml);
    ASSERT_TRUE(decoded.ok()) << decoded.status() << "\n" << input;
    ApplyDefaults(decoded->message.get());
    EXPECT_EQ(EncodeYaml(*decoded->message), expected);
  };
  while (std::getline(table, line)) {
    if (line.empty()) {
      check();
      input.clear();
      expected.clear();
      in_result = false;
    } else if (line == "----") {
      in_result = true;
    } else if (line[0] != '#') {
      absl::StrAppend(in_result ? &expected : &input, line, "\n");
    }
  }
  check();
  EXPECT_GE(cases, 5);
}

TEST(Defaults, OfAJobFollowFromWhatItSays) {
  Job work_queue;
  work_queue.mutable_spec()->set_parallelism(5);
  ApplyDefaults(&work_queue);
  EXPECT_FALSE(work_queue.spec().has_completions());
  EXPECT_EQ(work_queue.spec().parallelism(), 5);
  Job one;
  ApplyDefaults(&one);
  EXPECT_EQ(one.spec().completions(), 1);
  EXPECT_EQ(one.spec().backoff_limit(), 6);
  EXPECT_EQ(one.spec().completion_mode(), "NonIndexed");
}

RC_GTEST_PROP(Defaults, AppliedTwiceAreTheSameAsOnce, ()) {
  const absl::Span<const KindInfo> kinds = AllKinds();
  const KindInfo& kind = kinds[*rc::gen::inRange<size_t>(0, kinds.size())];
  const std::unique_ptr<google::protobuf::Message> object(kind.prototype->New());
  FillRandomly(*rc::gen::arbitrary<uint64_t>(), Fill::kSome, object.get());
  ApplyDefaults(object.get());
  const std::string once = EncodeJson(*object);
  ApplyDefaults(object.get());
  RC_ASSERT(EncodeJson(*object) == once);
}

}  // namespace
}  // namespace drydock::api

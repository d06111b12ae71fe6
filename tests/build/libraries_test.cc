// Checks that the libraries in third_party/ and the proto_cc_library rule compile, link and run
// together.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sqlite3.h>
#include <yaml.h>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "tests/build/outer.pb.h"

namespace drydock {
namespace {

TEST(Libraries, AbseilLinks) {
  absl::flat_hash_map<int, std::string> hashed = {{1, absl::StrFormat("%05.1f", 2.5)}};
  absl::btree_map<int, absl::Cord> ordered = {{2, absl::Cord("b")}, {1, absl::Cord("a")}};
  absl::StatusOr<int> failed = absl::InternalError("broken");
  EXPECT_EQ(hashed[1], "002.5");
  EXPECT_EQ(ordered.begin()->second, "a");
  EXPECT_EQ(absl::StrCat(failed.status().ToString()), "INTERNAL: broken");
  EXPECT_EQ(absl::FormatTime(absl::FromUnixSeconds(0), absl::UTCTimeZone()),
            "1970-01-01T00:00:00+00:00");
}

TEST(Libraries, GeneratedMessagesKeepTheirOptions) {
  testing::Outer outer;
  outer.mutable_thing()->set_name("a");
  EXPECT_EQ(outer.SerializeAsString(), absl::string_view("\x0a\x03\x0a\x01\x61"));
  EXPECT_EQ(testing::Outer::descriptor()->field(0)->options().GetExtension(testing::note),
            "imported");
}

TEST(Libraries, CLibrariesLink) {
  int major = 0, minor = 0, patch = 0;
  yaml_get_version(&major, &minor, &patch);
  EXPECT_EQ(absl::StrCat(major, ".", minor), "0.2");
  EXPECT_THAT(sqlite3_libversion(), ::testing::StartsWith("3."));
}

RC_GTEST_PROP(Libraries, RapidcheckRunsProperties, (unsigned a, unsigned b)) {
  RC_ASSERT(a + b == b + a);
}

}  // namespace
}  // namespace drydock

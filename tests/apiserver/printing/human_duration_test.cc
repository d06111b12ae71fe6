#include "src/apiserver/printing/human_duration.h"

#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace drydock::apiserver {
namespace {

TEST(HumanDuration, GetsCoarserAsItGrows) {
  struct Case {
    absl::Duration duration;
    const char* text;
  };
  const absl::Duration day = absl::Hours(24);
  const Case cases[] = {
      {absl::Seconds(-5), "<invalid>"},
      {absl::Seconds(-2), "<invalid>"},
      {absl::Milliseconds(-1999), "0s"},
      {absl::Milliseconds(-1), "0s"},
      {absl::ZeroDuration(), "0s"},
      {absl::Milliseconds(999), "0s"},
      {absl::Seconds(119), "119s"},
      {absl::Seconds(120), "2m"},
      {absl::Seconds(121), "2m1s"},
      {absl::Seconds(599), "9m59s"},
      {absl::Seconds(600), "10m"},
      {absl::Seconds(659), "10m"},
      {absl::Minutes(179), "179m"},
      {absl::Minutes(180), "3h"},
      {absl::Minutes(181), "3h1m"},
      {absl::Minutes(479), "7h59m"},
      {absl::Hours(8), "8h"},
      {absl::Minutes(509), "8h"},
      {absl::Hours(47), "47h"},
      {absl::Hours(48), "2d"},
      {absl::Hours(49), "2d1h"},
      {8 * day - absl::Hours(1), "7d23h"},
      {8 * day, "8d"},
      {8 * day + absl::Hours(5), "8d"},
      {2 * 365 * day - absl::Hours(1), "729d"},
      {2 * 365 * day, "2y"},
      {2 * 365 * day + day, "2y1d"},
      {8 * 365 * day - absl::Hours(1), "7y364d"},
      {8 * 365 * day + 100 * day, "8y"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(HumanDuration(one.duration), one.text) << absl::FormatDuration(one.duration);
  }
}

}  // namespace
}  // namespace drydock::apiserver

// JSON forms of times and durations.
#include "src/api/time.h"

#include "gtest/gtest.h"

namespace drydock::api {
namespace {

TEST(Time, KeepsWholeSecondsInUtc) {
  EXPECT_EQ(FormatTime(*ParseTime("2026-01-02T03:04:05Z")), "2026-01-02T03:04:05Z");
  EXPECT_EQ(FormatTime(*ParseTime("2026-01-02T03:04:05.999+01:00")), "2026-01-02T02:04:05Z");
  EXPECT_EQ(FormatTime(*ParseTime("1969-12-31T23:59:59Z")), "1969-12-31T23:59:59Z");
}

TEST(Time, RejectsWhatIsNoTime) {
  for (const char* const text :
       {"", "now", "2026-01-02", "2026-01-02 03:04:05Z", "2026-13-02T03:04:05Z",
        "2026-02-30T03:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T03:04:60Z",
        "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx"}) {
    EXPECT_FALSE(ParseTime(text).ok()) << text;
  }
}

TEST(MicroTime, HasExactlySixDecimals) {
  EXPECT_EQ(FormatMicroTime(*ParseMicroTime("2026-01-02T03:04:05.000006Z")),
            "2026-01-02T03:04:05.000006Z");
  EXPECT_FALSE(ParseMicroTime("2026-01-02T03:04:05Z").ok());
  EXPECT_FALSE(ParseMicroTime("2026-01-02T03:04:05.123Z").ok());
}

TEST(Time, ConvertsToAbslAndBack) {
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  EXPECT_EQ(ToAbslTime(MakeMicroTime(time)), time);
  EXPECT_EQ(ToAbslTime(MakeTime(time)), absl::FromUnixSeconds(1'700'000'000));
  EXPECT_TRUE(IsZero(metav1::Time()));
  EXPECT_FALSE(IsZero(MakeTime(absl::UnixEpoch())));
}

TEST(Duration, HasGosForm) {
  struct Case {
    const char* text;
    const char* canonical;
  };
  for (const Case& c : {Case{"0", "0s"},
                        {"1h", "1h0m0s"},
                        {"90m", "1h30m0s"},
                        {"90s", "1m30s"},
                        {"1.5s", "1.5s"},
                        {"250ms", "250ms"},
                        {"1500us", "1.5ms"},
                        {"10ns", "10ns"},
                        {"-1m", "-1m0s"},
                        {"1h2m3.004s", "1h2m3.004s"}}) {
    const absl::StatusOr<absl::Duration> duration = ParseGoDuration(c.text);
    ASSERT_TRUE(duration.ok()) << c.text;
    EXPECT_EQ(FormatGoDuration(*duration), c.canonical);
  }
  for (const char* const text : {"", "1", "h", "1x", "1h-1m", ".s", "99999999h"}) {
    EXPECT_FALSE(ParseGoDuration(text).ok()) << text;
  }
}

}  // namespace
}  // namespace drydock::api
